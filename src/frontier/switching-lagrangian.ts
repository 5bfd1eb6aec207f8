import type {Chain, Chains} from './chain.js'
import {type ChainPlan, type ChainSolver, chainSolver, prefixSums} from './chain-solver.js'
import {gathered, minimalRows} from './frontier.js'

/** Corners of the hull that are looked for; more of them narrow the duality gap, and each takes about two solutions. */
const cornerCount = 64
/** A corner this little below the line between its neighbours, relative to their energies, is rounding. */
const leastGainRatio = 1e-12

/** No chain lies below this line: energy above idle at time t is at least aboveJoules − wattsSaved · t. */
interface DualLine {
  readonly aboveJoules: number
  readonly wattsSaved: number
}

interface Corner extends ChainPlan {
  readonly aboveJoules: number
}

/**
 * A long chain by prices of time: at each price, the best chain of all is found exactly, a corner of the convex hull of all
 * chains, and its price gives a line below which no chain lies. The next price is the slope of the longest edge (Eisner and
 * Severance, "Mathematical techniques for efficient record segmentation in large shared databases", JACM 23(4), 1976).
 * Between two corners, chains that follow one up to a part and the other from there fill in: each costs at most a switch
 * more than the two at their price. The bound is the duality gap: how far, at any deadline, the best chain found lies above all lines.
 */
export function lagrangianChain(chain: Chain, keptToWatts: number): Chains {
  const {corners, lines} = hullCorners(chainSolver(chain, keptToWatts), keptToWatts)
  const candidates = crossovers(chain, corners)
  const order = minimalRows(candidates.latencySeconds, candidates.energyJoules, keptToWatts)
  const latencySeconds = gathered(candidates.latencySeconds, order)
  const energyJoules = gathered(candidates.energyJoules, order)
  const boundJoules = dualityGap(latencySeconds, energyJoules, lines, keptToWatts)
  return {latencySeconds, energyJoules, boundJoules, rowsOf: (row) => candidates.rowsOf(order[row]!)}
}

/** Corners from the fastest chain to the one of least energy, and a line for each price tried. */
function hullCorners(solve: ChainSolver, keptToWatts: number): {corners: Corner[]; lines: DualLine[]} {
  const cornerAt = (secondsWeight: number, joulesWeight: number): Corner => {
    const plan = solve(secondsWeight, joulesWeight)
    return {...plan, aboveJoules: plan.energyJoules - keptToWatts * plan.latencySeconds}
  }
  const [fastest, cheapest] = [cornerAt(1, 0), cornerAt(0, 1)]
  const corners = [fastest, cheapest]
  const lines = [{aboveJoules: cheapest.aboveJoules, wattsSaved: 0}]
  const open = new Set([fastest])
  while (corners.length < cornerCount && open.size > 0) {
    const index = longestOpenEdge(corners, open)
    const [from, to] = [corners[index]!, corners[index + 1]!]
    const wattsSaved = (from.aboveJoules - to.aboveJoules) / (to.latencySeconds - from.latencySeconds)
    // Without a price between them, one of the two is no better than the other.
    if (!(wattsSaved > 0 && Number.isFinite(wattsSaved))) {
      open.delete(from)
      continue
    }
    const corner = cornerAt(wattsSaved, 1)
    const lineJoules = corner.aboveJoules + wattsSaved * corner.latencySeconds
    const edgeJoules = from.aboveJoules + wattsSaved * from.latencySeconds
    lines.push({aboveJoules: Math.min(lineJoules, edgeJoules), wattsSaved})
    if (lineJoules < edgeJoules - leastGainRatio * Math.abs(edgeJoules)) {
      corners.splice(index + 1, 0, corner)
      open.add(corner)
    } else open.delete(from)
  }
  return {corners, lines}
}

/** The place of the open edge, named by its faster corner, along which the most energy is saved. */
function longestOpenEdge(corners: readonly Corner[], open: ReadonlySet<Corner>): number {
  let [longest, mostJoules] = [-1, Number.NEGATIVE_INFINITY]
  for (let index = 0; index + 1 < corners.length; index++) {
    const savedJoules = corners[index]!.aboveJoules - corners[index + 1]!.aboveJoules
    if (open.has(corners[index]!) && savedJoules > mostJoules) [longest, mostJoules] = [index, savedJoules]
  }
  return longest
}

/** The corners, and between each two of them the chains that change from one to the other before some part. */
function crossovers(chain: Chain, corners: readonly Corner[]): Omit<Chains, 'boundJoules'> {
  const crossingCount = chain.parts.length - 1
  const candidateCount = corners.length + 2 * crossingCount * (corners.length - 1)
  const latencySeconds = new Float64Array(candidateCount)
  const energyJoules = new Float64Array(candidateCount)
  for (const [index, corner] of corners.entries()) {
    latencySeconds[index] = corner.latencySeconds
    energyJoules[index] = corner.energyJoules
  }
  const sums = corners.map(({rows}) => prefixSums(chain, rows))
  /** The corner that a crossover begins with, the one that it ends with, and the part before which it changes. */
  const crossover = (candidate: number): {first: number; second: number; before: number} => {
    const edge = Math.floor((candidate - corners.length) / (2 * crossingCount))
    const place = (candidate - corners.length) % (2 * crossingCount)
    const isForward = place < crossingCount
    return {first: isForward ? edge : edge + 1, second: isForward ? edge + 1 : edge, before: 1 + (place % crossingCount)}
  }
  const stateAt = (corner: number, part: number): number => chain.parts[part]!.states[corners[corner]!.rows[part]!]!
  for (let candidate = corners.length; candidate < candidateCount; candidate++) {
    const {first, second, before} = crossover(candidate)
    // The second corner's own switch into this part gives way to the one from the first corner.
    const switches =
      Number(stateAt(first, before - 1) !== stateAt(second, before)) - Number(stateAt(second, before - 1) !== stateAt(second, before))
    const [head, tail] = [sums[first]!, sums[second]!]
    latencySeconds[candidate] = head.seconds[before]! + tail.seconds.at(-1)! - tail.seconds[before]! + switches * chain.switchSeconds
    energyJoules[candidate] = head.joules[before]! + tail.joules.at(-1)! - tail.joules[before]! + switches * chain.switchJoules
  }
  const rowsOf = (candidate: number): Int32Array => {
    if (candidate < corners.length) return corners[candidate]!.rows
    const {first, second, before} = crossover(candidate)
    return corners[first]!.rows.map((row, part) => (part < before ? row : corners[second]!.rows[part]!))
  }
  return {latencySeconds, energyJoules, rowsOf}
}

/** The most that a row lies above all lines anywhere up to the time of the next row. */
function dualityGap(latencySeconds: Float64Array, energyJoules: Float64Array, lines: readonly DualLine[], watts: number): number {
  let gapJoules = 0
  for (let row = 0; row < latencySeconds.length; row++) {
    const untilSeconds = latencySeconds[row + 1] ?? Number.POSITIVE_INFINITY
    let leastJoules = Number.NEGATIVE_INFINITY
    for (const {aboveJoules, wattsSaved} of lines) {
      const lineJoules = wattsSaved === 0 ? aboveJoules : aboveJoules - wattsSaved * untilSeconds
      if (lineJoules > leastJoules) leastJoules = lineJoules
    }
    gapJoules = Math.max(gapJoules, energyJoules[row]! - watts * latencySeconds[row]! - leastJoules)
  }
  return gapJoules
}
