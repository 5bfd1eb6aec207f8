import {UserError} from '../foundation/user-error.js'
import {identity, orderOfFloats, sortedBy} from './order-of-floats.js'

export type Goal = 'min' | 'max'

/** One quantity to be made small or large; a value for each row. */
export interface ObjectiveColumn {
  readonly values: Float64Array
  readonly goal: Goal
}

/** How many objectives a front may have. */
export const largestObjectiveCount = 5
/** Below this many comparisons, comparing all pairs beats dividing further. */
const pairLimit = 2048

/**
 * Rows that no other row beats in one objective without losing in another, best in the first objective first.
 * Of rows equal in every objective the one with the lowest index stays; a row with NaN is never on the front.
 * Two objectives: one scan in sorted order. Three to five: divide and conquer on one objective at a time,
 * Kung, Luccio and Preparata, "On finding the maxima of a set of vectors", JACM 22(4), 1975.
 */
export function paretoFront(objectives: readonly ObjectiveColumn[]): Int32Array {
  checkObjectives(objectives)
  const rows = comparableRows(objectives)
  const ranks = objectives.map((objective) => denseRanks(objective, rows))
  const order = lexicographicOrder(ranks, rows.length)
  const sortedRanks = ranks.map((column) => order.map((position) => column[position]!))
  const isDominated = new Uint8Array(rows.length)
  if (sortedRanks.length === 1) isDominated.fill(1, 1)
  else if (sortedRanks.length === 2) scan(sortedRanks[1]!, isDominated)
  else divide(sortedRanks, 0, rows.length, isDominated)
  return order.filter((_, position) => isDominated[position] === 0).map((position) => rows[position]!)
}

function checkObjectives(objectives: readonly ObjectiveColumn[]): void {
  if (objectives.length < 1 || objectives.length > largestObjectiveCount) {
    throw new UserError(`a Pareto front takes 1 to ${largestObjectiveCount} objectives, not ${objectives.length}`, {
      code: 'OBJECTIVE_COUNT',
      suggestions: ['name two or three, as in `latency,energy`'],
    })
  }
  for (const {values} of objectives) {
    if (values.length !== objectives[0]!.values.length) throw new RangeError('objective columns differ in length')
  }
}

function comparableRows(objectives: readonly ObjectiveColumn[]): Int32Array {
  const rowCount = objectives[0]!.values.length
  const rows = new Int32Array(rowCount)
  let count = 0
  for (let row = 0; row < rowCount; row++) {
    let isComparable = true
    for (let j = 0; j < objectives.length; j++) if (Number.isNaN(objectives[j]!.values[row]!)) isComparable = false
    if (isComparable) rows[count++] = row
  }
  return rows.subarray(0, count)
}

/** The place of each row's value among the distinct values, 0 the best: all further comparisons are between small integers. */
function denseRanks({values, goal}: ObjectiveColumn, rows: Int32Array): Int32Array {
  const sign = goal === 'min' ? 1 : -1
  const keys = new Float64Array(rows.length)
  // Adding 0 makes -0 and 0 one value.
  for (let i = 0; i < rows.length; i++) keys[i] = sign * values[rows[i]!]! + 0
  const order = orderOfFloats(keys)
  const ranks = new Int32Array(rows.length)
  let rank = 0
  for (let i = 1; i < order.length; i++) {
    if (keys[order[i]!]! !== keys[order[i - 1]!]!) rank++
    ranks[order[i]!] = rank
  }
  return ranks
}

function lexicographicOrder(ranks: readonly Int32Array[], rowCount: number): Int32Array {
  let order = identity(rowCount)
  for (let j = ranks.length - 1; j >= 0; j--) order = sortedBy(new Uint32Array(ranks[j]!.buffer), order)
  return order
}

/** Two objectives, rows sorted by both: a row stays when its second is better than that of every row before it. */
function scan(second: Int32Array, isDominated: Uint8Array): void {
  let best = Number.POSITIVE_INFINITY
  for (let position = 0; position < second.length; position++) {
    if (second[position]! < best) best = second[position]!
    else isDominated[position] = 1
  }
}

/** Rows are sorted, so only an earlier row can dominate a later one, and it never loses in the first objective. */
function divide(ranks: readonly Int32Array[], start: number, end: number, isDominated: Uint8Array): void {
  if (end - start < 2) return
  const middle = (start + end) >>> 1
  divide(ranks, start, middle, isDominated)
  divide(ranks, middle, end, isDominated)
  marry(ranks, survivors(start, middle, isDominated), survivors(middle, end, isDominated), 1, isDominated)
}

function survivors(start: number, end: number, isDominated: Uint8Array): Int32Array {
  const alive = new Int32Array(end - start)
  let count = 0
  for (let position = start; position < end; position++) if (isDominated[position] === 0) alive[count++] = position
  return alive.subarray(0, count)
}

/** Marks each row of `late` that some row of `early` equals or beats in all objectives from `depth` on. */
function marry(ranks: readonly Int32Array[], early: Int32Array, late: Int32Array, depth: number, isDominated: Uint8Array): void {
  if (early.length === 0 || late.length === 0) return
  if (early.length * late.length <= pairLimit) comparePairs(ranks, early, late, depth, isDominated)
  else if (depth === ranks.length - 1) compareBest(ranks[depth]!, early, late, isDominated)
  else if (depth === ranks.length - 2) sweep(ranks[depth]!, ranks[depth + 1]!, early, late, isDominated)
  else split(ranks, early, late, depth, isDominated)
}

function comparePairs(ranks: readonly Int32Array[], early: Int32Array, late: Int32Array, depth: number, isDominated: Uint8Array): void {
  for (let i = 0; i < late.length; i++) {
    for (let k = 0; k < early.length; k++) {
      let j = depth
      while (j < ranks.length && ranks[j]![early[k]!]! <= ranks[j]![late[i]!]!) j++
      if (j < ranks.length) continue
      isDominated[late[i]!] = 1
      break
    }
  }
}

function compareBest(rank: Int32Array, early: Int32Array, late: Int32Array, isDominated: Uint8Array): void {
  let best = Number.POSITIVE_INFINITY
  for (let k = 0; k < early.length; k++) if (rank[early[k]!]! < best) best = rank[early[k]!]!
  for (let i = 0; i < late.length; i++) if (best <= rank[late[i]!]!) isDominated[late[i]!] = 1
}

/** Two objectives are left: both sides in the order of the first of them, the best second so far kept. */
function sweep(first: Int32Array, second: Int32Array, early: Int32Array, late: Int32Array, isDominated: Uint8Array): void {
  const earlySorted = orderedByRank(first, early)
  const lateSorted = orderedByRank(first, late)
  let best = Number.POSITIVE_INFINITY
  let next = 0
  for (let i = 0; i < lateSorted.length; i++) {
    const position = lateSorted[i]!
    for (; next < earlySorted.length && first[earlySorted[next]!]! <= first[position]!; next++) {
      if (second[earlySorted[next]!]! < best) best = second[earlySorted[next]!]!
    }
    if (best <= second[position]!) isDominated[position] = 1
  }
}

function orderedByRank(rank: Int32Array, positions: Int32Array): Int32Array {
  // Rank and position in one exact number: a typed array sorts those without calling back.
  const keys = new Float64Array(positions.length)
  for (let i = 0; i < positions.length; i++) keys[i] = rank[positions[i]!]! * rank.length + positions[i]!
  keys.sort()
  const ordered = new Int32Array(positions.length)
  for (let i = 0; i < keys.length; i++) ordered[i] = keys[i]! % rank.length
  return ordered
}

/** Splits both sides at the median of one objective: what lies on different sides of it needs no further look at that objective. */
function split(ranks: readonly Int32Array[], early: Int32Array, late: Int32Array, depth: number, isDominated: Uint8Array): void {
  const rank = ranks[depth]!
  const both = new Int32Array(early.length + late.length)
  for (let i = 0; i < early.length; i++) both[i] = rank[early[i]!]!
  for (let i = 0; i < late.length; i++) both[early.length + i] = rank[late[i]!]!
  const median = both.sort()[both.length >>> 1]!
  const isAlive = (position: number) => isDominated[position] === 0

  marry(ranks, below(rank, early, median), below(rank, late, median), depth, isDominated)
  marry(ranks, at(rank, early, median), at(rank, late, median), depth + 1, isDominated)
  marry(ranks, above(rank, early, median), above(rank, late, median), depth, isDominated)
  const notBelow = late.filter((position) => rank[position]! >= median && isAlive(position))
  marry(ranks, below(rank, early, median), notBelow, depth + 1, isDominated)
  marry(ranks, at(rank, early, median), above(rank, late, median).filter(isAlive), depth + 1, isDominated)
}

function below(rank: Int32Array, positions: Int32Array, limit: number): Int32Array {
  return positions.filter((position) => rank[position]! < limit)
}

function at(rank: Int32Array, positions: Int32Array, limit: number): Int32Array {
  return positions.filter((position) => rank[position]! === limit)
}

function above(rank: Int32Array, positions: Int32Array, limit: number): Int32Array {
  return positions.filter((position) => rank[position]! > limit)
}
