import type {Metric} from '../cost/metrics.js'
import {PointScan} from '../store/point-scan.js'
import {resolveQuery} from '../store/resolve-query.js'
import {spaceHash} from '../store/space-definition.js'
import type {Cell, PointRow} from '../store/space-reader.js'
import type {Store} from '../store/store.js'
import {constraintColumn} from '../sweep/constraint.js'
import {axesOf, spaceIdentity, storable} from '../sweep/space-identity.js'
import type {DesignSpace, Study} from '../sweep/study.js'

/** Some of the points of a space that meet every constraint; overwritten by the next. */
export interface FeasibleBlock {
  readonly rowCount: number
  /** By axis of the space, in their order: the place of each value among the axis's values. */
  readonly levelIndices: readonly Float64Array[]
  /** In the order in which they were asked for. */
  readonly values: readonly Float64Array[]
  /** By which whole rows are found. */
  readonly positionIndices: Float64Array
}

/** Whether a row is wanted, by columns of results. */
export type RowTest = (values: readonly Float64Array[], row: number) => boolean

/** The stored points of a space that meet every constraint of its study. */
export interface FeasiblePoints {
  /** Those of the rows that are allowed by the results asked for. */
  readonly blocks: (isAllowed?: RowTest) => Generator<FeasibleBlock>
  readonly rowAt: (positionIndex: number) => PointRow
}

const blockRows = 4096

/** Reads the points of a space that meet every constraint block by block, and only the results asked for, so that any number of them fits. */
export function feasiblePoints(study: Study, store: Store, space: DesignSpace, metrics: readonly Metric[]): FeasiblePoints {
  const axes = axesOf(space)
  const hash = spaceHash(spaceIdentity(space))
  const among = Object.fromEntries(axes.map(({name, values}) => [name, values.map(storable)]))
  const scan = new PointScan(store, resolveQuery(store, {space: hash, among}))
  const places = axes.map(({values}) => new Map(values.map((value, place) => [storable(value) as Cell, place])))
  const dependsOn = study.constraints.flatMap(({columnNames}) => [...columnNames.values()])
  const names = [...new Set([...dependsOn, ...metrics])]
  const numberColumns = resolveQuery(store, {space: hash, columns: names}).columns
  const axisColumns = resolveQuery(store, {space: hash, columns: axes.map(({name}) => name)}).columns
  const numbers = new Map(names.map((name) => [name, new Float64Array(blockRows)]))
  const levels = axes.map(() => new Float64Array(blockRows))
  const positions = new Float64Array(blockRows)
  const verdicts = study.constraints.map((constraint) => constraintColumn(constraint, (name) => numbers.get(name)!, blockRows))
  const values = metrics.map((metric) => numbers.get(metric)!)

  function* blocks(isAllowed: RowTest = () => true): Generator<FeasibleBlock> {
    const isWanted = (row: number): boolean => isAllowed(values, row)
    for (const {reader, place, start, rows} of scan.chunks()) {
      const read = numberColumns.map((column) => reader.numbers(column, place))
      const cells = axisColumns.map((column) => reader.cells(column, place))
      for (let first = 0; first < rows.length; first += blockRows) {
        const count = Math.min(blockRows, rows.length - first)
        for (const [index, name] of names.entries()) gather(read[index]!, rows, first, count, numbers.get(name)!)
        const rowCount = keptRows(verdicts, isWanted, [...numbers.values()], rows.subarray(first, first + count), positions)
        for (const [axis, cell] of cells.entries())
          for (let row = 0; row < rowCount; row++) levels[axis]![row] = places[axis]!.get(cell(positions[row]!))!
        for (let row = 0; row < rowCount; row++) positions[row]! += start
        if (rowCount > 0) yield {rowCount, levelIndices: levels, values, positionIndices: positions}
      }
    }
  }
  return {blocks, rowAt: (positionIndex) => scan.rowsAt([positionIndex])[0]!}
}

function gather(from: Float64Array, rows: Int32Array, first: number, count: number, to: Float64Array): void {
  for (let row = 0; row < count; row++) to[row] = from[rows[first + row]!]!
}

/** Moves the rows that all verdicts pass and that are wanted to the front of the columns, and their places in the chunk; how many there are. */
function keptRows(
  verdicts: readonly ((rowCount: number) => Float64Array)[],
  isWanted: (row: number) => boolean,
  columns: readonly Float64Array[],
  rows: Int32Array,
  places: Float64Array,
): number {
  const meets = verdicts.map((verdict) => verdict(rows.length))
  let kept = 0
  for (let row = 0; row < rows.length; row++) {
    if (meets.some((verdict) => verdict[row] !== 1) || !isWanted(row)) continue
    for (const column of columns) column[kept] = column[row]!
    places[kept] = rows[row]!
    kept++
  }
  return kept
}
