import {type Factor, factorsOf, keepsOf, kindOf, levelOf, padded, permutationOf, type Scope, splitOf, titleOf} from './directives.js'
import {child, entries, fault, fileName, items, type Part, refusal} from './part.js'
import {targetsOf} from './sections.js'

interface ConstrainedLevel {
  temporal: string[]
  x: string[]
  y: string[]
  innermost: string[]
  keep: string[]
  bypass: string[]
  readonly seen: Set<string>
}

const unsupported = {
  utilization: 'a least share of instances cannot be asked for',
  parallelism: 'a least share of instances cannot be asked for',
  max_overbooked_proportion: 'sparse tensors are not modelled',
}

/** Constraints of the architecture and of the space of mappings as a strategy file. */
export function translateConstraints(sections: readonly Part[], scope: Scope): Record<string, unknown> {
  const levels = scope.levels.map(
    (): ConstrainedLevel => ({temporal: [], x: [], y: [], innermost: [], keep: [], bypass: [], seen: new Set()}),
  )
  for (const section of sections)
    for (const target of items(targetsOf(section)))
      for (const constraint of constraintsOf(target)) readConstraint(constraint, scope, levels)
  for (const {component, name} of scope.levels)
    if (component.constraints !== undefined)
      for (const constraint of inComponent(component.constraints, name)) readConstraint(constraint, scope, levels)
  const written = levels.map((level, index) => [scope.levels[index]!.name, levelData(level)] as const)
  return {
    title: 'imported from Timeloop',
    source: `constraints of Timeloop: ${[...new Set((sections.length > 0 ? sections : [scope.levels[0]!.component.part]).map(fileName))].join(', ')}`,
    levels: Object.fromEntries(written.filter(([, level]) => Object.keys(level).length > 0)),
  }
}

/** Older files nest a list of constraints in a target; each then reads as one with that target. */
function constraintsOf(target: Part): Part[] {
  const nested = child(target, 'constraints')
  if (nested === undefined) return [flattened(target, target)]
  return items(nested).map((constraint) => flattened(constraint, target))
}

/** Older files also keep what a constraint says in `attributes`. */
function flattened(constraint: Part, target: Part): Part {
  const attributes = child(constraint, 'attributes')
  const own = constraint.value as Readonly<Record<string, unknown>>
  const at = {target: child(target, 'target', 'name')?.value}
  return attributes === undefined
    ? {...constraint, value: {...at, ...own}}
    : {...attributes, value: {...at, ...own, ...(attributes.value as Readonly<Record<string, unknown>>)}}
}

/** Version 0.4 keeps constraints in the components, by kind. */
function inComponent(constraints: Part, target: string): Part[] {
  return entries(constraints).map(([type, part]) => ({
    ...part,
    value: {...(part.value as Readonly<Record<string, unknown>>), type, target},
  }))
}

function readConstraint(constraint: Part, scope: Scope, levels: readonly ConstrainedLevel[]): void {
  const kind = kindOf(constraint, unsupported)
  const index = levelOf(constraint, scope)
  const level = levels[index]!
  if (kind === 'bypass') {
    const {keep, bypass} = keepsOf(constraint, scope)
    const names = (tensors: readonly number[]): string[] => tensors.map((tensor) => scope.problem.tensors[tensor]!.name)
    if (index === 0 && bypass.length > 0)
      throw refusal(constraint, `${scope.levels[0]!.name} is the outermost storage, and keeps every tensor`)
    level.keep.push(...names(keep))
    level.bypass.push(...names(bypass))
    return
  }
  const factors = factorsOf(constraint, scope)
  const lower = factors.find(({relation}) => relation === '>=')
  if (lower !== undefined) throw refusal(child(constraint, 'factors')!, 'least counts (>=) cannot be asked for')
  const order = permutationOf(constraint, scope)
  for (const key of [
    ...factors.map(({dimension}) => `${kind} factor of ${nameOf(scope, dimension)}`),
    ...(order.length > 0 ? [`${kind} permutation`] : []),
  ]) {
    if (level.seen.has(key)) throw fault(constraint, `a second ${key} in ${titleOf(constraint)}`, ['keep one of the two'])
    level.seen.add(key)
  }
  if (kind === 'temporal') {
    level.temporal.push(...factors.map((factor) => rule(factor, scope)))
    if (order.length > 0) level.innermost = order.toReversed().map((dimension) => nameOf(scope, dimension))
  } else spreadRules(constraint, scope, index, level, factors, order)
}

function spreadRules(
  constraint: Part,
  scope: Scope,
  index: number,
  level: ConstrainedLevel,
  factors: readonly Factor[],
  order: readonly number[],
): void {
  const {fanout, name} = scope.levels[index]!
  const split = splitOf(constraint)
  const places = padded(order, scope)
  for (const factor of factors) {
    const isAlongX = split === undefined ? fanout.y === 1 : places.indexOf(factor.dimension) < split
    const isOne = factor.relation === '=' && factor.count === 1
    if (split === undefined && fanout.x > 1 && fanout.y > 1 && !isOne)
      throw refusal(constraint, `${nameOf(scope, factor.dimension)} may run along x or y under ${name}, and nothing says which`, [
        'add `split`',
      ])
    const one = `${nameOf(scope, factor.dimension)} 1`
    level.x.push(isOne || !isAlongX ? one : rule(factor, scope))
    level.y.push(isOne || isAlongX ? one : rule(factor, scope))
  }
  if (split === undefined) return
  const free = places.filter((dimension) => !factors.some((factor) => factor.dimension === dimension))
  for (const dimension of free) (places.indexOf(dimension) < split ? level.y : level.x).push(`${nameOf(scope, dimension)} 1`)
}

function rule({dimension, relation, count}: Factor, scope: Scope): string {
  return `${nameOf(scope, dimension)} ${relation === '<=' ? '<= ' : ''}${count === 0 ? 'rest' : count}`
}

function nameOf({problem}: Scope, dimension: number): string {
  return problem.dimensions[dimension]!.name
}

function levelData({temporal, x, y, innermost, keep, bypass}: ConstrainedLevel): Record<string, unknown> {
  return Object.fromEntries(Object.entries({temporal, x, y, innermost, keep, bypass}).filter(([, list]) => list.length > 0))
}
