import {nearestRow} from '../frontier/nearest.js'
import {queryPoints} from '../store/query.js'
import {spaceHash} from '../store/space-definition.js'
import type {PointRow} from '../store/space-reader.js'
import type {Store} from '../store/store.js'
import type {Axis, AxisValue} from '../sweep/axis.js'
import type {Design} from '../sweep/base-design.js'
import type {DesignSpace} from '../sweep/design-space.js'
import type {Objective} from '../sweep/objective.js'
import {regretRatio} from '../sweep/robust-choice.js'
import {axesOf, sampleName, spaceIdentity, storable} from '../sweep/space-identity.js'
import {storedNames, storedNumbers} from '../sweep/stored-numbers.js'
import type {Study} from '../sweep/study.js'
import {type JudgedChunk, JudgedSpace} from './judged-chunks.js'
import {namedObjective} from './named-objective.js'

/** The nearest design that is better in one result, and at most so much worse in every objective. */
export interface CheaperDesign {
  readonly point: PointRow
  /** Axes in which it differs. */
  readonly changes: readonly {readonly axis: string; readonly from: AxisValue; readonly to: AxisValue}[]
  /** What it gains (below 0) or loses, in the result that is saved and in each objective. */
  readonly lossRatios: Readonly<Record<string, number>>
}

export interface Saving extends Objective {
  /** The most that may be lost in each other objective. */
  readonly withinRatio: number
}

const defaultWithinRatio = 0.05

/** What is to be saved, as people write it. */
export function savingOf(study: Study, written: string | undefined, withinRatio = defaultWithinRatio): Saving | undefined {
  return written === undefined ? undefined : {...namedObjective(study, written), withinRatio}
}

/** Less is rounding. */
const leastSavedRatio = 1e-9

/**
 * The stored design nearest to one of its space that meets every constraint, is better in one result and loses no more than allowed in each
 * other objective. Ways are straight lines over the places of values along their axes, 0 the first and 1 the last; a value that is no number
 * lies 1 from every other.
 */
export function nearestCheaper(study: Study, store: Store, space: DesignSpace, from: PointRow, saving: Saving): CheaperDesign | null {
  const others = study.objectives.filter(({name}) => name !== saving.name)
  const judged = [saving, ...others]
  const own = judged.map((objective) => resultAt(objective, space, from))
  const isAllowed = ({objectiveColumns: columns}: JudgedChunk, row: number): boolean =>
    judged.every(({goal}, index) => {
      const lossRatio = regretRatio(columns[index]![row]!, own[index]!, goal)
      return index === 0 ? lossRatio < -leastSavedRatio : !(lossRatio > saving.withinRatio)
    })
  const place = Object.fromEntries(axesOf(space).map(({name}) => [name, from[name] as AxisValue]))
  const point = nearestPoint(study, store, space, place, {objectives: judged, isAllowed})?.point
  if (point === undefined) return null
  const changes = axesOf(space).flatMap(({name}) =>
    point[name] === from[name] ? [] : [{axis: name, from: from[name] as AxisValue, to: point[name] as AxisValue}],
  )
  const losses = judged.map(
    (objective, index) => [objective.name, regretRatio(resultAt(objective, space, point), own[index]!, objective.goal)] as const,
  )
  return {point, changes, lossRatios: Object.fromEntries(losses.filter(([, ratio]) => !Number.isNaN(ratio)))}
}

/** The value of an objective at a stored point. */
function resultAt({columnNames, column}: Objective, space: DesignSpace, point: PointRow): number {
  const read = new Map(storedNames(space, columnNames).map((name) => [name, Float64Array.of(Number(point[name] ?? Number.NaN))]))
  const {columnOf, settle} = storedNumbers(space, read, 1)
  const fill = column(columnOf, 1)
  settle(1)
  return fill(1)[0]!
}

/** A stored point with the objectives of its study that a store does not keep. */
function withObjectives({objectives}: Study, space: DesignSpace, point: PointRow): PointRow {
  const made = objectives.filter(({metric}) => metric === undefined)
  return {...point, ...Object.fromEntries(made.map((objective) => [objective.name, resultAt(objective, space, point)]))}
}

/** Which points may be found, by some of their objectives. */
export interface Allowed {
  readonly objectives?: readonly Objective[]
  readonly isAllowed?: (chunk: JudgedChunk, row: number) => boolean
  /** Axes that ways are counted along; the others decide between equals. All count alike without it. */
  readonly named?: readonly string[]
}

const unnamedWeight = 1e-3

/** The stored point of a space nearest to a design that meets every constraint and is allowed, and how far it lies away. */
export function nearestPoint(
  study: Study,
  store: Store,
  space: DesignSpace,
  design: Design,
  {objectives = [], isAllowed, named}: Allowed = {},
): {readonly point: PointRow; readonly distanceRatio: number} | undefined {
  const axes = axesOf(space)
  const ways = axes.map((axis) => {
    const wayTo = waysFrom(axis, design[axis.name])
    const weight = named === undefined || named.includes(axis.name) ? 1 : unnamedWeight
    return (place: number): number => weight * wayTo(place)
  })
  const origin = axes.map(() => 0)
  const judged = new JudgedSpace({...study, objectives}, store, space)
  let nearest: {positionIndex: number; distanceRatio: number} | undefined
  for (const chunk of judged.chunks()) {
    const rows = isAllowed === undefined ? chunk.rows : chunk.rows.filter((row) => isAllowed(chunk, row))
    if (rows.length === 0) continue
    const coordinates = chunk.placeColumns().map((column, index) => Float64Array.from(rows, (row) => ways[index]!(column[row]!)))
    const near = nearestRow(coordinates, origin, rows.length)
    if (near === undefined || near.distanceRatio >= (nearest?.distanceRatio ?? Number.POSITIVE_INFINITY)) continue
    nearest = {positionIndex: chunk.start + rows[near.rowIndex]!, distanceRatio: near.distanceRatio}
  }
  if (nearest === undefined) return undefined
  return {point: withObjectives(study, space, judged.rowsAt([nearest.positionIndex])[0]!), distanceRatio: nearest.distanceRatio}
}

/** The stored point of a space that stands where another does: at the same levels, or at the same place of a sample. */
export function pointOf(store: Store, space: DesignSpace, like: PointRow): PointRow | undefined {
  const levels = axesOf(space).filter(({kind}) => kind === 'level')
  const among = Object.fromEntries(levels.map(({name}) => [name, [like[name] as number | string]]))
  const at = space.sampler.kind === 'grid' ? {among} : {where: [`${sampleName} = ${like[sampleName]}`]}
  const [point] = queryPoints(store, {space: spaceHash(spaceIdentity(space)), ...at, limit: 1}).rows
  return point
}

/** How far each value of an axis lies from one: numbers by their places in order, between which the one may lie too. */
function waysFrom({values, rule}: Axis, from: AxisValue | undefined): (place: number) => number {
  if (rule.kind === 'drawn') {
    const spread = rule.distribution.quantile(1 - 2 ** -32) - rule.distribution.quantile(0)
    return (value) => (value - Number(from)) / spread
  }
  // What follows other axes is no way of its own.
  if (rule.kind !== 'free' || from === undefined) return () => 0
  const ways = levelWays(values, from)
  return (place) => ways[place]!
}

function levelWays(values: readonly AxisValue[], from: AxisValue): Float64Array {
  if (typeof from !== 'number' || !values.every((value) => typeof value === 'number'))
    return Float64Array.from(values, (value) => Number(storable(value) !== storable(from)))
  const sorted = values.toSorted((a, b) => a - b)
  const span = Math.max(1, sorted.length - 1)
  const start = placeAmong(sorted, from)
  return Float64Array.from(values, (value) => (sorted.indexOf(value) - start) / span)
}

function placeAmong(sorted: readonly number[], value: number): number {
  const above = sorted.findIndex((each) => each >= value)
  if (above < 0) return sorted.length - 1
  if (above === 0 || sorted[above] === value) return above
  const [low, high] = [sorted[above - 1]!, sorted[above]!]
  return above - 1 + (value - low) / (high - low)
}
