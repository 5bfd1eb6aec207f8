/**
 * One column of a Latin hypercube: the middles of as many even strata of [0, 1] as there are samples, in an order that the seed and the
 * name decide, so that what else is sampled never moves it. McKay, Beckman and Conover, Technometrics 21(2), 1979.
 */
export function latinColumn(name: string, seedIndex: number, sampleCount: number): Float64Array {
  const column = Float64Array.from({length: sampleCount}, (_, index) => (index + 0.5) / sampleCount)
  const below = drawnBelow(seedOf(`${seedIndex} ${name}`))
  for (let last = sampleCount - 1; last > 0; last--) {
    const other = below(last + 1)
    const kept = column[last]!
    column[last] = column[other]!
    column[other] = kept
  }
  return column
}

/** Whole numbers from zero up to a bound, by the generator of Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003. */
function drawnBelow(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return Math.floor(((state >>> 0) / 2 ** 32) * bound)
  }
}

/** Fowler, Noll and Vo's hash (FNV-1a) of a text; never zero, where the generator would stay. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193)
  return hash === 0 ? 1 : hash
}
