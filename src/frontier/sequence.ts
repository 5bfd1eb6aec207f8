import {checkSome, type Frontier, frontierOfRows} from './frontier.js'
import {defaultExactPairCount, exactSum, hullSum, type SumOptions} from './sum.js'

/**
 * One set after the other: times add and energies add. Exact while that takes few pairs; a long sequence merges convex hulls,
 * whose error its bound holds beside the sum of the bounds of the parts. A plan has one part for each set, in their order.
 */
export function sequence<K>(parts: readonly Frontier<K>[], {exactPairCount = defaultExactPairCount}: SumOptions = {}): Frontier<K> {
  checkSome(parts, 'a sequence')
  const keptToWatts = parts.reduce((least, part) => Math.min(least, part.keptToWatts), Number.POSITIVE_INFINITY)
  const partsBoundJoules = parts.reduce((sum, part) => sum + part.boundJoules, 0)
  const sum = exactSum(parts, keptToWatts, exactPairCount) ?? hullSum(parts, keptToWatts)
  return frontierOfRows(sum.latencySeconds, sum.energyJoules, {keptToWatts, boundJoules: partsBoundJoules + sum.boundJoules}, (row) => {
    const rows = sum.rowsOf(row)
    return {kind: 'parts', parts: parts.map((part, index) => part.planOf(rows[index]!))}
  })
}
