import type {Column} from '../accelerator/machine.js'
import {metricNames} from '../cost/metrics.js'
import {chunkRowCount} from '../store/chunk-map.js'
import {columnNamed, type PointColumn} from '../store/point-columns.js'
import {type ChunkRows, PointScan} from '../store/point-scan.js'
import {resolveQuery} from '../store/resolve-query.js'
import type {PointRow, SpaceReader} from '../store/space-reader.js'
import type {Store} from '../store/store.js'
import type {Axis} from '../sweep/axis.js'
import {type Constraint, constraintColumn} from '../sweep/constraint.js'
import type {DesignSpace} from '../sweep/design-space.js'
import {axesOf, sampleName, storable, storedAxes} from '../sweep/space-identity.js'
import {storedNames, storedNumbers} from '../sweep/stored-numbers.js'
import type {Study} from '../sweep/study.js'
import {ownPoints} from './own-points.js'

/** What constraints leave of the points of a chunk; the columns are overwritten by the next. */
export interface JudgedChunk {
  readonly start: number
  /** The study's own points that early constraints leave: looser ones may have stored more. */
  readonly pointCount: number
  /** By constraint: what it turns away, and what no other does. */
  readonly removedCounts: readonly number[]
  readonly removedAloneCounts: readonly number[]
  /** Rows that meet every constraint, and by objective and label a number for each row of the chunk. */
  readonly rows: Int32Array
  readonly objectiveColumns: readonly Column[]
  readonly labelColumns: readonly ArrayLike<number>[]
  /** By axis of the space, for each row: the place of each value among the axis's values, or the value of an axis without levels. */
  readonly placeColumns: () => readonly ArrayLike<number>[]
}

/** The stored points of a study's space, as they are now, judged by its constraints and objectives. */
export class JudgedSpace {
  readonly #study: Study
  readonly #scan: PointScan
  readonly #read: readonly {readonly column: PointColumn; readonly numbers: Column}[]
  readonly #verdicts: readonly ((rowCount: number) => Column)[]
  readonly #goals: readonly ((rowCount: number) => Column)[]
  readonly #settle: (rowCount: number) => void
  readonly #labels: readonly ColumnReader[]
  readonly #places: readonly ColumnReader[]

  constructor(study: Study, store: Store, space: DesignSpace) {
    this.#study = study
    const own = ownPoints(space)
    const shown = ['accelerator', 'workload', 'phase', 'boundBy', ...storedAxes(space).map(({name}) => name), ...metricNames]
    const query = resolveQuery(store, {...own, columns: shown})
    this.#scan = new PointScan(store, query)
    const named = [
      ...study.constraints.flatMap(({columnNames}) => [...columnNames.values()]),
      ...study.objectives.flatMap(({columnNames}) => columnNames),
    ]
    this.#read = storedNames(space, named).map((name) => ({
      column: columnNamed(name, query.columns),
      numbers: new Float64Array(chunkRowCount),
    }))
    const read = new Map(this.#read.map(({column, numbers}) => [column.name, numbers]))
    const {columnOf, settle} = storedNumbers(space, read, chunkRowCount)
    this.#settle = settle
    this.#verdicts = study.constraints.map((constraint) => constraintColumn(constraint, columnOf, chunkRowCount))
    this.#goals = study.objectives.map(({column}) => column(columnOf, chunkRowCount))
    const axes = axesOf(space).map((axis) => ({kind: axis.kind, read: placeReader(axis, query.columns)}))
    this.#places = axes.map(({read}) => read)
    this.#labels =
      space.sampler.kind === 'grid' ? axes.filter(({kind}) => kind === 'level').map(({read}) => read) : [sampleReader(query.columns)]
  }

  /** The last chunk that there is. */
  get lastChunkIndex(): number {
    return this.#scan.lastChunkIndex
  }

  /** Judges the chunks that come after one; from the first unless told. */
  *chunks(after = 0): Generator<JudgedChunk> {
    for (const chunk of this.#scan.chunks(({reader, chunkIndex}) => reader.chunks.ids[chunkIndex]! > after)) yield this.#judged(chunk)
  }

  /** Whole rows with the objectives that are no metrics. */
  rowsAt(positions: ArrayLike<number>): PointRow[] {
    const rows = this.#scan.rowsAt(positions)
    const others = this.#study.objectives.flatMap(({name, metric}, index) =>
      metric === undefined ? [{name, goal: this.#goals[index]!}] : [],
    )
    if (others.length === 0) return rows
    const whole: PointRow[] = []
    for (let first = 0; first < rows.length; first += chunkRowCount) {
      const block = rows.slice(first, first + chunkRowCount)
      this.#settleRows(block)
      const columns = others.map(({name, goal}) => ({name, values: goal(block.length)}))
      for (const [at, row] of block.entries()) whole.push({...row, ...cellsOf(columns, at)})
    }
    return whole
  }

  #settleRows(rows: readonly PointRow[]): void {
    for (const {column, numbers} of this.#read) {
      for (const [index, row] of rows.entries()) {
        const cell = row[column.name]
        numbers[index] = typeof cell === 'number' ? cell : Number.NaN
      }
    }
    this.#settle(rows.length)
  }

  #judged({reader, chunkIndex, start, rows}: ChunkRows): JudgedChunk {
    const rowCount = reader.chunks.rowCounts[chunkIndex]!
    for (const {column, numbers} of this.#read) numbers.set(reader.numbers(column, chunkIndex))
    this.#settle(rowCount)
    return {
      start,
      ...verdictsOf(
        this.#study.constraints,
        this.#verdicts.map((verdict) => verdict(rowCount)),
        rows,
      ),
      objectiveColumns: this.#goals.map((goal) => goal(rowCount)),
      labelColumns: this.#labels.map((label) => label(reader, chunkIndex)),
      placeColumns: () => this.#places.map((place) => place(reader, chunkIndex)),
    }
  }
}

function cellsOf(columns: readonly {readonly name: string; readonly values: Column}[], row: number): PointRow {
  return Object.fromEntries(columns.map(({name, values}) => [name, Number.isNaN(values[row]!) ? null : values[row]!]))
}

type ColumnReader = (reader: SpaceReader, chunkIndex: number) => ArrayLike<number>

function sampleReader(columns: readonly PointColumn[]): ColumnReader {
  const column = columnNamed(sampleName, columns)
  return (reader, chunkIndex) => reader.numbers(column, chunkIndex)
}

/** Reads the places of values among those of the study, or values where there are no levels. */
function placeReader({name, kind, values}: Axis, columns: readonly PointColumn[]): ColumnReader {
  if (kind === 'value') {
    const column = columnNamed(name, columns)
    return (reader, chunkIndex) => reader.numbers(column, chunkIndex)
  }
  const placeOf = new Map(values.map((value, place) => [storable(value), place]))
  return (reader, chunkIndex) => reader.levels(name, chunkIndex, (value) => placeOf.get(value) ?? -1)
}

function verdictsOf(
  constraints: readonly Constraint[],
  meets: readonly Column[],
  own: Int32Array,
): Pick<JudgedChunk, 'pointCount' | 'removedCounts' | 'removedAloneCounts' | 'rows'> {
  const removedCounts = constraints.map(() => 0)
  const removedAloneCounts = constraints.map(() => 0)
  const rows = new Int32Array(own.length)
  let [pointCount, feasibleCount] = [0, 0]
  for (let i = 0; i < own.length; i++) {
    const row = own[i]!
    let [failedCount, failed, isEarly] = [0, -1, false]
    for (let index = 0; index < meets.length; index++) {
      if (meets[index]![row] === 1) continue
      failedCount++
      failed = index
      isEarly ||= constraints[index]!.stage !== 'timed'
    }
    if (isEarly) continue
    pointCount++
    if (failedCount === 0) {
      rows[feasibleCount++] = row
      continue
    }
    for (let index = 0; index < meets.length; index++) if (meets[index]![row] !== 1) removedCounts[index]!++
    if (failedCount === 1) removedAloneCounts[failed]!++
  }
  return {pointCount, removedCounts, removedAloneCounts, rows: rows.subarray(0, feasibleCount)}
}
