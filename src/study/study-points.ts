import type {Column} from '../accelerator/machine.js'
import {metricNames} from '../cost/metrics.js'
import {type ObjectiveColumn, paretoFront} from '../frontier/pareto-front.js'
import {PointScan} from '../store/point-scan.js'
import {resolveQuery} from '../store/resolve-query.js'
import type {PointRow} from '../store/space-reader.js'
import type {Store} from '../store/store.js'
import {type Constraint, constraintColumn} from '../sweep/constraint.js'
import type {DesignSpace} from '../sweep/design-space.js'
import {type ConstraintCount, type EarlyCounts, earlyCounts} from '../sweep/early-counts.js'
import {frontObjectiveCount, type Objective} from '../sweep/objective.js'
import {storedAxes} from '../sweep/space-identity.js'
import {storedNames, storedNumbers} from '../sweep/stored-numbers.js'
import type {Study} from '../sweep/study.js'
import {ownPoints} from './own-points.js'
import {fidelitiesOf, type UsedFidelity} from './used-fidelity.js'
import {workloadGroups} from './workload-groups.js'

/** The points of one workload of a study, over all its accelerators. */
export interface WorkloadPoints {
  readonly workload: string
  readonly phase: string
  readonly fidelities: readonly UsedFidelity[]
  /** Points that were evaluated, and those that an early constraint kept from it. */
  readonly pointCount: number
  readonly storedCount: number
  /** How many points meet every constraint. */
  readonly feasibleCount: number
  /** Points that meet every constraint: all where few were asked for or found, else the front and an even sample of the rest. */
  readonly feasible: readonly PointRow[]
  readonly constraints: readonly ConstraintCount[]
  /** Indices into `feasible`, best in the first objective first. */
  readonly front: Int32Array
}

/** Rows beyond the front that are read whole for each workload, unless told: enough for a figure. */
const defaultSampleCount = 20_000
const blockRows = 4096
/** Combinations that early constraints are counted over where only some of all points were looked at. */
const mostCounted = 500_000

/**
 * Reads a study's points back from its store, workload by workload, with what its constraints remove and the front that remains.
 * Only the columns that constraints and objectives name are read of every point, eight bytes a cell; whole rows are read of the
 * front and of a sample.
 */
export function studyPoints(study: Study, store: Store, sampleCount = defaultSampleCount): WorkloadPoints[] {
  return workloadGroups(study).map((spaces) => workloadPoints(study, store, spaces, sampleCount))
}

function workloadPoints(study: Study, store: Store, spaces: readonly DesignSpace[], sampleCount: number): WorkloadPoints {
  const [{model, pass}] = spaces as [DesignSpace]
  const late = study.constraints.map(({text}) => ({text, ofCount: 0, removedCount: 0, removedAloneCount: 0}))
  const tables = spaces.map((space) => feasibleTable(study, store, space, late))
  const isSearched = study.optimizer !== undefined
  const early = spaces.map((space) => earlyCounts(space, study.constraints, isSearched ? mostCounted : undefined))
  const storedCount = tables.reduce((sum, {pointCount}) => sum + pointCount, 0)
  const feasibleCount = tables.reduce((sum, {rows}) => sum + rows.length, 0)
  const onFront = frontOf(study.objectives, (index) => objectiveColumn(tables, index))
  const kept = sampled(onFront, feasibleCount, sampleCount)
  const places = new Map([...kept].map((row, chunkIndex) => [row, chunkIndex]))
  return {
    workload: model.name,
    phase: String(pass.phase ?? 'prefill'),
    fidelities: fidelitiesOf(spaces),
    pointCount: isSearched ? storedCount : storedCount + early.reduce((sum, {pointCount, keptCount}) => sum + pointCount - keptCount, 0),
    storedCount,
    feasibleCount,
    feasible: wholeRows(study.objectives, tables, kept),
    constraints: joinedCounts(study.constraints, early, late, storedCount),
    front: onFront.map((row) => places.get(row)!),
  }
}

/** Early constraints by what they remove of all points, late ones by what they remove of those that were evaluated. */
function joinedCounts(
  constraints: readonly Constraint[],
  early: readonly EarlyCounts[],
  late: readonly ConstraintCount[],
  storedCount: number,
): readonly ConstraintCount[] {
  let earlyIndex = 0
  return constraints.map(({stage}, index) => {
    if (stage === 'timed') return {...late[index]!, ofCount: storedCount}
    const place = earlyIndex++
    return early.map(({counts}) => counts[place]!).reduce(addedCounts)
  })
}

function addedCounts(a: ConstraintCount, b: ConstraintCount): ConstraintCount {
  return {
    text: a.text,
    ofCount: a.ofCount + b.ofCount,
    removedCount: a.removedCount + b.removedCount,
    removedAloneCount: a.removedAloneCount + b.removedAloneCount,
  }
}

/** What constraints leave of one space: the stored rows that meet them all, and the columns that were read. */
interface FeasibleTable {
  readonly scan: PointScan
  /** Stored points that early constraints leave: looser ones may have stored more. */
  readonly pointCount: number
  /** Rows of the columns that are feasible, and the position of each row of the columns. */
  readonly rows: Int32Array
  readonly positions: Float64Array
  /** By objective, the value of each feasible row. */
  readonly objectives: readonly Column[]
}

type MutableCount = {-readonly [Name in keyof ConstraintCount]: ConstraintCount[Name]}

/** The study's own points of a space: a store may hold more values of an axis than the study names. */
function feasibleTable(study: Study, store: Store, space: DesignSpace, counts: readonly MutableCount[]): FeasibleTable {
  const {constraints, objectives} = study
  const named = [
    ...constraints.flatMap(({columnNames}) => [...columnNames.values()]),
    ...objectives.flatMap(({columnNames}) => columnNames),
  ]
  const names = storedNames(space, named)
  const own = ownPoints(space)
  const shown = ['accelerator', 'workload', 'phase', 'boundBy', ...storedAxes(space).map(({name}) => name), ...metricNames]
  const query = resolveQuery(store, {...own, columns: shown})
  const scan = new PointScan(store, query)
  const read = resolveQuery(store, {space: own.space, columns: names}).columns
  const columns = new Map(names.map((name) => [name, new Float64Array(scan.pointCount)]))
  const positions = new Float64Array(scan.pointCount)
  let rowCount = 0
  for (const {reader, chunkIndex, start, rows} of scan.chunks()) {
    for (const [index, name] of names.entries()) {
      const numbers = reader.numbers(read[index]!, chunkIndex)
      const column = columns.get(name)!
      for (let i = 0; i < rows.length; i++) column[rowCount + i] = numbers[rows[i]!]!
    }
    for (let i = 0; i < rows.length; i++) positions[rowCount + i] = start + rows[i]!
    rowCount += rows.length
  }
  return {scan, positions, ...judged(study, space, columns, rowCount, counts)}
}

/** Rows that meet every constraint with their objectives, block by block, each failure counted. */
function judged(
  {constraints, objectives}: Study,
  space: DesignSpace,
  columns: ReadonlyMap<string, Column>,
  rowCount: number,
  counts: readonly MutableCount[],
): Pick<FeasibleTable, 'pointCount' | 'rows' | 'objectives'> {
  const block = new Map([...columns.keys()].map((name) => [name, new Float64Array(blockRows)]))
  const {columnOf, settle} = storedNumbers(space, block, blockRows)
  const verdicts = constraints.map((constraint) => constraintColumn(constraint, columnOf, blockRows))
  const goals = objectives.map(({column}) => column(columnOf, blockRows))
  const rows = new Int32Array(rowCount)
  const values = objectives.map(() => new Float64Array(rowCount))
  const isEarly = constraints.map(({stage}) => stage !== 'timed')
  let [pointCount, feasibleCount] = [0, 0]
  for (let first = 0; first < rowCount; first += blockRows) {
    const count = Math.min(blockRows, rowCount - first)
    for (const [name, column] of block) column.set(columns.get(name)!.subarray(first, first + count))
    settle(count)
    const meets = verdicts.map((verdict) => verdict(count))
    const wanted = goals.map((goal) => goal(count))
    for (let row = 0; row < count; row++) {
      if (meets.some((met, index) => isEarly[index] && met[row] !== 1)) continue
      pointCount++
      let failedCount = 0
      let failed = -1
      for (let index = 0; index < meets.length; index++) {
        if (meets[index]![row] === 1) continue
        counts[index]!.removedCount++
        failedCount++
        failed = index
      }
      if (failedCount === 1) counts[failed]!.removedAloneCount++
      if (failedCount > 0) continue
      for (const [index, goal] of wanted.entries()) values[index]![feasibleCount] = goal[row]!
      rows[feasibleCount++] = first + row
    }
  }
  return {pointCount, rows: rows.slice(0, feasibleCount), objectives: values.map((column) => column.subarray(0, feasibleCount))}
}

function objectiveColumn(tables: readonly FeasibleTable[], index: number): Column {
  const values = new Float64Array(tables.reduce((sum, {rows}) => sum + rows.length, 0))
  let at = 0
  for (const {objectives} of tables) {
    values.set(objectives[index]!, at)
    at += objectives[index]!.length
  }
  return values
}

/** The front of rows in the first objectives, as many as a front may have; one that no row knows says nothing and is left out of it. */
export function frontOf(objectives: readonly Objective[], columnOf: (index: number) => Column): Int32Array {
  const columns = objectives.slice(0, frontObjectiveCount).map(({goal}, index): ObjectiveColumn => ({values: columnOf(index), goal}))
  const known = columns.filter(({values}) => values.some((value) => !Number.isNaN(value)))
  return known.length === 0 ? new Int32Array(0) : paretoFront(known)
}

/** The front, and rows spread evenly over all feasible ones, ascending. */
function sampled(front: Int32Array, feasibleCount: number, sampleCount: number): Int32Array {
  const kept = new Set<number>(front)
  const spread = Math.min(sampleCount, feasibleCount)
  for (let i = 0; i < spread; i++) kept.add(Math.floor((i * feasibleCount) / spread))
  return Int32Array.from(kept).sort()
}

function wholeRows(objectives: readonly Objective[], tables: readonly FeasibleTable[], kept: Int32Array): PointRow[] {
  const rows: PointRow[] = []
  let first = 0
  let next = 0
  for (const {scan, rows: feasible, positions, objectives: values} of tables) {
    const start = next
    while (next < kept.length && kept[next]! < first + feasible.length) next++
    const places = kept.slice(start, next).map((row) => row - first)
    const whole = scan.rowsAt(Float64Array.from(places, (place) => positions[feasible[place]!]!))
    for (const [at, row] of whole.entries()) rows.push({...row, ...named(objectives, (index) => values[index]![places[at]!]!)})
    first += feasible.length
  }
  return rows
}

/** Objectives that are no metrics, as cells of a row. */
function named(objectives: readonly Objective[], value: (index: number) => number): PointRow {
  const cells = objectives.map(({name, metric}, index) =>
    metric === undefined ? {[name]: Number.isNaN(value(index)) ? null : value(index)} : {},
  )
  return Object.assign({}, ...cells) as PointRow
}
