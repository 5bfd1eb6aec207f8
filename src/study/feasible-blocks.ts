import type {Column} from '../accelerator/machine.js'
import {PointScan} from '../store/point-scan.js'
import {resolveQuery} from '../store/resolve-query.js'
import type {Cell, PointRow} from '../store/space-reader.js'
import type {Store} from '../store/store.js'
import {constraintColumn} from '../sweep/constraint.js'
import type {Objective} from '../sweep/objective.js'
import {axesOf, storable} from '../sweep/space-identity.js'
import {storedNames, storedNumbers} from '../sweep/stored-numbers.js'
import type {DesignSpace, Study} from '../sweep/study.js'
import {ownPoints} from './own-points.js'

/** Some of the points of a space that meet every constraint; overwritten by the next. */
export interface FeasibleBlock {
  readonly rowCount: number
  /** By axis of the space, in their order: the place of each value among the axis's values, or the value of an axis without levels. */
  readonly places: readonly Column[]
  /** In the order in which they were asked for. */
  readonly values: readonly Column[]
  /** By which whole rows are found. */
  readonly positionIndices: Float64Array
}

/** Whether a row is wanted, by columns of results. */
export type RowTest = (values: readonly Column[], row: number) => boolean

/** The stored points of a space that meet every constraint of its study. */
export interface FeasiblePoints {
  /** Those of the rows that are allowed by the results asked for. */
  readonly blocks: (isAllowed?: RowTest) => Generator<FeasibleBlock>
  readonly rowAt: (positionIndex: number) => PointRow
}

const blockRows = 4096

/** Reads the points of a space that meet every constraint block by block, and only the results asked for, so that any number of them fits. */
export function feasiblePoints(study: Study, store: Store, space: DesignSpace, objectives: readonly Objective[]): FeasiblePoints {
  const axes = axesOf(space)
  const own = ownPoints(space)
  const scan = new PointScan(store, resolveQuery(store, own))
  const placeOf = axes.map(({values}) => new Map(values.map((value, place) => [storable(value) as Cell, place])))
  const dependsOn = [
    ...study.constraints.flatMap(({columnNames}) => [...columnNames.values()]),
    ...objectives.flatMap(({columnNames}) => columnNames),
  ]
  const names = storedNames(space, dependsOn)
  const columnsNamed = (columns: readonly string[]) => resolveQuery(store, {...own, columns}).columns
  const [numberColumns, axisColumns] = [columnsNamed(names), columnsNamed(axes.map(({name}) => name))]
  const read = new Map(names.map((name) => [name, new Float64Array(blockRows)]))
  const {columnOf, settle} = storedNumbers(space, read, blockRows)
  const verdicts = study.constraints.map((constraint) => constraintColumn(constraint, columnOf, blockRows))
  const goals = objectives.map(({column}) => column(columnOf, blockRows))
  const values = objectives.map(() => new Float64Array(blockRows))
  const places = axes.map(() => new Float64Array(blockRows))
  const positions = new Float64Array(blockRows)

  function* blocks(isAllowed: RowTest = () => true): Generator<FeasibleBlock> {
    for (const {reader, chunkIndex, start, rows} of scan.chunks()) {
      const numbers = numberColumns.map((column) => reader.numbers(column, chunkIndex))
      const cells = axisColumns.map((column) => reader.cells(column, chunkIndex))
      for (let first = 0; first < rows.length; first += blockRows) {
        const some = rows.subarray(first, first + blockRows)
        for (const [index, name] of names.entries()) gather(numbers[index]!, some, read.get(name)!)
        settle(some.length)
        for (const [index, goal] of goals.entries()) values[index]!.set(goal(some.length).subarray(0, some.length))
        const rowCount = keptRows(verdicts, (row) => isAllowed(values, row), values, some, positions)
        for (const [axis, cell] of cells.entries()) fillPlaces(cell, placeOf[axis]!, positions, rowCount, places[axis]!)
        for (let row = 0; row < rowCount; row++) positions[row]! += start
        if (rowCount > 0) yield {rowCount, places, values, positionIndices: positions}
      }
    }
  }
  return {blocks, rowAt: (positionIndex) => scan.rowsAt([positionIndex])[0]!}
}

function gather(from: Column, rows: Int32Array, to: Column): void {
  for (let row = 0; row < rows.length; row++) to[row] = from[rows[row]!]!
}

/** The place of a level among its axis's values; the value itself where the axis has no levels. */
function fillPlaces(cell: (row: number) => Cell, placeOf: ReadonlyMap<Cell, number>, rows: Column, rowCount: number, out: Column): void {
  for (let row = 0; row < rowCount; row++) {
    const value = cell(rows[row]!)
    out[row] = placeOf.size === 0 ? Number(value) : placeOf.get(value)!
  }
}

/** Moves the rows that all verdicts pass and that are wanted to the front of the columns, and their places in the chunk; how many there are. */
function keptRows(
  verdicts: readonly ((rowCount: number) => Column)[],
  isWanted: (row: number) => boolean,
  columns: readonly Column[],
  rows: Int32Array,
  places: Column,
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
