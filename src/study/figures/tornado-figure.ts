import type {TornadoInput} from '../../report/charts/tornado.js'
import {monteCarlo} from '../../uncertainty/monte-carlo.js'
import {tornado} from '../../uncertainty/tornado.js'
import {type FigureBuilder, namedAccelerators, namedWorkloads, workloadLabel} from './figure-context.js'

/** Which constants of accelerators the energy of passes depends on most. */
export const tornadoFigure: FigureBuilder<TornadoInput> = (request) => {
  const workloads = namedWorkloads(request)
  const passes = namedAccelerators(request).flatMap(({accelerator, label, fidelity}) =>
    workloads.map((workload) => {
      const {energyJoules, bars} = tornado(accelerator, workload, {fidelity})
      const {p5Joules, p95Joules} = monteCarlo(accelerator, workload, {fidelity}).energyBand
      return {name: `${label}, ${workloadLabel(workload)}`, energyJoules, p5Joules, p95Joules, bars}
    }),
  )
  return {passes}
}
