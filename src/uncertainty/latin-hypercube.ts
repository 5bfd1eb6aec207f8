import {permutation} from '../foundation/permutation.js'

/**
 * One dimension of a Latin hypercube: the middles of as many even strata of [0, 1] as there are samples, in an order that the seed and the
 * name decide, so that what else is sampled never moves it. McKay, Beckman and Conover, Technometrics 21(2), 1979.
 */
export function latinShare(name: string, seedIndex: number, sampleCount: number): (index: number) => number {
  const stratum = permutation(`${seedIndex} ${name}`, sampleCount)
  return (index) => (stratum(index) + 0.5) / sampleCount
}

/** All samples of one dimension of a Latin hypercube. */
export function latinColumn(name: string, seedIndex: number, sampleCount: number): Float64Array {
  const share = latinShare(name, seedIndex, sampleCount)
  return Float64Array.from({length: sampleCount}, (_, index) => share(index))
}
