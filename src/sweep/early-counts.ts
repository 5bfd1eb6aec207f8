import type {Column} from '../accelerator/machine.js'
import type {Axis} from './axis.js'
import {type Constraint, constraintColumn, isStatic} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {type BlockVisitor, decidingAxes, gridOf, type PrepareVisits, walkBlocks} from './grid.js'
import {placesOf} from './point-set.js'
import {axesOf} from './space-identity.js'
import {earlyColumns, staticNames} from './static-results.js'

/** How many points a constraint turns away: of all that it was asked of, and those that no other such constraint turns away. */
export interface ConstraintCount {
  readonly text: string
  readonly ofCount: number
  readonly removedCount: number
  readonly removedAloneCount: number
}

/** What the constraints that need no timing leave of a space. */
export interface EarlyCounts {
  readonly pointCount: number
  readonly keptCount: number
  /** Points that were looked at, where the others were too many; then no count is of all points. */
  readonly sampledCount: number | undefined
  /** In the order of the constraints. */
  readonly counts: readonly ConstraintCount[]
  /** By pairs of constraints, how many points meet both. */
  readonly keptByPair: readonly (readonly number[])[]
}

/** Combinations that a sample has; where most of them are passes of their own, each of which is compiled, fewer do. */
const [sampleCount, passSampleCount] = [100_000, 10_000]
/** Rows that take as long to judge as one pass takes to compile. */
const rowsPerPass = 50

/**
 * Counts what the constraints on designs and static results remove, over the levels of the axes that decide them: exactly, unless there
 * are more than `mostRows` of these combinations, or points without number.
 */
export function earlyCounts(space: DesignSpace, constraints: readonly Constraint[], mostRows = Number.POSITIVE_INFINITY): EarlyCounts {
  const early = constraints.filter(({stage}) => stage !== 'timed')
  const tally = tallyOf(early)
  const {axes, rowCount, fill, weight, isGrid} = decidingRows(space, early, mostRows)
  if (early.length > 0) walkBlocks(axes, space.accelerator.parameters, rowCount, fill, judging(space, axes, early, tally, isGrid), isGrid)
  const isSampled = weight === undefined
  const of = (count: number): number => count * (weight ?? 1)
  const pointCount = early.length === 0 ? space.pointCount : of(tally.pointCount)
  return {
    pointCount,
    keptCount: early.length === 0 ? space.pointCount : of(tally.keptCount),
    sampledCount: isSampled ? tally.pointCount : undefined,
    counts: early.map(({text}, index) => ({
      text,
      ofCount: pointCount,
      removedCount: of(tally.removed[index]!),
      removedAloneCount: of(tally.removedAlone[index]!),
    })),
    keptByPair: tally.keptByPair.map((row) => Array.from(row, of)),
  }
}

interface Rows {
  readonly axes: readonly Axis[]
  readonly rowCount: number
  readonly fill: (first: number, count: number, columns: readonly Column[]) => void
  /** Points that each row stands for; undefined where rows are a sample. */
  readonly weight: number | undefined
  readonly isGrid: boolean
}

/** The combinations that decide constraints: of a grid those of the axes behind them, else the points themselves. */
function decidingRows(space: DesignSpace, early: readonly Constraint[], mostRows: number): Rows {
  const axes = axesOf(space)
  if (space.sampler.kind !== 'grid' && space.sampler.kind !== 'searched') {
    const {pointCount} = space.sampler
    const isWhole = pointCount <= mostRows
    const rowCount = isWhole ? pointCount : Math.min(pointCount, sampleCount)
    return {axes, rowCount, fill: placesOf(space), weight: isWhole ? 1 : undefined, isGrid: false}
  }
  const {parameters} = space.accelerator
  const deciding = decidingAxes(axes, parameters, [...new Set(early.flatMap((each) => axesBehind(space, each)))])
  const grid = gridOf(deciding)
  const passCount = early.some(({stage}) => stage === 'static')
    ? gridOf(deciding.filter((axis) => space.passAxes.includes(axis))).indexCount
    : 1
  const effort = grid.indexCount + rowsPerPass * (passCount - 1)
  if (Number.isFinite(space.pointCount) && effort <= Math.min(mostRows, Number.MAX_SAFE_INTEGER)) {
    const weight = gridOf(axes).indexCount / grid.indexCount
    return {axes: deciding, rowCount: grid.indexCount, fill: grid.fill, weight, isGrid: true}
  }
  const rowCount = passCount > passSampleCount ? passSampleCount : sampleCount
  return {axes, rowCount, fill: drawnPlaces(space), weight: undefined, isGrid: true}
}

function axesBehind(space: DesignSpace, {columnNames}: Constraint): readonly string[] {
  return [...columnNames.values()].flatMap((name) => (isStatic(name) ? staticNames(space, name) : [name]))
}

/** Places of a random sample of a grid. */
function drawnPlaces(space: DesignSpace): Rows['fill'] {
  return placesOf({...space, sampler: {kind: 'random', pointCount: sampleCount, seedIndex: 0}})
}

interface Tally {
  pointCount: number
  keptCount: number
  readonly removed: Float64Array
  readonly removedAlone: Float64Array
  readonly keptByPair: readonly Float64Array[]
}

function tallyOf(early: readonly Constraint[]): Tally {
  const zeros = (): Float64Array => new Float64Array(early.length)
  return {pointCount: 0, keptCount: 0, removed: zeros(), removedAlone: zeros(), keptByPair: early.map(zeros)}
}

/** Prepares to count which rows of blocks meet which constraints. */
function judging(space: DesignSpace, axes: readonly Axis[], early: readonly Constraint[], tally: Tally, isGrid: boolean): PrepareVisits {
  return (columnOf, rowCapacity): BlockVisitor => {
    const {named, fill} = earlyColumns(space, axes, early, columnOf, rowCapacity)
    const claims = early.map((each) => constraintColumn(each, named, rowCapacity))
    return (rowCount, isPoint, columns) => {
      fill(rowCount, columns)
      const met = claims.map((claim) => claim(rowCount))
      for (let row = 0; row < rowCount; row++) if (!isGrid || isPoint[row] === 1) countRow(tally, met, row)
    }
  }
}

function countRow(tally: Tally, met: readonly Column[], row: number): void {
  tally.pointCount++
  let failedCount = 0
  let failed = 0
  for (let index = 0; index < met.length; index++) {
    if (met[index]![row] === 1) {
      for (let other = index; other < met.length; other++) if (met[other]![row] === 1) tally.keptByPair[index]![other]!++
      continue
    }
    tally.removed[index]!++
    failedCount++
    failed = index
  }
  if (failedCount === 0) tally.keptCount++
  else if (failedCount === 1) tally.removedAlone[failed]!++
}
