import type {Column} from '../accelerator/machine.js'
import {PointScan} from '../store/point-scan.js'
import {resolveQuery} from '../store/resolve-query.js'
import type {Cell, PointRow, SpaceReader} from '../store/space-reader.js'
import type {Store} from '../store/store.js'
import {constraintColumn} from '../sweep/constraint.js'
import type {DesignSpace} from '../sweep/design-space.js'
import type {Objective} from '../sweep/objective.js'
import {axesOf, sampleName, storable} from '../sweep/space-identity.js'
import {storedNames, storedNumbers} from '../sweep/stored-numbers.js'
import type {Study} from '../sweep/study.js'
import {ownPoints} from './own-points.js'

/** Some of the points of a space that meet every constraint; overwritten by the next. */
export interface FeasibleBlock {
  readonly rowCount: number
  /** By axis of the space, in their order: the place of each value among the axis's values, or the value of an axis without levels. */
  readonly places: readonly Column[]
  /** Which design of a sample each point is; empty for a grid. */
  readonly sampled: Column
  /** In the order in which they were asked for. */
  readonly objectives: readonly Column[]
  /** By which whole rows are found. */
  readonly positions: Column
}

/** Whether a row is wanted, by columns of objectives. */
export type RowTest = (objectives: readonly Column[], row: number) => boolean

/** The stored points of a space that meet every constraint of its study. */
export interface FeasiblePoints {
  /** Those of the rows that are allowed by the objectives asked for. */
  readonly blocks: (isAllowed?: RowTest) => Generator<FeasibleBlock>
  readonly rowAt: (positionIndex: number) => PointRow
}

const blockRows = 4096

/** Reads the points of a space that meet every constraint block by block, and only the columns that matter, so that any number of them fits. */
export function feasiblePoints(study: Study, store: Store, space: DesignSpace, objectives: readonly Objective[]): FeasiblePoints {
  const own = ownPoints(space)
  const scan = new PointScan(store, resolveQuery(store, own))
  const dependsOn = [
    ...study.constraints.flatMap(({columnNames}) => [...columnNames.values()]),
    ...objectives.flatMap((each) => each.columnNames),
  ]
  const names = storedNames(space, dependsOn)
  const stored = resolveQuery(store, {space: own.space, columns: names}).columns
  const numbers = new Map(names.map((name) => [name, new Float64Array(blockRows)]))
  const {columnOf, settle} = storedNumbers(space, numbers, blockRows)
  const verdicts = study.constraints.map((constraint) => constraintColumn(constraint, columnOf, blockRows))
  const goals = objectives.map(({column}) => column(columnOf, blockRows))
  const wanted = objectives.map(() => new Float64Array(blockRows))
  const positions = new Float64Array(blockRows)
  const {places, placeRows} = placeReader(store, space)
  const [sampleColumn] = space.sampler.kind === 'grid' ? [] : resolveQuery(store, {space: own.space, columns: [sampleName]}).columns
  const sampled = new Float64Array(sampleColumn === undefined ? 0 : blockRows)

  function* blocks(isAllowed: RowTest = () => true): Generator<FeasibleBlock> {
    for (const {reader, chunkIndex, start, rows} of scan.chunks()) {
      const read = stored.map((column) => reader.numbers(column, chunkIndex))
      const fillPlaces = placeRows(reader, chunkIndex)
      const samples = sampleColumn === undefined ? undefined : reader.numbers(sampleColumn, chunkIndex)
      for (let first = 0; first < rows.length; first += blockRows) {
        const some = rows.subarray(first, first + blockRows)
        for (const [index, name] of names.entries()) gather(read[index]!, some, numbers.get(name)!)
        settle(some.length)
        for (const [index, goal] of goals.entries()) wanted[index]!.set(goal(some.length).subarray(0, some.length))
        const meets = verdicts.map((verdict) => verdict(some.length))
        const isKept = (row: number): boolean => meets.every((met) => met[row] === 1) && isAllowed(wanted, row)
        const rowCount = keepRows(some, isKept, wanted, positions)
        if (rowCount === 0) continue
        fillPlaces(positions, rowCount)
        if (samples !== undefined) for (let row = 0; row < rowCount; row++) sampled[row] = samples[positions[row]!]!
        for (let row = 0; row < rowCount; row++) positions[row]! += start
        yield {rowCount, places, sampled, objectives: wanted, positions}
      }
    }
  }
  return {blocks, rowAt: (positionIndex) => scan.rowsAt([positionIndex])[0]!}
}

/** Columns for where points stand along the axes of a space, and how to fill them for rows of a chunk. */
function placeReader(store: Store, space: DesignSpace) {
  const axes = axesOf(space)
  const {columns} = resolveQuery(store, {space: ownPoints(space).space, columns: axes.map(({name}) => name)})
  const places = axes.map(() => new Float64Array(blockRows))
  const placeOf = axes.map(({values}) => new Map(values.map((value, place) => [storable(value) as Cell, place])))
  const placeRows = (reader: SpaceReader, place: number) => {
    const fills = axes.map(({kind}, index): ((row: number) => number) => {
      if (kind === 'value') {
        const values = reader.numbers(columns[index]!, place)
        return (row) => values[row]!
      }
      const cell = reader.cells(columns[index]!, place)
      return (row) => placeOf[index]!.get(cell(row))!
    })
    return (rows: Column, rowCount: number): void => {
      for (const [index, fill] of fills.entries()) for (let row = 0; row < rowCount; row++) places[index]![row] = fill(rows[row]!)
    }
  }
  return {places, placeRows}
}

function gather(from: Column, rows: Int32Array, to: Column): void {
  for (let row = 0; row < rows.length; row++) to[row] = from[rows[row]!]!
}

/** Moves the kept rows to the front of the columns, and their places in the chunk; how many there are. */
function keepRows(rows: Int32Array, isKept: (row: number) => boolean, columns: readonly Column[], positions: Column): number {
  let count = 0
  for (let row = 0; row < rows.length; row++) {
    if (!isKept(row)) continue
    for (const column of columns) column[count] = column[row]!
    positions[count++] = rows[row]!
  }
  return count
}
