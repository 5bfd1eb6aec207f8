import type {TensorClass} from '../../foundation/resource.js'
import type {Counting} from '../counting.js'

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

/** Which size of a common problem is refused, why, and what to write. */
export interface Refusal {
  readonly size: string
  readonly refusal: string
  readonly hint: string
}

/** The general form of a common problem, or what is refused of its sizes. */
export type FormOf = (sizes: Sizes, counting: Counting) => ProblemForm | Refusal
