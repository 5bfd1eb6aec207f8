import {clockCurve} from '../../cost/clock-curve.js'
import type {DvfsInput} from '../../report/charts/dvfs.js'
import {type FigureBuilder, namedAccelerators, namedWorkloads, workloadLabel} from './figure-context.js'

/** Time, energy and power of passes over the core clock. */
export const dvfsFigure: FigureBuilder<DvfsInput> = (request) => {
  const accelerators = namedAccelerators(request)
  const workloads = namedWorkloads(request)
  const curves = accelerators.flatMap(({accelerator, label, fidelity}) =>
    workloads.map((workload) => ({
      name: [accelerators.length > 1 ? label : '', workloads.length > 1 ? workloadLabel(workload) : ''].filter(Boolean).join(', ') || label,
      points: clockCurve(accelerator, workload, {fidelity}),
    })),
  )
  return accelerators.length === 1 ? {curves, powerLimitWatts: accelerators[0]!.accelerator.machine.power.limitWatts} : {curves}
}
