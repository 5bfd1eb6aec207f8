import {UserError} from '../foundation/user-error.js'
import {checkNotNegative, checkSome, type Frontier, minimalSet, requireKept} from './frontier.js'
import {paretoFront} from './pareto-front.js'
import {defaultExactPairCount, type SumOptions} from './sum.js'

/** One stage of a pipeline. */
export interface Stage<K> {
  readonly set: Frontier<K>
  /** Place in the list of devices. */
  readonly deviceIndex: number
  /** Places of the stages, listed before this one, whose ends it waits for. */
  readonly afterStageIndex: readonly number[]
}

/** Ways to run the stages so far: by way, the ends that later stages still wait for, the latest end, and energy above idle. */
interface Ways {
  readonly endSeconds: ReadonlyMap<number, Float64Array>
  readonly latestSeconds: Float64Array
  readonly aboveJoules: Float64Array
  readonly rows: Int32Array
  readonly previous: Int32Array
}

/**
 * A graph of stages, each run once on its device as soon as the stages that it comes after have ended, and the stage listed
 * before it on its device. The time is the critical path; the energy is that of all stages, and of every device its idle power
 * for as long as none of its stages runs, from the start of the first stage of all to the end of the last. Not modelled:
 * stages that slow each other down, and links between devices other than as stages of their own.
 * Exact: stage by stage, ways are dropped that others beat in every end still waited for and in energy above idle. That is
 * hard on wide graphs, and refused past the pairs allowed. A plan has one part for each stage, in their order.
 */
export function pipeline<K>(
  stages: readonly Stage<K>[],
  deviceIdleWatts: readonly number[],
  {exactPairCount = defaultExactPairCount}: SumOptions = {},
): Frontier<K> {
  checkSome(stages, 'a pipeline')
  for (const watts of deviceIdleWatts) checkNotNegative(watts, 'deviceIdleWatts')
  const waits = stages.map((stage, index) => waitsOf(stages, stage, index, deviceIdleWatts))
  const history: Ways[] = []
  let ways: Ways = {endSeconds: new Map(), latestSeconds: new Float64Array(1), aboveJoules: new Float64Array(1), ...noRows}
  let pairsLeft = exactPairCount
  for (const [index, stage] of stages.entries()) {
    pairsLeft -= ways.aboveJoules.length * stage.set.latencySeconds.length
    if (pairsLeft < 0) throw tooWide(exactPairCount)
    const live = new Set(waits.slice(index + 1).flat())
    ways = undominated(ran(ways, stage, index, waits[index]!, deviceIdleWatts[stage.deviceIndex]!, live))
    history.push(ways)
  }
  const idleWatts = deviceIdleWatts.reduce((sum, watts) => sum + watts, 0)
  const energyJoules = ways.aboveJoules.map((joules, way) => joules + idleWatts * ways.latestSeconds[way]!)
  const boundJoules = stages.reduce((sum, {set}) => sum + set.boundJoules, 0)
  return minimalSet(ways.latestSeconds, energyJoules, {keptToWatts: idleWatts, boundJoules}, (way) => {
    const rows = rowsOf(history, way)
    return {kind: 'parts', parts: stages.map(({set}, index) => set.planOf(rows[index]!))}
  })
}

const noRows = {rows: new Int32Array(1), previous: new Int32Array(1)}

function waitsOf<K>(
  stages: readonly Stage<K>[],
  {set, deviceIndex, afterStageIndex}: Stage<K>,
  index: number,
  deviceIdleWatts: readonly number[],
): number[] {
  const idleWatts = deviceIdleWatts[deviceIndex]
  if (idleWatts === undefined) throw new RangeError(`stage ${index} runs on device ${deviceIndex} of ${deviceIdleWatts.length}`)
  requireKept([set], idleWatts)
  for (const earlier of afterStageIndex) {
    if (Number.isInteger(earlier) && earlier >= 0 && earlier < index) continue
    throw new UserError(`stage ${index} comes after stage ${earlier}, which is not listed before it`, {
      code: 'PIPELINE_ORDER',
      suggestions: ['list stages so that each comes after stages above it; a ring of stages can never start'],
    })
  }
  const sameDevice = stages.slice(0, index).findLastIndex((stage) => stage.deviceIndex === deviceIndex)
  return [...new Set(sameDevice < 0 ? afterStageIndex : [...afterStageIndex, sameDevice])]
}

function tooWide(exactPairCount: number): UserError {
  return new UserError(`the pipeline has more ways to run than the ${exactPairCount} pairs that may be looked at`, {
    code: 'PIPELINE_TOO_WIDE',
    suggestions: ['give its stages fewer points with `coarsen`', 'join its chains with `sequence`', 'allow a larger exactPairCount'],
  })
}

/** Every way so far with every row of one more stage. */
function ran<K>(ways: Ways, {set}: Stage<K>, index: number, waits: readonly number[], idleWatts: number, live: ReadonlySet<number>): Ways {
  const rowCount = set.latencySeconds.length
  const count = ways.aboveJoules.length * rowCount
  const previous = Int32Array.from({length: count}, (_, pair) => Math.floor(pair / rowCount))
  const rows = Int32Array.from({length: count}, (_, pair) => pair % rowCount)
  const ends = new Float64Array(count)
  for (const wait of waits)
    for (let pair = 0; pair < count; pair++) ends[pair] = Math.max(ends[pair]!, ways.endSeconds.get(wait)![previous[pair]!]!)
  for (let pair = 0; pair < count; pair++) ends[pair]! += set.latencySeconds[rows[pair]!]!
  const endSeconds = new Map<number, Float64Array>()
  for (const [stage, seconds] of ways.endSeconds)
    if (live.has(stage))
      endSeconds.set(
        stage,
        Float64Array.from(previous, (way) => seconds[way]!),
      )
  if (live.has(index)) endSeconds.set(index, ends)
  const latestSeconds = ends.map((seconds, pair) => Math.max(seconds, ways.latestSeconds[previous[pair]!]!))
  const aboveJoules = latestSeconds.map((_, pair) => {
    const row = rows[pair]!
    return ways.aboveJoules[previous[pair]!]! + set.energyJoules[row]! - idleWatts * set.latencySeconds[row]!
  })
  return {endSeconds, latestSeconds, aboveJoules, rows, previous}
}

function undominated(ways: Ways): Ways {
  const columns = [ways.latestSeconds, ways.aboveJoules, ...ways.endSeconds.values()]
  const kept = columns.length <= 5 ? paretoFront(columns.map((values) => ({values, goal: 'min'}))) : comparedPairwise(columns)
  const endSeconds = new Map(Array.from(ways.endSeconds, ([stage, seconds]) => [stage, Float64Array.from(kept, (way) => seconds[way]!)]))
  return {
    endSeconds,
    latestSeconds: Float64Array.from(kept, (way) => ways.latestSeconds[way]!),
    aboveJoules: Float64Array.from(kept, (way) => ways.aboveJoules[way]!),
    rows: kept.map((way) => ways.rows[way]!),
    previous: kept.map((way) => ways.previous[way]!),
  }
}

/** For graphs so wide that the Pareto front takes no more objectives: in lexicographic order, only an earlier way can beat a later one. */
function comparedPairwise(columns: readonly Float64Array[]): Int32Array {
  const order = Int32Array.from(columns[0]!, (_, way) => way).sort((a, b) => {
    for (const column of columns) if (column[a] !== column[b]) return column[a]! - column[b]!
    return a - b
  })
  const kept: number[] = []
  for (const way of order) if (!kept.some((other) => columns.every((column) => column[other]! <= column[way]!))) kept.push(way)
  return Int32Array.from(kept)
}

function rowsOf(history: readonly Ways[], way: number): Int32Array {
  const rows = new Int32Array(history.length)
  for (let index = history.length - 1, at = way; index >= 0; at = history[index--]!.previous[at]!) rows[index] = history[index]!.rows[at]!
  return rows
}
