import {drawnBelow} from '../../foundation/random.js'

/** Random numbers that a seed decides. */
export interface Draws {
  /** A whole number from 0 up to a bound. */
  readonly below: (bound: number) => number
  /** Uniform in [0, 1). */
  readonly share: () => number
  /** Normal, of mean 0 and variance 1. */
  readonly normal: () => number
  /** The numbers from 0 up to a count in a random order. */
  readonly shuffled: (count: number) => Int32Array
}

/** Random numbers of a seed, the same on every machine. */
export function drawsOf(seed: string): Draws {
  const below = drawnBelow(seed)
  const share = (): number => below(2 ** 32) / 2 ** 32
  return {
    below,
    share,
    // Box and Muller, "A note on the generation of random normal deviates", Annals of Mathematical Statistics 29(2), 1958.
    normal: () => Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share()),
    shuffled: (count) => {
      const order = Int32Array.from({length: count}, (_, index) => index)
      for (let last = count - 1; last > 0; last--) {
        const other = below(last + 1)
        ;[order[last], order[other]] = [order[other]!, order[last]!]
      }
      return order
    },
  }
}
