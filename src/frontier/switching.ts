import type {Chain} from './chain.js'
import {checkNotNegative, checkPoints, checkSome, type Frontier, type FrontierOptions, minimalSet, type Points} from './frontier.js'
import {defaultExactPairCount, type SumOptions} from './sum.js'
import {exactChain} from './switching-exact.js'
import {lagrangianChain} from './switching-lagrangian.js'

/** What two parts have to agree on to follow each other for free, such as a clock. */
export type State = string | number

export interface SwitchingOptions extends SumOptions, FrontierOptions {}

/**
 * One part after the other, where each change of state between two parts costs time and energy; the first state is free.
 * Parts are plain points and not frontiers: a point that others beat may be the best where it saves a switch.
 * Exact while that takes few pairs; a long chain is solved for many prices of time, and the bound is the duality gap.
 * A plan has the knobs of each part, in their order.
 */
export function sequenceWithSwitching<K>(
  parts: readonly Points<K>[],
  switchSeconds: number,
  switchJoules: number,
  stateOf: (knobs: K) => State,
  {exactPairCount = defaultExactPairCount, keptToWatts = 0}: SwitchingOptions = {},
): Frontier<K> {
  checkSome(parts, 'a sequence')
  for (const part of parts) checkPoints(part)
  checkNotNegative(switchSeconds, 'switchSeconds')
  checkNotNegative(switchJoules, 'switchJoules')
  checkNotNegative(keptToWatts, 'keptToWatts')
  const chain = {...numberedStates(parts, stateOf), switchSeconds, switchJoules}
  const chains = exactChain(chain, keptToWatts, exactPairCount) ?? lagrangianChain(chain, keptToWatts)
  const {latencySeconds, energyJoules, boundJoules} = chains
  return minimalSet(latencySeconds, energyJoules, {keptToWatts, boundJoules}, (row) => {
    const rows = chains.rowsOf(row)
    return {kind: 'parts', parts: parts.map(({knobs}, index) => ({kind: 'knobs', knobs: knobs[rows[index]!]!}))}
  })
}

function numberedStates<K>(parts: readonly Points<K>[], stateOf: (knobs: K) => State): Pick<Chain, 'parts' | 'stateCount'> {
  const numbers = new Map<State, number>()
  const numberOf = (state: State): number => {
    const number = numbers.get(state) ?? numbers.size
    numbers.set(state, number)
    return number
  }
  const numbered = parts.map(({latencySeconds, energyJoules, knobs}) => ({
    latencySeconds,
    energyJoules,
    states: Int32Array.from(knobs, (each) => numberOf(stateOf(each))),
  }))
  return {parts: numbered, stateCount: numbers.size}
}
