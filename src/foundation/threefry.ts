const parity = 0x1bd11bda
const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const
const rounds = 20

/**
 * Two random words for a key and a counter, so that any draw can be made alone: Threefry-2x32 with 20 rounds, Salmon, Moraes, Dror and
 * Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
export function threefry(key: readonly [number, number], low: number, high: number, out: Uint32Array): void {
  const keys = [key[0], key[1], parity ^ key[0] ^ key[1]] as const
  let a = (low + keys[0]) | 0
  let b = (high + keys[1]) | 0
  for (let round = 0; round < rounds; round++) {
    const rotation = rotations[round & 7]!
    a = (a + b) | 0
    b = ((b << rotation) | (b >>> (32 - rotation))) ^ a
    if ((round & 3) !== 3) continue
    const group = (round >> 2) + 1
    a = (a + keys[(group % 3) as 0 | 1 | 2]) | 0
    b = (b + keys[((group + 1) % 3) as 0 | 1 | 2] + group) | 0
  }
  out[0] = a
  out[1] = b
}

/** A number of 53 random bits in [0, 1) from two words. */
export function shareOf(words: Uint32Array): number {
  return ((words[0]! >>> 5) * 2 ** 26 + (words[1]! >>> 6)) / 2 ** 53
}
