import type {BreakdownInput} from '../../report/charts/breakdown.js'
import {evaluateWithBands} from '../../uncertainty/banded-evaluation.js'
import {type FigureBuilder, namedAccelerators, namedWorkloads, workloadLabel} from './figure-context.js'

/** Where the time and the energy of passes go, on several accelerators side by side. */
export const breakdownFigure: FigureBuilder<BreakdownInput> = (request) => {
  const accelerators = namedAccelerators(request)
  const workloads = namedWorkloads(request)
  const configurations = workloads.flatMap((workload) =>
    accelerators.map(({accelerator, label, fidelity}) => {
      const {operators, energyBySource, uncertainty} = evaluateWithBands(accelerator, workload, {fidelity})
      const byClass = new Map<string, number>()
      for (const {class: operatorClass, latencySeconds} of operators)
        byClass.set(operatorClass, (byClass.get(operatorClass) ?? 0) + latencySeconds)
      return {
        name: workloads.length === 1 ? label : `${label}, ${workloadLabel(workload)}`,
        latencyParts: [...byClass].map(([name, latencySeconds]) => ({name, latencySeconds})),
        energyParts: Object.entries(energyBySource)
          .filter(([, energyJoules]) => energyJoules > 0)
          .map(([name, energyJoules]) => ({name, energyJoules})),
        ...(uncertainty !== null && {p5Joules: uncertainty.energyBand.p5Joules, p95Joules: uncertainty.energyBand.p95Joules}),
      }
    }),
  )
  return {configurations}
}
