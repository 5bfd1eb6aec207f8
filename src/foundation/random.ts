/** Whole numbers from zero up to a bound, by the generator of Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003. */
export function drawnBelow(seed: string): (bound: number) => number {
  let state = seedOf(seed)
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
