import {checkSome, type Frontier, minimalSet} from './frontier.js'

/** One of several sets, whichever: their union. Its bound is the largest of theirs. */
export function choice<K>(sets: readonly Frontier<K>[]): Frontier<K> {
  checkSome(sets, 'a choice')
  const owners = sets.flatMap((set) => Array.from(set.latencySeconds, (_, row) => ({set, row})))
  const promises = {
    keptToWatts: Math.min(...sets.map(({keptToWatts}) => keptToWatts)),
    boundJoules: Math.max(...sets.map(({boundJoules}) => boundJoules)),
  }
  return minimalSet(
    Float64Array.from(owners, ({set, row}) => set.latencySeconds[row]!),
    Float64Array.from(owners, ({set, row}) => set.energyJoules[row]!),
    promises,
    (candidate) => owners[candidate]!.set.planOf(owners[candidate]!.row),
  )
}
