import type {Column} from '../accelerator/machine.js'
import {queryPoints} from '../store/query.js'
import type {PointRow} from '../store/space-reader.js'
import type {Store} from '../store/store.js'
import {constraintColumn} from '../sweep/constraint.js'
import type {Objective} from '../sweep/objective.js'
import {axesOf, storable, storedAxes} from '../sweep/space-identity.js'
import {storedNames, storedNumbers} from '../sweep/stored-numbers.js'
import type {DesignSpace, Study} from '../sweep/study.js'
import {ownPoints} from './own-points.js'

/** Some of the points of a space that meet every constraint; overwritten by the next. */
export interface FeasibleBlock {
  readonly rowCount: number
  /** By axis of the space, in their order: the place of each value among the axis's values, or the value of an axis without levels. */
  readonly places: readonly Column[]
  /** In the order in which they were asked for. */
  readonly objectives: readonly Column[]
  /** Where each point stands: its axes, and its place in a sample. */
  readonly points: readonly PointRow[]
}

const blockRows = 4096

/** Reads the stored points of a space that meet every constraint of its study block by block, so that any number of them fits. */
export function* feasibleBlocks(
  study: Study,
  store: Store,
  space: DesignSpace,
  objectives: readonly Objective[],
): Generator<FeasibleBlock> {
  const axes = axesOf(space)
  const placeOf = axes.map(({values}) => new Map(values.map((value, place) => [storable(value), place])))
  const dependsOn = [
    ...study.constraints.flatMap(({columnNames}) => [...columnNames.values()]),
    ...objectives.flatMap((each) => each.columnNames),
  ]
  const read = new Map(storedNames(space, dependsOn).map((name) => [name, new Float64Array(blockRows)]))
  const {columnOf, settle} = storedNumbers(space, read, blockRows)
  const places = axes.map(() => new Float64Array(blockRows))
  const verdicts = study.constraints.map((constraint) => constraintColumn(constraint, columnOf, blockRows))
  const goals = objectives.map(({column}) => column(columnOf, blockRows))
  const wanted = objectives.map(() => new Float64Array(blockRows))
  let points: PointRow[] = []
  const whole = (): FeasibleBlock => {
    const {length} = points
    settle(length)
    for (const [index, goal] of goals.entries()) wanted[index]!.set(goal(length).subarray(0, length))
    const kept = keptRows(
      verdicts.map((verdict) => verdict(length)),
      [...places, ...wanted],
      points,
    )
    points = []
    return {rowCount: kept.length, places, objectives: wanted, points: kept}
  }
  const columns = [...new Set([...storedAxes(space).map(({name}) => name), ...read.keys()])]
  for (const row of queryPoints(store, {...ownPoints(space), columns}).rows) {
    const at = points.length
    for (const [index, {name, kind}] of axes.entries())
      places[index]![at] = kind === 'level' ? placeOf[index]!.get(row[name] as number | string)! : Number(row[name])
    for (const [name, column] of read) column[at] = typeof row[name] === 'number' ? row[name] : Number.NaN
    points.push(row)
    if (points.length === blockRows) yield whole()
  }
  if (points.length > 0) yield whole()
}

/** Moves the rows that all verdicts pass to the front of the columns; which points they are. */
function keptRows(meets: readonly Column[], columns: readonly Column[], points: readonly PointRow[]): PointRow[] {
  const kept: PointRow[] = []
  for (const [row, point] of points.entries()) {
    if (meets.some((verdict) => verdict[row] !== 1)) continue
    for (const column of columns) column[kept.length] = column[row]!
    kept.push(point)
  }
  return kept
}
