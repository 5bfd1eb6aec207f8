import {type OperandRole, operandRoles} from '../../foundation/resource.js'
import {UserError} from '../../foundation/user-error.js'
import type {Problem, ProblemTensor} from '../../workload/problem.js'
import {operandRolesOf} from '../hierarchy-constraints.js'

/** The axes of a matrix product: outputs[m, n] += inputs[m, k] · weights[k, n]. */
const productAxes = ['m', 'n', 'k'] as const
export type ProductAxis = (typeof productAxes)[number]

/** The tensors of a matrix product, and the axes that index each. */
export const operandAxes = {inputs: ['m', 'k'], weights: ['k', 'n'], outputs: ['m', 'n']} as const satisfies Record<
  OperandRole,
  readonly [ProductAxis, ProductAxis]
>

/** The axis that two others leave. */
export function thirdAxis(one: ProductAxis, other: ProductAxis): ProductAxis {
  return productAxes.find((axis) => axis !== one && axis !== other)!
}

/** A problem as matrix products of one shape, a convolution by unfolding its windows; `batchCount` of them, one after the other. */
export interface Product {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly batchCount: number
  /** Words of each tensor in memory; of unfolded inputs fewer than m · k, as windows overlap. */
  readonly distinctWords: Readonly<Record<OperandRole, number>>
}

/** Dimensions of a problem by the axis of a product that they are part of; those that index all three tensors only repeat it. */
export function dimensionsOfAxes(problem: Problem): Readonly<Record<ProductAxis | 'batch', readonly number[]>> {
  const {inputs, weights, outputs} = tensorsOf(problem)
  const axes = {m: [] as number[], n: [] as number[], k: [] as number[], batch: [] as number[]}
  for (const [dimension, {name}] of problem.dimensions.entries()) {
    const [inInputs, inWeights, inOutputs] = [inputs, weights, outputs].map((tensor) => isIndexed(tensor, dimension))
    if (inOutputs && !inInputs && !inWeights) throw notProduct(problem, `outputs alone have the dimension ${name}`)
    axes[!inOutputs ? 'k' : inInputs && inWeights ? 'batch' : inInputs ? 'm' : 'n'].push(dimension)
  }
  return axes
}

/** The matrix products that a problem of two operands is. */
export function productOf(problem: Problem): Product {
  const axes = dimensionsOfAxes(problem)
  const {inputs, weights, outputs} = tensorsOf(problem)
  const size = (axis: ProductAxis | 'batch'): number =>
    axes[axis].reduce((product, dimension) => product * problem.dimensions[dimension]!.size, 1)
  const words = (tensor: ProblemTensor): number => distinctWords(tensor, problem)
  return {
    m: size('m'),
    n: size('n'),
    k: size('k'),
    batchCount: size('batch'),
    distinctWords: {inputs: words(inputs), weights: words(weights), outputs: words(outputs)},
  }
}

function tensorsOf(problem: Problem): Record<OperandRole, ProblemTensor> {
  const roles = operandRolesOf(problem)
  const [inputs, weights, outputs] = operandRoles.map((role) => problem.tensors.filter((_, tensor) => roles[tensor] === role))
  if (inputs?.length !== 1 || weights?.length !== 1 || outputs?.length !== 1)
    throw notProduct(problem, `it has ${problem.tensors.length} tensors, not two operands and their product`)
  return {inputs: inputs[0]!, weights: weights[0]!, outputs: outputs[0]!}
}

function isIndexed({ranks}: ProblemTensor, dimension: number): boolean {
  return ranks.some(({terms}) => terms.some((term) => term.dimension === dimension))
}

function distinctWords({ranks}: ProblemTensor, {dimensions}: Problem): number {
  return ranks.reduce(
    (words, {terms}) =>
      words * terms.reduce((extent, {dimension, coefficient}) => extent + coefficient * (dimensions[dimension]!.size - 1), 1),
    1,
  )
}

function notProduct({name}: Problem, why: string): UserError {
  return new UserError(`${name} is no matrix product: ${why}`, {
    code: 'NO_PRODUCT',
    suggestions: ['a systolic array multiplies two operands; map the problem without a systolic dataflow'],
  })
}
