import type {Chain} from './chain.js'

/** One chain: the row of each part, and its time and energy with the switches paid. */
export interface ChainPlan {
  readonly rows: Int32Array
  readonly latencySeconds: number
  readonly energyJoules: number
}

/** The chain of the least weighted sum of time and energy above some power; of equal ones the least of what weighs nothing, or the fastest. */
export type ChainSolver = (secondsWeight: number, joulesWeight: number) => ChainPlan

/** The points of all parts one after the other, energy counted above some power. */
interface PointColumns {
  readonly seconds: Float64Array
  readonly aboveJoules: Float64Array
  readonly states: Int32Array
  /** The first point of each part, and the end. */
  readonly starts: Int32Array
}

/** By state: the least cost of a chain that ends there, and what decides between equal ones. */
interface Front {
  readonly costs: Float64Array
  readonly ties: Float64Array
}

/**
 * Solves a chain for any weights by dynamic programming over the state that each part ends in (Viterbi, "Error bounds for
 * convolutional codes", IEEE Transactions on Information Theory 13(2), 1967). One look at every point and every state is
 * enough, as a switch costs the same wherever it comes from.
 */
export function chainSolver(chain: Chain, watts: number): ChainSolver {
  const {parts, stateCount, switchSeconds, switchJoules} = chain
  const points = pointColumns(chain, watts)
  const takenPoint = new Int32Array(parts.length * stateCount)
  const stateBefore = new Int32Array(parts.length * stateCount)
  const [ended, entered]: [Front, Front] = [front(stateCount), front(stateCount)]
  return (secondsWeight, joulesWeight) => {
    const tieOfSeconds = joulesWeight > 0 ? 1 : 0
    const weighted = (seconds: number, aboveJoules: number): number => secondsWeight * seconds + joulesWeight * aboveJoules
    const tie = (seconds: number, aboveJoules: number): number => tieOfSeconds * seconds + (1 - tieOfSeconds) * aboveJoules
    const switchAboveJoules = switchJoules - watts * switchSeconds
    const switchCost = weighted(switchSeconds, switchAboveJoules)
    const switchTie = tie(switchSeconds, switchAboveJoules)
    entered.costs.fill(0)
    entered.ties.fill(0)
    for (let part = 0; part < parts.length; part++) {
      const cells = part * stateCount
      if (part > 0) enter(ended, entered, switchCost, switchTie, stateBefore.subarray(cells, cells + stateCount))
      ended.costs.fill(Number.POSITIVE_INFINITY)
      ended.ties.fill(Number.POSITIVE_INFINITY)
      for (let point = points.starts[part]!; point < points.starts[part + 1]!; point++) {
        const state = points.states[point]!
        const cost = entered.costs[state]! + weighted(points.seconds[point]!, points.aboveJoules[point]!)
        const tied = entered.ties[state]! + tie(points.seconds[point]!, points.aboveJoules[point]!)
        if (!precedes(cost, tied, ended.costs[state]!, ended.ties[state]!)) continue
        ended.costs[state] = cost
        ended.ties[state] = tied
        takenPoint[cells + state] = point
      }
    }
    return tracedPlan(chain, points, takenPoint, stateBefore, leastTwo(ended)[0])
  }
}

function front(stateCount: number): Front {
  return {costs: new Float64Array(stateCount), ties: new Float64Array(stateCount)}
}

function precedes(cost: number, tie: number, otherCost: number, otherTie: number): boolean {
  return cost < otherCost || (cost === otherCost && tie < otherTie)
}

/** The states of the least and the second least cost. */
function leastTwo({costs, ties}: Front): [number, number] {
  let [least, second] = [-1, -1]
  for (let state = 0; state < costs.length; state++) {
    if (least < 0 || precedes(costs[state]!, ties[state]!, costs[least]!, ties[least]!)) [least, second] = [state, least]
    else if (second < 0 || precedes(costs[state]!, ties[state]!, costs[second]!, ties[second]!)) second = state
  }
  return [least, second]
}

/** Enters each state from itself for free, or from the least other state by a switch. */
function enter(ended: Front, entered: Front, switchCost: number, switchTie: number, stateBefore: Int32Array): void {
  const [least, second] = leastTwo(ended)
  for (let state = 0; state < stateBefore.length; state++) {
    const other = state === least ? second : least
    const cost = other < 0 ? Number.POSITIVE_INFINITY : ended.costs[other]! + switchCost
    const tie = other < 0 ? Number.POSITIVE_INFINITY : ended.ties[other]! + switchTie
    const isSwitch = precedes(cost, tie, ended.costs[state]!, ended.ties[state]!)
    entered.costs[state] = isSwitch ? cost : ended.costs[state]!
    entered.ties[state] = isSwitch ? tie : ended.ties[state]!
    stateBefore[state] = isSwitch ? other : state
  }
}

function tracedPlan(chain: Chain, points: PointColumns, takenPoint: Int32Array, stateBefore: Int32Array, lastState: number): ChainPlan {
  const rows = new Int32Array(chain.parts.length)
  for (let part = rows.length - 1, state = lastState; part >= 0; part--) {
    const cell = part * chain.stateCount + state
    rows[part] = takenPoint[cell]! - points.starts[part]!
    state = stateBefore[cell]!
  }
  const {seconds, joules} = prefixSums(chain, rows)
  return {rows, latencySeconds: seconds.at(-1)!, energyJoules: joules.at(-1)!}
}

/** Time and energy of a chain before each of its parts and at its end; a switch counts with the part that it leads to. */
export function prefixSums({parts, switchSeconds, switchJoules}: Chain, rows: Int32Array): {seconds: Float64Array; joules: Float64Array} {
  const seconds = new Float64Array(parts.length + 1)
  const joules = new Float64Array(parts.length + 1)
  for (const [index, {latencySeconds, energyJoules, states}] of parts.entries()) {
    const row = rows[index]!
    const isSwitch = index > 0 && states[row] !== parts[index - 1]!.states[rows[index - 1]!]
    seconds[index + 1] = seconds[index]! + latencySeconds[row]! + (isSwitch ? switchSeconds : 0)
    joules[index + 1] = joules[index]! + energyJoules[row]! + (isSwitch ? switchJoules : 0)
  }
  return {seconds, joules}
}

function pointColumns({parts}: Chain, watts: number): PointColumns {
  const starts = new Int32Array(parts.length + 1)
  for (const [index, {states}] of parts.entries()) starts[index + 1] = starts[index]! + states.length
  const pointCount = starts.at(-1)!
  const columns = {
    seconds: new Float64Array(pointCount),
    aboveJoules: new Float64Array(pointCount),
    states: new Int32Array(pointCount),
    starts,
  }
  for (const [index, {latencySeconds, energyJoules, states}] of parts.entries()) {
    const start = starts[index]!
    for (let row = 0; row < states.length; row++) {
      columns.seconds[start + row] = latencySeconds[row]!
      columns.aboveJoules[start + row] = energyJoules[row]! - watts * latencySeconds[row]!
    }
    columns.states.set(states, start)
  }
  return columns
}
