import type {BreakdownInput} from '../../report/charts/breakdown.js'
import {evaluateWithBands} from '../../uncertainty/banded-evaluation.js'
import {studyAxes} from '../run-sweep.js'
import type {WorkloadPoints} from '../study-points.js'
import {energyParts, energySources} from './energy-parts.js'
import {type FigureBuilder, type FigureRequest, namedAccelerators, namedWorkloads, oneOf, workloadLabel} from './figure-context.js'
import {namedPoints} from './named-points.js'

/** Where the time and the energy of passes go, on several accelerators side by side; with `by`, of the swept points of one pass along an axis. */
export const breakdownFigure: FigureBuilder<BreakdownInput> = (request) => {
  const {by, quantity} = request.spec
  const input = by === undefined ? evaluatedPasses(request) : sweptPoints(request, by)
  const configurations = input.configurations.map((each) => ({
    ...each,
    ...(quantity === 'energy' && {latencyParts: []}),
    ...(quantity === 'latency' && {energyParts: []}),
  }))
  return {...input, configurations}
}

function evaluatedPasses(request: FigureRequest): BreakdownInput {
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

/** A bar for each accelerator and each value of an axis. */
function sweptPoints(request: FigureRequest, by: string): BreakdownInput {
  const {study} = request.context
  const axis = oneOf(
    request,
    'by',
    by,
    studyAxes(study).map(({name}) => name),
  )
  const names = namedAccelerators(request).map(({accelerator}) => accelerator.name)
  const [points] = namedPoints(request) as [WorkloadPoints]
  const rows = points.feasible.filter((row) => row['latencySeconds'] !== null && names.includes(String(row['accelerator'])))
  const named = rows.map((row) => ({row, name: [...(names.length > 1 ? [row['accelerator']] : []), row[axis]].join(', ')}))
  const doubled = named.find(({name}, index) => named.findIndex((other) => other.name === name) !== index)
  if (doubled !== undefined)
    throw study.source.error(`${request.pointer}/by`, `several points of the study are "${doubled.name}"`, [
      'give each other axis one value, or choose another figure',
    ])
  const configurations = named.map(({row, name}) => ({
    name,
    latencyParts: [{name: String(row['boundBy']), latencySeconds: Number(row['latencySeconds'])}],
    energyParts: energyParts(row),
  }))
  return {barTitle: axis, partOrder: energySources, configurations}
}
