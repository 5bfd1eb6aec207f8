import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {OperandRole} from '../../foundation/resource.js'
import {UserError} from '../../foundation/user-error.js'
import {type Constraints, freeLoops, type LevelConstraint, type LoopConstraint} from '../../mapping/constraints.js'
import {hierarchyConstraints, operandRolesOf} from '../../mapping/hierarchy-constraints.js'
import {arrayConstraints} from '../../mapping/systolic/array-constraints.js'
import {dataflowNames, dataflows} from '../../mapping/systolic/dataflows/table.js'
import type {Problem} from '../../workload/problem.js'
import {bitsOf, relevantBits} from '../mapspace.js'

/** A dataflow: what it fixes of the mappings of a problem on a hierarchy. */
export interface Strategy {
  readonly summary: string
  readonly constraintsOf: (problem: Problem, hierarchy: Hierarchy) => Constraints
}

/** The rules of a dataflow; dimensions by what they do in the problem, not by their names. */
export interface Dataflow {
  readonly name: string
  /** The operand that stays: the innermost level that may hold it keeps it, while the loops just outside turn what it does not depend on. */
  readonly stays: OperandRole
  /** Dimensions that may be spread over arrays. */
  readonly spreads: (problem: DimensionRoles) => {readonly x: readonly number[]; readonly y: readonly number[]}
  /** Dimensions that one instance of the innermost level runs through in full, in time. */
  readonly inside?: (problem: DimensionRoles) => readonly number[]
  /** Dimensions of the innermost loops of the innermost level that holds an operand, outermost first. */
  readonly innermost?: (problem: DimensionRoles) => readonly number[]
  /** Dimensions of the loops just outside, outermost first; where left out, all that the operand does not depend on. */
  readonly around?: (problem: DimensionRoles) => readonly number[] | undefined
}

/** What the dimensions of a problem do. */
export interface DimensionRoles {
  /** By operand: the dimensions that it depends on. */
  readonly of: Readonly<Record<OperandRole, readonly number[]>>
  /** Ranks of the inputs along which a window slides: the dimension inside the window, and the one that moves it. */
  readonly windows: readonly {readonly inside: number; readonly moving: number}[]
}

/** The constraints of a dataflow, within what the hierarchy itself fixes. */
export function dataflowConstraints(dataflow: Dataflow, problem: Problem, hierarchy: Hierarchy): Constraints {
  if (hierarchy.arithmetic.systolic !== undefined) return onSystolicArray(dataflow, problem, hierarchy)
  const given = hierarchyConstraints(problem, hierarchy)
  const roles = dimensionRoles(dataflow, problem)
  const stays = operandRolesOf(problem).indexOf(dataflow.stays)
  const home = given.levels.findLastIndex(({keeps}) => keeps[stays] !== false)
  if (home < 1)
    throw unfit(dataflow, `needs a level inside of ${hierarchy.levels[0]!.name} that can hold ${problem.tensors[stays]!.name}`, [
      'choose an accelerator with a level that can hold it, or another strategy',
    ])
  const spread = dataflow.spreads(roles)
  const inside = dataflow.inside?.(roles) ?? []
  const innermost = dataflow.innermost?.(roles) ?? []
  const innermostHome = given.levels.findLastIndex(({keeps}) => keeps.some((keep) => keep !== false))
  const around = dataflow.around?.(roles) ?? apartFrom(problem, roles.of[dataflow.stays])
  const levels = given.levels.map((level, index): LevelConstraint => {
    const isInnermost = index === given.levels.length - 1
    const isNative = isInnermost && hierarchy.arithmetic.tile !== undefined
    return {
      temporal: temporalLoops(level.temporal, problem, {
        inside: isInnermost ? inside : undefined,
        outside: inside,
        innermost: index === home - 1 ? around : index === innermostHome ? innermost : [],
      }),
      x: isNative ? level.x : spreadLoops(level.x, problem, spread.x, inside),
      y: isNative ? level.y : spreadLoops(level.y, problem, spread.y, inside),
      keeps: index === home ? level.keeps.with(stays, true) : level.keeps,
    }
  })
  return {...given, name: dataflow.name, levels}
}

/** Its wires decide what lies on its sides. */
function onSystolicArray(dataflow: Dataflow, problem: Problem, hierarchy: Hierarchy): Constraints {
  const name = dataflowNames.find((each) => each === dataflow.name)
  if (name !== undefined) return arrayConstraints(name, dataflows[name], problem, hierarchy)
  throw unfit(dataflow, `does not run on the systolic array of ${hierarchy.name}`, [`choose ${dataflowNames.join(', ')}`])
}

/** An error that says what a dataflow needs of a problem or machine. */
export function unfit({name}: Pick<Dataflow, 'name'>, needs: string, suggestions: readonly string[]): UserError {
  return new UserError(`${name} ${needs}`, {code: 'STRATEGY_UNFIT', suggestions})
}

function dimensionRoles(dataflow: Dataflow, problem: Problem): DimensionRoles {
  const roles = operandRolesOf(problem)
  const of = (role: OperandRole): number[] => {
    const tensor = problem.tensors[roles.indexOf(role)]
    if (tensor === undefined) throw unfit(dataflow, `needs ${role}; ${problem.name} has none`, ['choose another strategy'])
    const bits = relevantBits(tensor)
    return problem.dimensions.flatMap((_, dimension) => ((bits >> dimension) & 1 ? [dimension] : []))
  }
  const each = {inputs: of('inputs'), weights: of('weights'), outputs: of('outputs')}
  const sliding = problem.tensors[roles.indexOf('inputs')]!.ranks.filter(({terms}) => terms.length === 2)
  const windows = sliding.flatMap(({terms}) => {
    const inside = terms.find(({dimension}) => each.weights.includes(dimension) && !each.outputs.includes(dimension))
    const moving = terms.find(({dimension}) => each.outputs.includes(dimension))
    return inside === undefined || moving === undefined ? [] : [{inside: inside.dimension, moving: moving.dimension}]
  })
  return {of: each, windows}
}

/** The dimensions that are not among those given. */
function apartFrom({dimensions}: Problem, given: readonly number[]): number[] {
  const bits = bitsOf(given)
  return dimensions.flatMap((_, dimension) => ((bits >> dimension) & 1 ? [] : [dimension]))
}

function temporalLoops(
  given: LoopConstraint,
  {dimensions}: Problem,
  {
    inside,
    outside,
    innermost,
  }: {readonly inside: readonly number[] | undefined; readonly outside: readonly number[]; readonly innermost: readonly number[]},
): LoopConstraint {
  const counts = given.counts.map((count, dimension) => {
    if (inside?.includes(dimension)) return dimensions[dimension]!.size
    return inside === undefined && outside.includes(dimension) ? 1 : count
  })
  return {...given, counts, innermost: given.innermost.length > 0 ? given.innermost : innermost}
}

function spreadLoops(given: LoopConstraint, {dimensions}: Problem, spread: readonly number[], inside: readonly number[]): LoopConstraint {
  const none = freeLoops(dimensions.length)
  const mayTurn = (dimension: number): boolean => spread.includes(dimension) && !inside.includes(dimension)
  return {
    ...none,
    maximumCounts: given.maximumCounts,
    counts: given.counts.map((count, dimension) => (mayTurn(dimension) ? count : (count ?? 1))),
  }
}
