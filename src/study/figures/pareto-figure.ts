import type {DataRow} from '../../report/charts/chart.js'
import type {Objective} from '../../report/charts/pareto-front.js'
import type {ParetoInput} from '../../report/charts/pareto-scene.js'
import {axesOf} from '../../sweep/space-identity.js'
import {namedObjective, resultWords} from '../named-objective.js'
import type {WorkloadPoints} from '../study-points.js'
import {type FigureBuilder, type FigureContext, type FigureRequest, namedAccelerators, needed, oneOf} from './figure-context.js'
import {objectiveTitle} from './metric-title.js'
import {namedPoints} from './named-points.js'
import {unitOf} from './unit-of.js'

/** Designs of one workload in two or three objectives, of all accelerators or of those that the figure names. */
export const paretoFigure: FigureBuilder<ParetoInput> = (request) => {
  const {study} = request.context
  const [workloadPoints] = namedPoints(request) as [WorkloadPoints]
  const axes = [...new Map(study.spaces.flatMap(axesOf).map((axis) => [axis.name, axis])).values()]
  const objectives = {x: objective(request, 'x', needed(request, 'x')), y: objective(request, 'y', needed(request, 'y'))}
  const colour = request.spec.colour === undefined ? undefined : objective(request, 'colour', request.spec.colour)
  const sample = sampleOf(request.context, workloadPoints, [objectives.x, objectives.y])
  const fields = [
    'accelerator',
    'boundBy',
    'averageWatts',
    ...axes.map(({name}) => name),
    ...[objectives.x, objectives.y, colour].flatMap((each) => each?.field ?? []),
  ]
  const names = request.spec.accelerators === undefined ? undefined : namedAccelerators(request).map(({accelerator}) => accelerator.name)
  const drawn = workloadPoints.feasible.filter(
    (row) => row['latencySeconds'] !== null && (names === undefined || names.includes(String(row['accelerator']))),
  )
  return {
    points: drawn.map(
      (row) =>
        Object.fromEntries(
          fields.filter((field) => row[field] !== null && row[field] !== undefined).map((field) => [field, row[field]]),
        ) as DataRow,
    ),
    ...objectives,
    ...(colour === undefined ? {} : {colour}),
    ...(sample === undefined ? {} : {sample}),
    columns: [
      {field: 'accelerator', title: 'Accelerator'},
      ...axes.map(({name, unit}) => ({field: name, title: name, ...unitOf(unit)})),
      {field: 'averageWatts', title: 'Power', unit: 'watts'},
      {field: 'boundBy', title: 'Bound by'},
    ],
  }
}

function objective(request: FigureRequest, field: 'x' | 'y' | 'colour', written: string): Objective {
  const {study} = request.context
  const known = namedObjective(study, oneOf(request, field, written, resultWords(study)))
  return {
    field: known.name,
    title: objectiveTitle(known),
    unit: unitOf(known.unit).unit ?? 'count',
    better: known.goal === 'min' ? 'less' : 'more',
  }
}

/** Whether points beyond the sample could be on a figure's front: those on the front of the study's own objectives are always kept. */
function sampleOf({study}: FigureContext, {feasible, feasibleCount}: WorkloadPoints, drawn: readonly Objective[]): ParetoInput['sample'] {
  const isKept = ({field}: Objective): boolean => study.objectives.some(({name}) => name === field)
  return feasible.length === feasibleCount ? undefined : {designCount: feasibleCount, holdsFront: drawn.every(isKept)}
}
