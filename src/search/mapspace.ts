import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Constraints, LoopConstraint} from '../mapping/constraints.js'
import type {Problem, ProblemTensor} from '../workload/problem.js'
import {type Factorizations, factorizationsOf, type LoopRule} from './factorizations.js'

/** Every mapping of a problem onto a hierarchy that keeps to constraints, described and not listed. */
export interface Mapspace {
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  readonly constraints: Constraints
  /** Bit d set: the dimension has more than one turn to give. */
  readonly dimensionBits: number
  /** By dimension; slot 3 · level + way, as in an encoded nest. */
  readonly factorizations: readonly Factorizations[]
  /** Ways to say which levels keep which tensors: `levels` bytes each, as in an encoded nest. */
  readonly keeps: readonly Uint8Array[]
  /** Complete mappings: factorizations × orders × keeps. */
  readonly mappingCount: number
}

/** The mapspace of a problem on a hierarchy. */
export function mapspaceOf(problem: Problem, hierarchy: Hierarchy, constraints: Constraints): Mapspace {
  const factorizations = problem.dimensions.map(({size}, dimension) =>
    factorizationsOf(size, slotRules(hierarchy, constraints, dimension), constraints.allowsImperfect),
  )
  const keeps = keepsOf(hierarchy, constraints, problem.tensors.length)
  const dimensionBits = bitsOf(problem.dimensions.flatMap(({size}, dimension) => (size > 1 ? [dimension] : [])))
  const orderCount = constraints.levels.reduce((product, {temporal}) => product * orderCountOf(temporal, dimensionBits), 1)
  return {
    problem,
    hierarchy,
    constraints,
    dimensionBits,
    factorizations,
    keeps,
    mappingCount: factorizations.reduce((product, {count}) => product * count, 1) * orderCount * keeps.length,
  }
}

/** Whether one loop of a dimension takes all that its fixed loops leave, so that no other turns. */
export function givesRest({levels}: Constraints, dimension: number): boolean {
  return levels.some(({temporal, x, y}) => [temporal, x, y].some(({counts}) => counts[dimension] === 'rest'))
}

/** The dimensions that a tensor depends on, as bits. */
export function relevantBits(tensor: ProblemTensor): number {
  return bitsOf(tensor.ranks.flatMap(({terms}) => terms.map(({dimension}) => dimension)))
}

/** Orders of the temporal loops of a level, of the given dimensions. */
export function orderCountOf({outermost, innermost}: LoopConstraint, dimensionBits: number): number {
  const fixed = dimensionBits & bitsOf([...outermost, ...innermost])
  let count = 1
  for (let free = bitCount(dimensionBits & ~fixed); free > 1; free--) count *= free
  return count
}

/** A set of small numbers as bits. */
export function bitsOf(members: readonly number[]): number {
  return members.reduce((bits, member) => bits | (1 << member), 0)
}

/** How many bits are set. */
export function bitCount(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++
  return count
}

/** What each loop of a dimension may count, by slot. */
function slotRules(hierarchy: Hierarchy, constraints: Constraints, dimension: number): LoopRule[] {
  const othersCount = givesRest(constraints, dimension) ? 1 : undefined
  const ruleOf = ({counts, maximumCounts}: LoopConstraint, roomCount: number): LoopRule => {
    const count = counts[dimension] ?? othersCount
    return {
      fixedCount: count === 'rest' ? undefined : count,
      maximumCount: Math.min(roomCount, maximumCounts[dimension] ?? Number.POSITIVE_INFINITY),
    }
  }
  return constraints.levels.flatMap(({temporal, x, y}, level) => {
    const {fanout} = hierarchy.levels[level]!
    return [ruleOf(temporal, Number.POSITIVE_INFINITY), ruleOf(x, fanout.x), ruleOf(y, fanout.y)]
  })
}

function keepsOf(hierarchy: Hierarchy, constraints: Constraints, tensorCount: number): Uint8Array[] {
  let choices = [new Uint8Array(hierarchy.levels.length)]
  for (const [level, {keeps}] of constraints.levels.entries()) {
    for (let tensor = 0; tensor < tensorCount; tensor++) {
      const isOutermost = level === 0
      const keep = isOutermost ? true : keeps[tensor]
      const kept = keep === false ? [] : choices.map((choice) => choice.with(level, choice[level]! | (1 << tensor)))
      choices = keep === true ? kept : [...kept, ...choices]
    }
  }
  return choices
}
