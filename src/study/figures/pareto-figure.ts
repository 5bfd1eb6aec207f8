import {type Metric, metricNames, metrics} from '../../cost/metrics.js'
import type {DataRow} from '../../report/charts/chart.js'
import type {ParetoInput} from '../../report/charts/pareto.js'
import type {Objective} from '../../report/charts/pareto-front.js'
import {axesOf} from '../../sweep/space-identity.js'
import {type FigureBuilder, type FigureRequest, needed, oneOf} from './figure-context.js'
import {unitOf} from './unit-of.js'

/** Designs of one workload in two or three objectives. */
export const paretoFigure: FigureBuilder<ParetoInput> = (request) => {
  const {study, points} = request.context
  const [workload] = needed(request, 'workloads')
  const labels = points.map(({workload: model, phase}) => `${model} ${phase}`)
  const label = oneOf(request, 'workloads', `${workload!['model']} ${workload!['phase'] ?? 'prefill'}`, labels)
  const {feasible} = points[labels.indexOf(label)]!
  const axes = [...new Map(study.spaces.flatMap(axesOf).map((axis) => [axis.name, axis])).values()]
  const objectives = {x: objective(request, 'x', needed(request, 'x')), y: objective(request, 'y', needed(request, 'y'))}
  const colour = request.spec.colour === undefined ? undefined : objective(request, 'colour', request.spec.colour)
  const fields = [
    'accelerator',
    'boundBy',
    'averageWatts',
    ...axes.map(({name}) => name),
    ...[objectives.x, objectives.y, colour].flatMap((each) => each?.field ?? []),
  ]
  return {
    points: feasible.map(
      (row) =>
        Object.fromEntries(
          fields.filter((field) => row[field] !== null && row[field] !== undefined).map((field) => [field, row[field]]),
        ) as DataRow,
    ),
    ...objectives,
    ...(colour === undefined ? {} : {colour}),
    columns: [
      {field: 'accelerator', title: 'accelerator'},
      ...axes.map(({name, unit}) => ({field: name, title: name, ...unitOf(unit)})),
      {field: 'averageWatts', title: 'power', unit: 'watts'},
      {field: 'boundBy', title: 'bound by'},
    ],
  }
}

function objective(request: FigureRequest, field: 'x' | 'y' | 'colour', written: string): Objective {
  const metric: Metric = oneOf(request, field, written, metricNames)
  const goal = request.context.study.objectives.find((each) => each.metric === metric)?.goal ?? 'min'
  return {
    field: metric,
    title: titleOf(metric),
    unit: unitOf(metrics[metric].unit).unit ?? 'count',
    better: goal === 'min' ? 'less' : 'more',
  }
}

/** "latencySeconds" reads "Latency": the unit stands beside it. */
function titleOf(metric: Metric): string {
  const words = metric
    .replace(/(Seconds|Joules|Watts|Hertz|Bytes|Dollars|SquareMillimetres)$/, '')
    .replace(/joulesPerToken/, 'energyPerToken')
  const spaced = words.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}
