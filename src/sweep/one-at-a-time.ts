import type {Response} from './sobol-indices.js'

/** Results of each output at places along one coordinate, the others at the base. */
export type Profile = readonly Float64Array[]

/** A model at a base, and along each coordinate alone; coordinates are whatever the model's columns are. */
export interface OneAtATime {
  /** By output. */
  readonly baseValues: readonly number[]
  /** By coordinate. */
  readonly profiles: readonly Profile[]
}

/** Evaluates a model once at a base and at all places, one coordinate moved at a time. */
export function oneAtATime(respond: Response, base: readonly number[], places: readonly Float64Array[]): OneAtATime {
  const rowCount = places.reduce((sum, {length}) => sum + length, 1)
  const columns = base.map((value) => new Float64Array(rowCount).fill(value))
  const starts = places.map((_, index) => places.slice(0, index).reduce((sum, {length}) => sum + length, 1))
  for (const [index, values] of places.entries()) columns[index]!.set(values, starts[index]!)
  const results = respond(columns, rowCount)
  return {
    baseValues: results.map((column) => column[0]!),
    profiles: places.map(({length}, index) => results.map((column) => column.slice(starts[index]!, starts[index]! + length))),
  }
}
