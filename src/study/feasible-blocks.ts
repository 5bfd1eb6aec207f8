import type {Metric} from '../cost/metrics.js'
import {queryPoints} from '../store/query.js'
import {spaceHash} from '../store/space-definition.js'
import type {Store} from '../store/store.js'
import {constraintColumn} from '../sweep/constraint.js'
import {axesOf, spaceIdentity, storable} from '../sweep/space-identity.js'
import type {DesignSpace, Study} from '../sweep/study.js'

/** Some of the points of a space that meet every constraint; overwritten by the next. */
export interface FeasibleBlock {
  readonly rowCount: number
  /** By axis of the space, in their order: the place of each value among the axis's values. */
  readonly levels: readonly Float64Array[]
  /** In the order in which they were asked for. */
  readonly metrics: readonly Float64Array[]
}

const blockRows = 4096

/** Reads the stored points of a space that meet every constraint of its study block by block, so that any number of them fits. */
export function* feasibleBlocks(study: Study, store: Store, space: DesignSpace, metrics: readonly Metric[]): Generator<FeasibleBlock> {
  const axes = axesOf(space)
  const places = axes.map(({values}) => new Map(values.map((value, place) => [storable(value), place])))
  const dependsOn = study.constraints.flatMap(({columnNames}) => [...columnNames.values()])
  const numbers = new Map([...new Set([...dependsOn, ...metrics])].map((name) => [name, new Float64Array(blockRows)]))
  const levels = axes.map(() => new Float64Array(blockRows))
  const verdicts = study.constraints.map((constraint) => constraintColumn(constraint, (name) => numbers.get(name)!, blockRows))
  const asked = metrics.map((metric) => numbers.get(metric)!)
  let rowCount = 0
  const whole = (): FeasibleBlock => {
    const kept = keptRows(verdicts, [...levels, ...asked], rowCount)
    rowCount = 0
    return {rowCount: kept, levels, metrics: asked}
  }
  const among = Object.fromEntries(axes.map(({name, values}) => [name, values.map(storable)]))
  const columns = [...new Set([...axes.map(({name}) => name), ...numbers.keys()])]
  for (const row of queryPoints(store, {space: spaceHash(spaceIdentity(space)), among, columns}).rows) {
    for (const [index, {name}] of axes.entries()) levels[index]![rowCount] = places[index]!.get(row[name] as number | string)!
    for (const [name, column] of numbers) column[rowCount] = typeof row[name] === 'number' ? row[name] : Number.NaN
    if (++rowCount === blockRows) yield whole()
  }
  if (rowCount > 0) yield whole()
}

/** Moves the rows that all verdicts pass to the front of the columns; how many there are. */
function keptRows(verdicts: readonly ((rowCount: number) => Float64Array)[], columns: readonly Float64Array[], rowCount: number): number {
  const meets = verdicts.map((verdict) => verdict(rowCount))
  let kept = 0
  for (let row = 0; row < rowCount; row++) {
    if (meets.some((verdict) => verdict[row] !== 1)) continue
    for (const column of columns) column[kept] = column[row]!
    kept++
  }
  return kept
}
