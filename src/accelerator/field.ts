import type {Dimension} from '../foundation/quantity.js'
import {pointerTo, type SpecSource} from '../spec/yaml-source.js'

export type RawQuantity = string | number | {readonly value: string | number; readonly source?: string; readonly estimate?: string}
/** A checked part of a file. */
export type Raw = Readonly<Record<string, unknown>>

/** What a value must be; of parts there are `whole` numbers, of some also none; a `share` is above zero and at most one. */
export type Bound = 'positive' | 'nonnegative' | 'share' | 'any' | 'whole' | 'wholeOrNone'

/** How a numeric field becomes what the machine holds: `number` for one machine, a column for a batch. */
export interface Leaves<N> {
  readonly value: (raw: RawQuantity, dimension: Dimension | readonly Dimension[], pointer: string, bound: Bound) => N
  /** A number that no swept parameter may move: the points of a curve. */
  readonly fixed: (raw: RawQuantity, dimension: Dimension, pointer: string, bound: Bound) => number
  /** Which of these dimensions a value has. */
  readonly dimensionOf: (raw: RawQuantity, among: readonly Dimension[], pointer: string) => Dimension
}

/** What reads the fields of one file. */
export interface Reader<N> {
  readonly source: SpecSource
  readonly leaves: Leaves<N>
  readonly clockIndex: (raw: unknown, pointer: string) => number
}

/** Reads one field of a section; `fallback` only where the field's absence means that very value (one die, no idle scaling). */
export function field<N>(reader: Reader<N>, raw: Raw, pointer: string, fallback: Readonly<Record<string, number>> = {}) {
  return (key: string, dimension: Dimension | readonly Dimension[], bound: Bound = 'positive'): N =>
    reader.leaves.value((raw[key] ?? fallback[key]) as RawQuantity, dimension, pointerTo(pointer, key), bound)
}
