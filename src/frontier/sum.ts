import {type Frontier, gathered, minimalRows} from './frontier.js'
import {orderOfFloats} from './order-of-floats.js'

/** Sums of one row of each part, minimal and in order, with the row that each part takes. */
export interface Sum {
  readonly latencySeconds: Float64Array
  readonly energyJoules: Float64Array
  /** What the sum itself adds to the bounds of its parts. */
  readonly boundJoules: number
  readonly rowsOf: (row: number) => Int32Array
}

export interface SumOptions {
  /**
   * How many pairs of rows an exact sum may look at in all; past that, convex hulls are merged.
   * 0 for hulls always, Infinity for exact always. The default takes a few milliseconds.
   */
  readonly exactPairCount?: number
}

export const defaultExactPairCount = 65_536

/** The Minkowski sum, one part after the other, minimal at each step; undefined when it would look at more pairs than allowed. */
export function exactSum<K>(parts: Iterable<Frontier<K>>, keptToWatts: number, exactPairCount: number): Sum | undefined {
  const folds: {pairs: Int32Array; partRowCount: number}[] = []
  let latencySeconds: Float64Array = new Float64Array(1)
  let energyJoules: Float64Array = new Float64Array(1)
  let pairsLeft = exactPairCount
  for (const part of parts) {
    pairsLeft -= latencySeconds.length * part.latencySeconds.length
    if (pairsLeft < 0) return undefined
    const seconds = pairSums(latencySeconds, part.latencySeconds)
    const joules = pairSums(energyJoules, part.energyJoules)
    const pairs = minimalRows(seconds, joules, keptToWatts)
    latencySeconds = gathered(seconds, pairs)
    energyJoules = gathered(joules, pairs)
    folds.push({pairs, partRowCount: part.latencySeconds.length})
  }
  const rowsOf = (row: number): Int32Array => {
    const rows = new Int32Array(folds.length)
    let at = row
    for (let index = folds.length - 1; index >= 0; index--) {
      const {pairs, partRowCount} = folds[index]!
      rows[index] = pairs[at]! % partRowCount
      at = Math.floor(pairs[at]! / partRowCount)
    }
    return rows
  }
  return {latencySeconds, energyJoules, boundJoules: 0, rowsOf}
}

function pairSums(left: ArrayLike<number>, right: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(left.length * right.length)
  for (let i = 0, pair = 0; i < left.length; i++) for (let j = 0; j < right.length; j++) sums[pair++] = left[i]! + right[j]!
  return sums
}

/**
 * The corners of the convex hull of a Minkowski sum: the edges of all parts, steepest first, which is greedy spending of
 * time where it saves the most energy a second. Each corner is a real sum, one edge from the next, and no sum lies below the
 * hull; so a sum that needs time between two corners saves less energy over the faster one than the whole edge does, and the
 * bound is the longest edge, which the number of parts does not change. Fox, "Discrete optimization via marginal analysis",
 * Management Science 13(3), 1966; the bound as in Starr, "Quasi-equilibria", Econometrica 37(1), 1969.
 */
export function hullSum<K>(parts: readonly Frontier<K>[], keptToWatts: number): Sum {
  const hulls = parts.map((part) => hullRows(part, keptToWatts))
  const edges = hullEdges(parts, hulls, keptToWatts)
  const order = orderOfFloats(edges.joulesPerSecond)
  const latencySeconds = new Float64Array(order.length + 1)
  const energyJoules = new Float64Array(order.length + 1)
  const takenCount = new Int32Array(order.length + 1)
  let seconds = 0
  let joules = 0
  for (const [index, part] of parts.entries()) {
    seconds += part.latencySeconds[hulls[index]![0]!]!
    joules += part.energyJoules[hulls[index]![0]!]!
  }
  let row = -1
  for (let taken = 0; taken <= order.length; taken++) {
    if (taken > 0) {
      seconds += edges.seconds[order[taken - 1]!]!
      joules += edges.joules[order[taken - 1]!]!
      // An edge too short for a sum of doubles to feel joins the row before it.
      if (joules - keptToWatts * seconds >= energyJoules[row]! - keptToWatts * latencySeconds[row]!) continue
    }
    if (row < 0 || seconds > latencySeconds[row]!) row++
    latencySeconds[row] = seconds
    energyJoules[row] = joules
    takenCount[row] = taken
  }
  const rowsOf = (chosen: number): Int32Array => {
    const corners = new Int32Array(parts.length)
    for (let taken = 0; taken < takenCount[chosen]!; taken++) corners[edges.parts[order[taken]!]!]!++
    return corners.map((corner, index) => hulls[index]![corner]!)
  }
  const columns = {latencySeconds: latencySeconds.slice(0, row + 1), energyJoules: energyJoules.slice(0, row + 1)}
  return {...columns, boundJoules: largestDrop(columns, keptToWatts), rowsOf}
}

/** The most energy above `watts` that lies between one row and the next. */
export function largestDrop({latencySeconds, energyJoules}: Pick<Sum, 'latencySeconds' | 'energyJoules'>, watts: number): number {
  let drop = 0
  for (let row = 1; row < latencySeconds.length; row++) {
    const seconds = latencySeconds[row]! - latencySeconds[row - 1]!
    drop = Math.max(drop, energyJoules[row - 1]! - energyJoules[row]! + watts * seconds)
  }
  return drop
}

/** Rows of a set on its lower convex hull over time, by energy above `watts`, the slowest being the least. */
export function hullRows<K>({latencySeconds, energyJoules}: Frontier<K>, watts: number): Int32Array {
  const rows = minimalRows(latencySeconds, energyJoules, watts)
  const slope = (from: number, to: number): number => hullSlope(latencySeconds, energyJoules, watts, from, to)
  let count = 0
  for (let next = 0; next < rows.length; next++) {
    while (count > 1 && slope(rows[count - 2]!, rows[count - 1]!) >= slope(rows[count - 1]!, rows[next]!)) count--
    rows[count++] = rows[next]!
  }
  return rows.slice(0, count)
}

/** Both hull and merge compare this very number, so that rounding never takes a part's edges out of order. */
function hullSlope(latencySeconds: ArrayLike<number>, energyJoules: ArrayLike<number>, watts: number, from: number, to: number): number {
  return (energyJoules[to]! - energyJoules[from]!) / (latencySeconds[to]! - latencySeconds[from]!) - watts
}

interface Edges {
  readonly joulesPerSecond: Float64Array
  readonly seconds: Float64Array
  readonly joules: Float64Array
  /** The part of each edge. */
  readonly parts: Int32Array
}

function hullEdges<K>(parts: readonly Frontier<K>[], hulls: readonly Int32Array[], watts: number): Edges {
  const edgeCount = hulls.reduce((sum, rows) => sum + rows.length - 1, 0)
  const edges: Edges = {
    joulesPerSecond: new Float64Array(edgeCount),
    seconds: new Float64Array(edgeCount),
    joules: new Float64Array(edgeCount),
    parts: new Int32Array(edgeCount),
  }
  let edge = 0
  for (const [index, {latencySeconds, energyJoules}] of parts.entries()) {
    const rows = hulls[index]!
    for (let corner = 1; corner < rows.length; corner++, edge++) {
      const [from, to] = [rows[corner - 1]!, rows[corner]!]
      edges.joulesPerSecond[edge] = hullSlope(latencySeconds, energyJoules, watts, from, to)
      edges.seconds[edge] = latencySeconds[to]! - latencySeconds[from]!
      edges.joules[edge] = energyJoules[to]! - energyJoules[from]!
      edges.parts[edge] = index
    }
  }
  return edges
}
