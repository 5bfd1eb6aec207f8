import type {SweepsInput} from '../../report/charts/sweeps.js'
import {findSweeps, type SweptWorkload} from '../../validate/sweeps.js'
import {resolveModelName} from '../../workload/aliases.js'
import type {FigureBuilder} from './figure-context.js'
import {ofNamedDevices, validationOf} from './validation-figures.js'

/** The whole sweeps of the clock among the measured passes, beside their predictions. */
export const sweepsFigure: FigureBuilder<SweepsInput> = (request) => {
  const passes = ofNamedDevices(request, validationOf(request).passes)
  const predictions = new Map(passes.map(({row, predicted}) => [row, predicted]))
  const sweeps = findSweeps(passes.map(({row}) => row)).map(({workload, rows}) => ({
    name: sweepName(workload),
    points: rows
      .toSorted((a, b) => a.clockHertz - b.clockHertz)
      .map((row) => ({
        clockHertz: row.clockHertz,
        measuredSeconds: row.latencySeconds,
        predictedSeconds: predictions.get(row)!.latencySeconds,
        measuredJoules: row.energyJoules,
        predictedJoules: predictions.get(row)!.energyJoules,
      })),
  }))
  if (sweeps.length > 0) return {sweeps}
  throw request.context.study.source.error(
    request.pointer,
    'no whole sweep of the clock is among the measured rows',
    ['a sweep has a pass at 11 clocks or more, no farther than 90 MHz apart'],
    'FIGURE_INCOMPLETE',
  )
}

function sweepName({model, dtype, batch, tokens}: SweptWorkload): string {
  return `${resolveModelName(model) ?? model} ${dtype}, batch ${batch ?? 1}, ${tokens ?? 1} tokens`
}
