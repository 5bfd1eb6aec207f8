import {checkNotNegative, checkSome, type Frontier, minimalSet, requireKept} from './frontier.js'

/** One thing that runs beside others, and what it draws from its own end until the last of them ends. */
export interface Branch<K> {
  readonly set: Frontier<K>
  readonly idleWatts: number
}

/**
 * Sets side by side, begun together: the time is the longest, energies add, and a branch that ends early idles until the end.
 * Exact, in one sweep over the times of all branches: energy above idle does not depend on the waiting, so at each time every
 * branch takes its least of that, but for the one that ends there. A plan has one part for each branch, in their order.
 */
export function parallel<K>(branches: readonly Branch<K>[]): Frontier<K> {
  checkSome(branches, 'a parallel')
  for (const {set, idleWatts} of branches) {
    checkNotNegative(idleWatts, 'idleWatts of a branch')
    requireKept([set], idleWatts)
  }
  const idleWatts = branches.reduce((sum, branch) => sum + branch.idleWatts, 0)
  const endSeconds = possibleEnds(branches.map(({set}) => set))
  const energyJoules = new Float64Array(endSeconds.length)
  const last: LastBranch = {branches: new Int32Array(endSeconds.length), extraJoules: new Float64Array(endSeconds.length).fill(Infinity)}
  for (const [index, branch] of branches.entries()) addBranch(branch, index, endSeconds, energyJoules, last)
  for (let end = 0; end < endSeconds.length; end++) energyJoules[end]! += last.extraJoules[end]! + idleWatts * endSeconds[end]!
  const promises = {
    // Of a branch, what is kept above its idle power is kept of the whole too: a later end costs at least that much more.
    keptToWatts: idleWatts + branches.reduce((least, {set, ...of}) => Math.min(least, set.keptToWatts - of.idleWatts), Infinity),
    boundJoules: branches.reduce((sum, {set}) => sum + set.boundJoules, 0),
  }
  return minimalSet(endSeconds, energyJoules, promises, (end) => ({
    kind: 'parts',
    parts: branches.map(({set, ...of}, index) => {
      const isLast = index === last.branches[end]
      return set.planOf(isLast ? rowAt(set, endSeconds[end]!) : leastRow({set, ...of}, endSeconds[end]!))
    }),
  }))
}

/** By end: the branch that ends there, at the row of that time, and what this costs it over its least energy above idle. */
interface LastBranch {
  readonly branches: Int32Array
  readonly extraJoules: Float64Array
}

/** All times of all sets from the one on by which each can end. */
function possibleEnds<K>(sets: readonly Frontier<K>[]): Float64Array {
  const firstSeconds = sets.reduce((latest, {latencySeconds}) => Math.max(latest, latencySeconds[0]!), 0)
  const ends = new Float64Array(sets.reduce((sum, {latencySeconds}) => sum + latencySeconds.length, 0))
  let count = 0
  for (const {latencySeconds} of sets) for (const seconds of latencySeconds) if (seconds >= firstSeconds) ends[count++] = seconds
  return ends.subarray(0, count).sort()
}

/** Adds the least energy above idle that the branch can have by each end, and makes it the last where that costs it the least. */
function addBranch<K>(
  {set: {latencySeconds, energyJoules}, idleWatts}: Branch<K>,
  index: number,
  endSeconds: Float64Array,
  out: Float64Array,
  last: LastBranch,
): void {
  let leastJoules = Number.POSITIVE_INFINITY
  let lastJoules = Number.POSITIVE_INFINITY
  let row = 0
  for (let end = 0; end < endSeconds.length; end++) {
    for (; row < latencySeconds.length && latencySeconds[row]! <= endSeconds[end]!; row++) {
      lastJoules = energyJoules[row]! - idleWatts * latencySeconds[row]!
      leastJoules = Math.min(leastJoules, lastJoules)
    }
    out[end]! += leastJoules
    if (latencySeconds[row - 1] !== endSeconds[end] || lastJoules - leastJoules >= last.extraJoules[end]!) continue
    last.extraJoules[end] = lastJoules - leastJoules
    last.branches[end] = index
  }
}

function rowAt<K>({latencySeconds}: Frontier<K>, seconds: number): number {
  return Array.prototype.indexOf.call(latencySeconds, seconds)
}

function leastRow<K>({set: {latencySeconds, energyJoules}, idleWatts}: Branch<K>, endSeconds: number): number {
  const aboveJoules = (row: number): number => energyJoules[row]! - idleWatts * latencySeconds[row]!
  let least = 0
  for (let row = 1; row < latencySeconds.length && latencySeconds[row]! <= endSeconds; row++) {
    if (aboveJoules(row) < aboveJoules(least)) least = row
  }
  return least
}
