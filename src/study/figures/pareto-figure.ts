import type {DataRow} from '../../report/charts/chart.js'
import {mostColourLevels, type ParetoColour} from '../../report/charts/pareto-colour.js'
import type {Objective} from '../../report/charts/pareto-front.js'
import type {ParetoInput} from '../../report/charts/pareto-scene.js'
import type {Column} from '../../report/table.js'
import type {Cell} from '../../store/space-reader.js'
import {axesOf, storable} from '../../sweep/space-identity.js'
import type {Study} from '../../sweep/study.js'
import {type JointDesign, type JointDesigns, jointField} from '../joint-designs.js'
import type {WorkloadPoints} from '../study-points.js'
import {type DrawnAxis, type DrawnResult, drawnColour, drawnResult} from './drawn-result.js'
import {type FigureBuilder, type FigureRequest, namedAccelerators} from './figure-context.js'
import {figureDesigns} from './figure-designs.js'
import {objectiveTitle} from './metric-title.js'
import {namedPoints} from './named-points.js'
import {objectiveUnit, unitOf} from './unit-of.js'

/** Designs of one workload, or of several that each design serves, in two or three objectives. */
export const paretoFigure: FigureBuilder<ParetoInput> = (request) => {
  const workloads = namedPoints(request)
  const joint = figureDesigns(request)
  const named = request.spec.colour === undefined ? undefined : drawnColour(request)
  const colour = named?.kind === 'result' ? [drawnBy(named, joint)] : []
  const [x, y] = [drawnBy(drawnResult(request, 'x'), joint), drawnBy(drawnResult(request, 'y'), joint)]
  const sample = sampleOf(request, workloads, joint, [x, y])
  const columns = columnsOf(request, workloads.length === 1)
  const names = request.spec.accelerators === undefined ? undefined : namedAccelerators(request).map(({accelerator}) => accelerator.name)
  const shown = joint.designs.filter(({points: [point]}) => names === undefined || names.includes(String(point!['accelerator'])))
  return {
    points: shown.map((design) => designRow(design, columns, [x, y, ...colour])),
    x: x.drawn,
    y: y.drawn,
    ...colour.map(({drawn: {field, title, unit}}) => ({colour: {field, title, unit}})).at(0),
    ...(named?.kind === 'axis' ? {colour: axisColour(named, shown, request.context.study)} : {}),
    ...(sample === undefined ? {} : {sample}),
    columns,
  }
}

/** What tells a design apart, and of one workload what its point is like. */
function columnsOf({context: {study}}: FigureRequest, isSingle: boolean): Column[] {
  const axes = [...new Map(study.spaces.flatMap(axesOf).map((axis) => [axis.name, axis])).values()]
  return [
    {field: 'accelerator', title: 'Accelerator'},
    ...axes.map(({name, unit}) => ({field: name, title: name, ...unitOf(unit)})),
    ...(isSingle ? [{field: 'averageWatts', title: 'Power', unit: 'watts'} as const, {field: 'boundBy', title: 'Bound by'}] : []),
  ]
}

function designRow({points}: JointDesign, columns: readonly Column[], measures: readonly Drawn[]): DataRow {
  const cells: [string, Cell | undefined][] = [
    ...columns.map(({field}): [string, Cell | undefined] => [field, points[0]![field]]),
    ...measures.map(({drawn, objective, workloadIndex = 0}): [string, Cell | undefined] => [
      drawn.field,
      points[workloadIndex]![objective.name],
    ]),
  ]
  return Object.fromEntries(cells.filter((cell): cell is [string, string | number] => cell[1] !== null && cell[1] !== undefined))
}

interface Drawn extends DrawnResult {
  readonly drawn: Objective
}

/** An axis as colours: a colour for each of its values where these are words, or few. */
function axisColour({name, unit}: DrawnAxis, designs: readonly JointDesign[], {spaces}: Study): ParetoColour {
  const values = [...new Set(designs.map(({points: [point]}) => point![name]))]
  const known = values.filter((value): value is string | number => value !== null && value !== undefined && !Number.isNaN(value))
  const column = {field: name, title: name, ...unitOf(unit)}
  if (known.every((value) => typeof value === 'number')) {
    const levels = known.toSorted((a, b) => a - b)
    return levels.length > mostColourLevels ? column : {...column, levels}
  }
  const listed = spaces.flatMap((space) => axesOf(space).flatMap((axis) => (axis.name === name ? axis.values.map(storable) : [])))
  return {...column, levels: known.toSorted((a, b) => listed.indexOf(a) - listed.indexOf(b))}
}

function drawnBy({kind, objective, workloadIndex}: DrawnResult, {workloads}: JointDesigns): Drawn {
  const label = workloadIndex === undefined ? undefined : workloads[workloadIndex]!
  const title = objectiveTitle(objective)
  const drawn: Objective = {
    field: label === undefined ? objective.name : jointField(label, objective.name),
    title: label === undefined ? title : `${title} of ${label}`,
    unit: objectiveUnit(objective).unit ?? 'count',
    better: objective.goal === 'min' ? 'less' : 'more',
  }
  return {kind, objective, workloadIndex, drawn}
}

/** Whether points beyond the sample could be on a figure's front: those on the front of the study's own objectives are always kept. */
function sampleOf(
  {context: {study}}: FigureRequest,
  [first, ...others]: readonly WorkloadPoints[],
  {isWhole, designs}: JointDesigns,
  measures: readonly Drawn[],
): ParetoInput['sample'] {
  if (isWhole) return undefined
  const isKept = ({objective}: Drawn): boolean => study.objectives.some(({name}) => name === objective.name)
  if (others.length === 0) return {designCount: first!.feasibleCount, holdsFront: measures.every(isKept)}
  return {designCount: designs.length, holdsFront: false}
}
