import {type Metric, metricNames} from '../cost/metrics.js'
import {type ObjectiveColumn, paretoFront} from '../frontier/pareto-front.js'
import {PointScan} from '../store/point-scan.js'
import {resolveQuery} from '../store/resolve-query.js'
import {spaceHash} from '../store/space-definition.js'
import type {PointRow} from '../store/space-reader.js'
import type {Store} from '../store/store.js'
import {type Constraint, constraintColumn} from '../sweep/constraint.js'
import {axesOf, spaceIdentity, storable} from '../sweep/space-identity.js'
import type {DesignSpace, Objective, Study} from '../sweep/study.js'
import {fidelitiesOf, type UsedFidelity} from './used-fidelity.js'

/** How many designs a constraint turns away: of all points, and those that no other constraint turns away. */
export interface ConstraintCount {
  readonly text: string
  readonly removedCount: number
  readonly removedAloneCount: number
}

/** The points of one workload of a study, over all its accelerators. */
export interface WorkloadPoints {
  readonly workload: string
  readonly phase: string
  readonly fidelities: readonly UsedFidelity[]
  readonly pointCount: number
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

/**
 * Reads a study's points back from its store, workload by workload, with what its constraints remove and the front that remains.
 * Only the columns that constraints and objectives name are read of every point, eight bytes a cell; whole rows are read of the
 * front and of a sample.
 */
export function studyPoints(study: Study, store: Store, sampleCount = defaultSampleCount): WorkloadPoints[] {
  return workloadSpaces(study).map((spaces) => workloadPoints(study, store, spaces, sampleCount))
}

/** The spaces of each workload of a study, in the order of its points. */
export function workloadSpaces({spaces}: Study): (readonly DesignSpace[])[] {
  const groups = new Map<string, DesignSpace[]>()
  for (const space of spaces) {
    const key = JSON.stringify([space.model.name, space.pass])
    groups.set(key, [...(groups.get(key) ?? []), space])
  }
  return [...groups.values()]
}

function workloadPoints(study: Study, store: Store, spaces: readonly DesignSpace[], sampleCount: number): WorkloadPoints {
  const [{model, pass}] = spaces as [DesignSpace]
  const counts = study.constraints.map(({text}) => ({text, removedCount: 0, removedAloneCount: 0}))
  const tables = spaces.map((space) => feasibleTable(study, store, space, counts))
  const feasibleCount = tables.reduce((sum, {rows}) => sum + rows.length, 0)
  const onFront = frontOf(study.objectives, (metric) => objectiveColumn(tables, metric))
  const kept = sampled(onFront, feasibleCount, sampleCount)
  const places = new Map([...kept].map((row, chunkIndex) => [row, chunkIndex]))
  return {
    workload: model.name,
    phase: String(pass.phase ?? 'prefill'),
    fidelities: fidelitiesOf(spaces),
    pointCount: tables.reduce((sum, {pointCount}) => sum + pointCount, 0),
    feasibleCount,
    feasible: wholeRows(tables, kept),
    constraints: counts,
    front: onFront.map((row) => places.get(row)!),
  }
}

/** What constraints leave of one space: the stored rows that meet them all, and the columns that were read. */
interface FeasibleTable {
  readonly scan: PointScan
  readonly pointCount: number
  /** Rows of the columns that are feasible, and the position of each row of the columns. */
  readonly rows: Int32Array
  readonly positions: Float64Array
  readonly columns: ReadonlyMap<string, Float64Array>
}

type MutableCount = {-readonly [Name in keyof ConstraintCount]: ConstraintCount[Name]}

/** The study's own points of a space: a store may hold more values of an axis than the study names. */
function feasibleTable({constraints, objectives}: Study, store: Store, space: DesignSpace, counts: readonly MutableCount[]): FeasibleTable {
  const hash = spaceHash(spaceIdentity(space))
  const dependsOn = constraints.flatMap(({columnNames}) => [...columnNames.values()])
  const names = [...new Set([...dependsOn, ...objectives.map(({metric}) => metric)])]
  const among = Object.fromEntries(axesOf(space).map(({name, values}) => [name, values.map(storable)]))
  const shown = ['accelerator', 'workload', 'phase', 'boundBy', ...axesOf(space).map(({name}) => name), ...metricNames]
  const query = resolveQuery(store, {space: hash, among, columns: shown})
  const scan = new PointScan(store, query)
  const read = resolveQuery(store, {space: hash, columns: names}).columns
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
  return {scan, pointCount: rowCount, rows: feasibleRows(constraints, columns, rowCount, counts), positions, columns}
}

/** Rows that meet every constraint, block by block, each failure counted. */
function feasibleRows(
  constraints: readonly Constraint[],
  columns: ReadonlyMap<string, Float64Array>,
  rowCount: number,
  counts: readonly MutableCount[],
): Int32Array {
  const block = new Map([...columns.keys()].map((name) => [name, new Float64Array(blockRows)]))
  const verdicts = constraints.map((constraint) => constraintColumn(constraint, (name) => block.get(name)!, blockRows))
  const rows = new Int32Array(rowCount)
  let feasibleCount = 0
  for (let first = 0; first < rowCount; first += blockRows) {
    const count = Math.min(blockRows, rowCount - first)
    for (const [name, column] of block) column.set(columns.get(name)!.subarray(first, first + count))
    const meets = verdicts.map((verdict) => verdict(count))
    for (let row = 0; row < count; row++) {
      let failedCount = 0
      let failed = -1
      for (let index = 0; index < meets.length; index++) {
        if (meets[index]![row] === 1) continue
        counts[index]!.removedCount++
        failedCount++
        failed = index
      }
      if (failedCount === 1) counts[failed]!.removedAloneCount++
      if (failedCount === 0) rows[feasibleCount++] = first + row
    }
  }
  return rows.slice(0, feasibleCount)
}

function objectiveColumn(tables: readonly FeasibleTable[], metric: Metric): Float64Array {
  const values = new Float64Array(tables.reduce((sum, {rows}) => sum + rows.length, 0))
  let at = 0
  for (const {rows, columns} of tables) {
    const column = columns.get(metric)!
    for (let i = 0; i < rows.length; i++) values[at++] = column[rows[i]!]!
  }
  return values
}

/** The front of rows; an objective that no row knows says nothing and is left out of it. */
export function frontOf(objectives: readonly Objective[], columnOf: (metric: Metric) => Float64Array): Int32Array {
  const columns: ObjectiveColumn[] = objectives.map(({metric, goal}) => ({values: columnOf(metric), goal}))
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

function wholeRows(tables: readonly FeasibleTable[], kept: Int32Array): PointRow[] {
  const rows: PointRow[] = []
  let first = 0
  let next = 0
  for (const {scan, rows: feasible, positions} of tables) {
    const start = next
    while (next < kept.length && kept[next]! < first + feasible.length) next++
    rows.push(...scan.rowsAt(Float64Array.from(kept.subarray(start, next), (row) => positions[feasible[row - first]!]!)))
    first += feasible.length
  }
  return rows
}
