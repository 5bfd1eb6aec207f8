import {mixed, seedOf} from './random.js'

const rounds = 8

/**
 * The whole numbers below a bound in an order that a seed decides, any place of it computed alone: a Feistel network over two digits that
 * are walked until they lie below the bound. Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002.
 */
export function permutation(seed: string, bound: number): (place: number) => number {
  const lowCount = Math.ceil(Math.sqrt(bound))
  const highCount = Math.ceil(bound / lowCount)
  const keys = Array.from({length: rounds}, (_, round) => mixed(seedOf(`${seed} ${round}`)))
  const once = (place: number): number => {
    let low = place % lowCount
    let high = Math.floor(place / lowCount)
    for (let round = 0; round < rounds; round += 2) {
      low = (low + mixed(high ^ keys[round]!)) % lowCount
      high = (high + mixed(low ^ keys[round + 1]!)) % highCount
    }
    return high * lowCount + low
  }
  return (place) => {
    let walked = once(place)
    while (walked >= bound) walked = once(walked)
    return walked
  }
}
