import type {Hierarchy, HierarchyLevel, NativeTile} from '../accelerator/hierarchy.js'
import {type OperandRole, operandRoles} from '../foundation/resource.js'
import type {Problem, ProblemTensor} from '../workload/problem.js'
import {type Constraints, freeConstraints, freeLoops, type LevelConstraint, type LoopConstraint} from './constraints.js'

/**
 * What a machine itself leaves no choice in: which operands a level can hold, and how a matrix unit's tile lies in the problem. Sizes that
 * the tile does not divide need loops that do not divide them either.
 */
export function hierarchyConstraints(problem: Problem, hierarchy: Hierarchy): Constraints {
  const {dimensions, tensors} = problem
  const free = freeConstraints(hierarchy.levels.length, dimensions.length, tensors.length)
  const roles = operandRolesOf(problem)
  const {tile} = hierarchy.arithmetic
  const levels = free.levels.map((level, index): LevelConstraint => {
    const isNative = tile !== undefined && index === hierarchy.levels.length - 1
    const keeps = level.keeps.map((kept, tensor) => kept ?? keptBy(hierarchy.levels[index]!, tensors[tensor]!, roles[tensor]!))
    return isNative ? {...nativeLoops(problem, roles, tile), keeps} : {...level, keeps}
  })
  const isCut = ({size}: {readonly size: number}, dimension: number): boolean =>
    hierarchy.arithmetic.systolic !== undefined ||
    levels.some(({x, y}) => [x, y].some(({counts}) => size % Number(counts[dimension] ?? 1) !== 0))
  return {...free, name: hierarchy.name, levels, allowsImperfect: dimensions.some(isCut)}
}

/** False where a level can't hold a tensor, true where it must; undefined where it may. */
function keptBy({operands, bypass, isRequired}: HierarchyLevel, tensor: ProblemTensor, role: OperandRole): boolean | undefined {
  if (operands?.includes(role) === false || bypass?.includes(tensor.class) === true) return false
  return isRequired === true ? true : undefined
}

/** The part of each tensor: of operands that are no model's weights, the last one takes the place of weights. */
export function operandRolesOf({tensors}: Problem): OperandRole[] {
  const read = [...tensors.keys()].filter((index) => !tensors[index]!.isOutput)
  const isStored = (index: number): boolean => tensors[index]!.class === 'weights' || tensors[index]!.class === 'kvCache'
  const stored = read.filter(isStored)
  const weights = stored.length > 0 ? stored : read.slice(1).slice(-1)
  return tensors.map(({isOutput}, index) => (isOutput ? 'outputs' : weights.includes(index) ? 'weights' : 'inputs'))
}

/** One step of a matrix unit: the largest dimension of each kind along its side, whichever way round pads less; all else in time, further out. */
function nativeLoops(problem: Problem, roles: readonly OperandRole[], tile: NativeTile): Omit<LevelConstraint, 'keeps'> {
  const {dimensions} = problem
  const sizeOf = (dimension: number | undefined): number => (dimension === undefined ? 1 : dimensions[dimension]!.size)
  const largest = (...kinds: readonly OperandRole[]): number | undefined =>
    [...dimensions.keys()]
      .filter((dimension) => rolesOf(problem, roles, dimension).join() === kinds.join())
      .reduce<number | undefined>((most, each) => (sizeOf(each) > sizeOf(most) || most === undefined ? each : most), undefined)
  const [row, column, depth] = [largest('inputs', 'outputs'), largest('weights', 'outputs'), largest('inputs', 'weights')]
  const padded = (m: number | undefined, n: number | undefined): number =>
    Math.ceil(sizeOf(m) / tile.m) * tile.m * Math.ceil(sizeOf(n) / tile.n) * tile.n
  const [alongM, alongN] = padded(row, column) <= padded(column, row) ? [row, column] : [column, row]
  const sides = (...counts: readonly (readonly [number | undefined, number])[]): LoopConstraint => ({
    ...freeLoops(dimensions.length),
    counts: dimensions.map(({size}, dimension) => Math.min(size, counts.find(([along]) => along === dimension)?.[1] ?? 1)),
  })
  return {temporal: sides(), x: sides([alongM, tile.m]), y: sides([alongN, tile.n], [depth, tile.k])}
}

/** The parts of the tensors that a dimension runs through, in the order of `operandRoles`. */
function rolesOf({tensors}: Problem, roles: readonly OperandRole[], dimension: number): OperandRole[] {
  const touched = roles.filter((_, tensor) => tensors[tensor]!.ranks.some(({terms}) => terms.some((term) => term.dimension === dimension)))
  return operandRoles.filter((role) => touched.includes(role))
}
