import {clockCurve} from '../../cost/clock-curve.js'
import type {OperatingState} from '../../dvfs/operating-states.js'
import type {PassDvfs} from '../../dvfs/pass-dvfs.js'
import type {ClockPoint, DvfsInput, LimitPoint} from '../../report/charts/dvfs.js'
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

/** Passes over clocks and power limits as a figure draws them, each with the clock that meets what was asked. */
export function dvfsInput(passes: readonly PassDvfs[]): DvfsInput {
  const curves = passes.map(({workload, phase, settings, clocks, powerLimits, choices}) => {
    const chosen = choices.find(({name}) => name === 'cheapestInTime')
    return {
      name: workloadLabel({name: workload, phase, settings}),
      points: clocks.map(clockPoint),
      limits: powerLimits.map((state): LimitPoint => {
        const {clockHertz: _, ...costs} = clockPoint(state)
        return {...costs, powerLimitWatts: state.powerLimitWatts}
      }),
      ...(chosen === undefined ? {} : {chosen: clockPoint(chosen)}),
    }
  })
  return {curves, powerLimitWatts: passes[0]!.powerLimitWatts}
}

function clockPoint({clockHertz, latencySeconds, energyJoules, averageWatts, throttled}: OperatingState): ClockPoint {
  return {clockHertz, latencySeconds, energyJoules, averageWatts, throttled}
}
