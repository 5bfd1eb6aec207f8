import type {TensorClass} from '../../foundation/resource.js'

/** A tensor as a file writes it: each index the sum of its dimensions times whole numbers, such as `2*P + R`. */
export interface TensorForm {
  readonly class?: TensorClass
  readonly indices: readonly string[]
  /** Added to; the others are only read. */
  readonly output?: boolean
}

/** A problem as a file writes it, without the widths of its elements. */
export interface ProblemForm {
  readonly dimensions: Readonly<Record<string, number>>
  readonly tensors: Readonly<Record<string, TensorForm>>
}

export type Sizes = Readonly<Record<string, number>>

/** The general form of a common problem, or which of its sizes is refused, and why. */
export type FormOf = (sizes: Sizes) => ProblemForm | {readonly size: string; readonly refusal: string}
