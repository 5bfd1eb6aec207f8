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
export function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193)
  return hash === 0 ? 1 : hash
}

/** Spreads the bits of a word over all of it: the finalizer of Appleby's MurmurHash3, 2011. */
export function mixed(word: number): number {
  let hash = word | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
