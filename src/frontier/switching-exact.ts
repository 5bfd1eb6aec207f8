import type {Chain, ChainPart, Chains} from './chain.js'
import {minimalRows} from './frontier.js'

/** Chains up to some part: of each state the minimal ones. */
interface Prefixes {
  readonly seconds: number[]
  readonly joules: number[]
  readonly states: number[]
  /** The row that the last part takes, and the prefix before it. */
  readonly rows: number[]
  readonly previous: number[]
}

/** All minimal chains, part by part, the minimal prefixes of each end state kept; undefined when that would look at more pairs than allowed. */
export function exactChain(chain: Chain, keptToWatts: number, exactPairCount: number): Chains | undefined {
  const history: Prefixes[] = []
  let pairsLeft = exactPairCount
  for (const part of chain.parts) {
    const before = history.at(-1)
    pairsLeft -= (before?.rows.length ?? 1) * part.states.length
    if (pairsLeft < 0) return undefined
    history.push(before === undefined ? firstPrefixes(part) : extended(before, part, chain, keptToWatts))
  }
  const rowsOf = (chosen: number): Int32Array => {
    const rows = new Int32Array(history.length)
    for (let index = history.length - 1, at = chosen; index >= 0; at = history[index--]!.previous[at]!)
      rows[index] = history[index]!.rows[at]!
    return rows
  }
  const {seconds, joules} = history.at(-1)!
  return {latencySeconds: Float64Array.from(seconds), energyJoules: Float64Array.from(joules), boundJoules: 0, rowsOf}
}

function firstPrefixes({latencySeconds, energyJoules, states}: ChainPart): Prefixes {
  const rows = Array.from(states, (_, row) => row)
  return {seconds: Array.from(latencySeconds), joules: Array.from(energyJoules), states: [...states], rows, previous: rows}
}

function extended(before: Prefixes, part: ChainPart, {stateCount, switchSeconds, switchJoules}: Chain, keptToWatts: number): Prefixes {
  const after: Prefixes = {seconds: [], joules: [], states: [], rows: [], previous: []}
  for (let state = 0; state < stateCount; state++) {
    const pairs: Prefixes = {seconds: [], joules: [], states: [], rows: [], previous: []}
    for (let row = 0; row < part.states.length; row++) {
      if (part.states[row] !== state) continue
      for (let prefix = 0; prefix < before.rows.length; prefix++) {
        const isSwitch = before.states[prefix] !== state
        pairs.seconds.push(before.seconds[prefix]! + part.latencySeconds[row]! + (isSwitch ? switchSeconds : 0))
        pairs.joules.push(before.joules[prefix]! + part.energyJoules[row]! + (isSwitch ? switchJoules : 0))
        pairs.rows.push(row)
        pairs.previous.push(prefix)
      }
    }
    for (const pair of minimalRows(pairs.seconds, pairs.joules, keptToWatts)) {
      after.seconds.push(pairs.seconds[pair]!)
      after.joules.push(pairs.joules[pair]!)
      after.states.push(state)
      after.rows.push(pairs.rows[pair]!)
      after.previous.push(pairs.previous[pair]!)
    }
  }
  return after
}
