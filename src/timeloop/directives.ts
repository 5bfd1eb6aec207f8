import {nameHints} from '../foundation/nearest-name.js'
import type {Level} from './architecture.js'
import {child, entries, fault, items, numberOf, type Part, refusal, textAt, textOf} from './part.js'
import type {TranslatedProblem} from './problem.js'

/** What directives of mappings and constraints are about. */
export interface Scope {
  readonly levels: readonly Level[]
  readonly problem: TranslatedProblem
}

const directiveKinds = ['temporal', 'spatial', 'bypass'] as const
export type DirectiveKind = (typeof directiveKinds)[number]

/** One count of a list such as `R=3 P<=16 K=5,2 C=0`. */
export interface Factor {
  readonly dimension: number
  readonly relation: '=' | '<=' | '>='
  /** 0 for what the other levels leave. */
  readonly count: number
  /** Turns of the last round, where the counts of a dimension do not divide it. */
  readonly lastCount: number | undefined
}

/** Switches that keep Timeloop from sharing what could be shared. */
const switches = [
  'no_temporal_reuse',
  'no_reuse',
  'no_multicast',
  'no_multicast_no_reduction',
  'no_link_transfer',
  'rmw_on_first_writeback',
  'passthrough',
]

const keys = ['target', 'name', 'type', 'factors', 'permutation', 'split', 'keep', 'bypass', 'attributes', ...switches]

/** What a directive is of. */
export function kindOf(directive: Part, others: Readonly<Record<string, string>> = {}): DirectiveKind {
  const found = child(directive, 'type')
  if (found === undefined) throw fault(directive, 'this has no type', [`type: ${directiveKinds.join(', ')}`])
  const written = textOf(found)
  const reason = others[written]
  if (reason !== undefined) throw refusal(found, `${written}: ${reason}`)
  const kind = ['datatype', 'bypassing', 'dataspace'].includes(written) ? 'bypass' : directiveKinds.find((known) => known === written)
  if (kind === undefined) throw fault(found, `"${written}" is not a type of directive`, nameHints(written, directiveKinds))
  for (const [key, part] of entries(directive))
    if (!keys.includes(key.replaceAll('-', '_'))) throw refusal(part, `"${key}" says nothing here`, nameHints(key, keys))
  for (const name of switches) {
    const used = child(directive, name)
    if (used !== undefined && items(used).length > 0)
      throw refusal(used, `${name}: reuse is not switched off by tensor here`, ['leave it out to import the rest'])
  }
  return kind
}

/** The level that a directive is at, by name, or by its place from the innermost. */
export function levelOf(directive: Part, {levels}: Scope): number {
  const target = child(directive, 'target', 'name')
  if (target === undefined) throw fault(directive, 'this has no target', [`target: ${levels.map(({name}) => name).join(', ')}`])
  const written = textOf(target)
  const names = levels.map(({name}) => name)
  const index = typeof target.value === 'number' ? levels.length - 1 - target.value : names.indexOf(written)
  if (index >= 0 && index < levels.length) return index
  throw fault(target, `"${written}" is not a storage of the architecture`, nameHints(written, names))
}

/** The counts of a directive. */
export function factorsOf(directive: Part, {problem}: Scope): Factor[] {
  const found = child(directive, 'factors')
  if (found === undefined || found.value === null) return []
  const written = Array.isArray(found.value) ? items(found).map(textOf).join(' ') : textOf(found)
  const pattern = /([A-Za-z]+)\s*(<=|>=|=)?\s*(\d+)(?:,(\d+))?(?=\D|$)\s*,?/gy
  const factors: Factor[] = []
  const text = written.replace(/#.*$/, '').trim()
  let read = 0
  while (read < text.length) {
    pattern.lastIndex = read + /^\s*/.exec(text.slice(read))![0].length
    const [, name = '', relation = '=', count, lastCount] = pattern.exec(text) ?? []
    if (count === undefined) throw fault(found, `"${text.slice(read).trim()}" is not a list of factors`, ['write them as in R=3 P=16'])
    read = pattern.lastIndex
    const dimension = dimensionNamed(found, name, problem)
    if (factors.some((factor) => factor.dimension === dimension && factor.relation === relation))
      throw fault(found, `${name} has two factors in "${text}"`)
    factors.push({
      dimension,
      relation: relation as Factor['relation'],
      count: Number(count),
      lastCount: lastCount === undefined ? undefined : Number(lastCount),
    })
  }
  return factors
}

/** The dimensions that a directive orders, innermost first. */
export function permutationOf(directive: Part, {problem}: Scope): number[] {
  const found = child(directive, 'permutation')
  if (found === undefined || found.value === null) return []
  const written = Array.isArray(found.value)
    ? items(found).map(textOf)
    : textOf(found)
        .split(/[\s,]+/)
        .filter((token) => token !== '')
  const names = problem.dimensions.map(({name}) => name)
  const order = written
    .flatMap((token) => (names.includes(token) ? [token] : [...token]))
    .map((name) => dimensionNamed(found, name, problem))
  const twice = order.find((dimension, place) => order.indexOf(dimension) !== place)
  if (twice !== undefined) throw fault(found, `${names[twice]} stands twice in the order`)
  return order
}

/** An order with the dimensions that it leaves out, outside of the others. */
export function padded(order: readonly number[], {problem}: Scope): number[] {
  return [...order, ...problem.dimensions.map((_, dimension) => dimension).filter((dimension) => !order.includes(dimension))]
}

/** How many of the ordered dimensions run along x, the rest along y. */
export function splitOf(directive: Part): number | undefined {
  const found = child(directive, 'split')
  if (found === undefined) return undefined
  const split = numberOf(found)
  if (Number.isInteger(split) && split >= 0) return split
  throw fault(found, `a split after ${split} dimensions is not possible`)
}

/** Which tensors a directive keeps, and which it lets pass. */
export function keepsOf(directive: Part, {problem}: Scope): {keep: number[]; bypass: number[]} {
  const names = problem.tensors.map(({name}) => name)
  const named = (key: string): number[] => {
    const found = child(directive, key)
    if (found === undefined) return []
    return (typeof found.value === 'string' ? [found] : items(found)).map((part) => {
      const tensor = names.indexOf(textOf(part))
      if (tensor < 0) throw fault(part, `"${textOf(part)}" is not a data space of the problem`, nameHints(textOf(part), names))
      return tensor
    })
  }
  const [keep, bypass] = [named('keep'), named('bypass')]
  const both = keep.find((tensor) => bypass.includes(tensor))
  if (both !== undefined) throw fault(directive, `${names[both]} is both kept and let pass`)
  return {keep, bypass}
}

/** What a directive calls itself in messages. */
export function titleOf(directive: Part): string {
  return `${textAt(directive, 'type') ?? ''} at ${String(child(directive, 'target', 'name')?.value ?? '')}`.trim()
}

function dimensionNamed(part: Part, name: string, {dimensions}: TranslatedProblem): number {
  const names = dimensions.map((dimension) => dimension.name)
  const index = names.indexOf(name)
  if (index >= 0) return index
  throw fault(part, `"${name}" is not a dimension of the problem`, nameHints(name, names))
}
