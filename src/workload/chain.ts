import type {Dtype} from '../foundation/dtype.js'
import {UserError} from '../foundation/user-error.js'
import type {Problem, ProblemTensor} from './problem.js'

/** Element operations beside the multiply-adds; on vector units, and exponentials on special ones. */
export interface ElementWork {
  readonly vectorPerPointCount: number
  readonly specialPerPointCount: number
  /** A tensor that is scaled each time the member's rows go on: the accumulators under a softmax, by a new maximum. */
  readonly rescales?: string
}

/** One step of a chain: a product, one multiply-add a point, or work on elements where `elementWork` says which. */
export interface ChainMember {
  readonly problem: Problem
  readonly elementWork?: ElementWork
}

/**
 * Which pairs of a row and a key count: a row at position p = prefix + ⌊row / rowsPerPosition⌋ sees keys from p − window + 1 to p.
 * Several rows share a position where heads that share keys lie in one dimension.
 */
export interface Mask {
  readonly rowDimension: string
  readonly keyDimension: string
  readonly rowsPerPositionCount: number
  readonly prefixCount: number
  /** Infinite where a row sees all keys before it. */
  readonly windowCount: number
}

/** Problems in turn that share dimensions by name, each using what those before it made. */
export interface Chain {
  readonly name: string
  /** Format of the products, where one is stated. */
  readonly dtype?: Dtype
  readonly members: readonly ChainMember[]
  /** Outputs that carry rows from one block to the next, such as running sums; and whether they are wanted in the end. */
  readonly states: readonly {readonly tensor: string; readonly isResult: boolean}[]
  /** Undefined where all pairs count. */
  readonly mask: Mask | undefined
}

export interface ChainDimension {
  readonly name: string
  readonly size: number
}

/** All dimensions of a chain's members, in the order in which they first appear. */
export function chainDimensions({name, members}: Chain): readonly ChainDimension[] {
  const sizes = new Map<string, number>()
  for (const {problem} of members) {
    for (const dimension of problem.dimensions) {
      const size = sizes.get(dimension.name) ?? dimension.size
      if (size !== dimension.size) throw sizeClash(name, problem.name, dimension, size)
      sizes.set(dimension.name, size)
    }
  }
  return [...sizes].map(([dimension, size]) => ({name: dimension, size}))
}

/** What a tensor is to its chain: comes from outside, goes there, passes between members, or carries rows from block to block. */
export type ChainRole = 'input' | 'output' | 'intermediate' | 'state'

export interface ChainTensor {
  readonly tensor: ProblemTensor
  readonly role: ChainRole
  /** Indices of the member that first touches it, and of all that do. */
  readonly memberIndices: readonly number[]
}

/** Every tensor of a chain once, by name, with its part in it. */
export function chainTensors(chain: Chain): readonly ChainTensor[] {
  const found = new Map<string, {tensor: ProblemTensor; members: number[]; isMade: boolean; isUsed: boolean}>()
  for (const [index, {problem}] of chain.members.entries()) {
    for (const tensor of problem.tensors) {
      const known = found.get(tensor.name)
      if (known === undefined) {
        found.set(tensor.name, {tensor, members: [index], isMade: tensor.isOutput, isUsed: false})
        continue
      }
      if (tensor.isOutput) throw madeTwice(chain.name, tensor.name, chain.members[known.members[0]!]!.problem.name, problem.name)
      known.isUsed = true
      known.members.push(index)
    }
  }
  const states = new Set(chain.states.map(({tensor}) => tensor))
  return [...found].map(([name, {tensor, members, isMade, isUsed}]) => ({
    tensor,
    memberIndices: members,
    role: states.has(name) ? 'state' : !isMade ? 'input' : isUsed ? 'intermediate' : 'output',
  }))
}

function sizeClash(chain: string, problem: string, {name, size}: ChainDimension, expected: number): UserError {
  return new UserError(`${chain}: dimension ${name} is ${size} in ${problem}, but ${expected} before it`, {
    code: 'CHAIN_MISMATCH',
    suggestions: ['give a dimension that members share one size, or two names'],
  })
}

function madeTwice(chain: string, tensor: string, first: string, second: string): UserError {
  return new UserError(`${chain}: ${second} makes ${tensor}, which ${first} already has`, {
    code: 'CHAIN_MISMATCH',
    suggestions: ['name what each member makes differently, and use it only after it is made'],
  })
}
