import {drawnBelow} from '../foundation/random.js'

/**
 * One column of a Latin hypercube: the middles of as many even strata of [0, 1] as there are samples, in an order that the seed and the
 * name decide, so that what else is sampled never moves it. McKay, Beckman and Conover, Technometrics 21(2), 1979.
 */
export function latinColumn(name: string, seedIndex: number, sampleCount: number): Float64Array {
  const column = Float64Array.from({length: sampleCount}, (_, index) => (index + 0.5) / sampleCount)
  const below = drawnBelow(`${seedIndex} ${name}`)
  for (let last = sampleCount - 1; last > 0; last--) {
    const other = below(last + 1)
    const kept = column[last]!
    column[last] = column[other]!
    column[other] = kept
  }
  return column
}
