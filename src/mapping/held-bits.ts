import type {Problem, ProblemTensor} from '../workload/problem.js'
import type {LoopNest} from './loop-nest.js'

/** Bits that a word of a tensor takes: a result is as wide as its sums as long as more is added to it. */
export function heldBits({elementBits, sumBits}: ProblemTensor, isAddedTo: boolean): number {
  return isAddedTo ? (sumBits ?? elementBits) : elementBits
}

/** Whether a level gets sums that are not complete: a loop in time over what is summed stands there or further out. */
export function addsUp({levels}: LoopNest, problem: Problem, level: number): boolean {
  return levels
    .slice(0, level + 1)
    .some(({temporal}) => temporal.some(({dimension, count}) => count > 1 && isSummedOver(problem, dimension)))
}

/** Whether results are sums over a dimension. */
export function isSummedOver({tensors}: Problem, dimension: number): boolean {
  return tensors.some(({isOutput, ranks}) => isOutput && !ranks.some(({terms}) => terms.some((term) => term.dimension === dimension)))
}
