/** How much of a difference falls to each of several changes, source by source. */
export type Shares = readonly Readonly<Record<string, number>>[]

/** Up to this many changes every order of making them is counted, with 2^count evaluations. */
export const mostExactChangeCount = 6

/**
 * Splits what changes save together among them, source by source, so that the parts add up to the whole: each gets what it
 * saves on average over all orders in which the changes can be made. Shapley, "A value for n-person games", 1953.
 * `joulesOf` tells what is spent by source when the changes of a set, one bit each, are made. Beyond six changes the order
 * given is the only one.
 */
export function savedShares(changeCount: number, joulesOf: (made: number) => Readonly<Record<string, number>>): Shares {
  const known = new Map<number, Readonly<Record<string, number>>>()
  const spent = (made: number): Readonly<Record<string, number>> => {
    const joules = known.get(made) ?? joulesOf(made)
    known.set(made, joules)
    return joules
  }
  return Array.from({length: changeCount}, (_, change) => {
    const saved: Record<string, number> = {}
    for (const [made, weight] of before(change, changeCount)) {
      const [without, withIt] = [spent(made), spent(made | (1 << change))]
      for (const source of new Set([...Object.keys(without), ...Object.keys(withIt)]))
        saved[source] = (saved[source] ?? 0) + weight * ((without[source] ?? 0) - (withIt[source] ?? 0))
    }
    return saved
  })
}

/** What can be made before a change, and in which share of the orders it is. */
function before(change: number, changeCount: number): [made: number, weight: number][] {
  if (changeCount > mostExactChangeCount) return [[(1 << change) - 1, 1]]
  return Array.from({length: 1 << changeCount}, (_, made) => made)
    .filter((made) => (made & (1 << change)) === 0)
    .map((made) => {
      const madeCount = countOfBits(made)
      return [made, (factorial(madeCount) * factorial(changeCount - madeCount - 1)) / factorial(changeCount)]
    })
}

function countOfBits(bits: number): number {
  return bits === 0 ? 0 : (bits & 1) + countOfBits(bits >>> 1)
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
}
