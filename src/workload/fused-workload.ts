import {unknownName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import {type FusionScope, fusionScopes, operatorGroups} from './fusion.js'
import type {OperatorNode, TensorAccess, Workload} from './operator.js'

/** What is asked to run together, as it is written: `none`, or scopes joined by `+`. */
export function fusionOf(written: string): readonly FusionScope[] {
  const scopes = written.split('+').map((part): FusionScope => {
    const name = part.trim()
    const known = fusionScopes.find((scope) => scope === name)
    if (known === undefined) throw unknownName('fusion', name, fusionScopes)
    return known
  })
  if (!scopes.includes('none')) return scopes
  if (scopes.length === 1) return []
  throw new UserError(`fusion=${written} fuses nothing and something`, {code: 'BAD_VALUE', suggestions: ['leave none out, or all else']})
}

/** A pass whose operators run together as asked: those of a group are one, and what passes between them is neither written nor read. */
export function fusedWorkload(workload: Workload, fusion: unknown): Workload {
  if (fusion === undefined) return workload
  const scopes = fusionOf(String(fusion))
  refuseApart(workload, scopes)
  const operators: OperatorNode[] = []
  const stretches = (workload.stretches ?? [{operatorCount: workload.operators.length}]).map((stretch, index, all) => {
    const start = all.slice(0, index).reduce((sum, {operatorCount}) => sum + operatorCount, 0)
    const groups = operatorGroups(workload.operators.slice(start, start + stretch.operatorCount), scopes)
    operators.push(...groups.map((group) => joined(group.operators)))
    return {...stretch, operatorCount: groups.length}
  })
  const settings = {...workload.settings, fusion: String(fusion)}
  return {...workload, operators, settings, ...(workload.stretches !== undefined && {stretches: stretches as Workload['stretches'] & {}})}
}

/** Training reads what passes between operators again, and kernels that each run on their own are not fused. */
function refuseApart({phase, settings}: Workload, scopes: readonly FusionScope[]): void {
  const kept = scopes.find((scope) => scope === 'epilogue' || scope === 'mlp')
  if (phase === 'train' && kept !== undefined)
    throw new UserError(`training keeps what passes between operators for the backward pass, so that ${kept} fusion would save nothing`, {
      code: 'SETTING_UNUSED',
      suggestions: ['fusion=attention', 'fusion=none'],
    })
  if (settings['fused'] === false && scopes.length > 0)
    throw new UserError(`a pass with fused=false runs each kernel on its own, and fusion=${scopes.join('+')} does not`, {
      code: 'SETTING_UNUSED',
      suggestions: ['leave one of the two out'],
    })
}

function joined(parts: readonly OperatorNode[]): OperatorNode {
  const [first, ...others] = parts as [OperatorNode, ...OperatorNode[]]
  const last = others.at(-1)
  if (last === undefined) return first
  const products = parts.filter(({demand}) => demand.contractions.length > 0)
  return {
    ...first,
    name: parts.map(({name}) => name).join('+'),
    shape: {...first.shape, ...(products.length > 1 && {n: last.shape['n']!, intermediate: products.at(-1)!.shape['k']!})},
    demand: {
      work: parts.flatMap(({demand}) => demand.work),
      contractions: parts.flatMap(({demand}) => demand.contractions),
      ...elementPasses(parts, products.length > 1),
      reads: [...first.demand.reads, ...others.flatMap(({demand}, index) => readsBeside(demand.reads, parts[index]!.demand.writes[0]!))],
      writes: last.demand.writes,
    },
    parts,
  }
}

/** The results of a single product are at hand for the work on them; those of an MLP pass through a memory, as a kernel's elements do. */
function elementPasses(parts: readonly OperatorNode[], isChain: boolean): {elementOperationCount?: number} {
  const elementOperationCount = parts.reduce((sum, {demand}) => sum + (demand.elementOperationCount ?? 0), 0)
  return isChain && elementOperationCount > 0 ? {elementOperationCount} : {}
}

/** What an operator reads but what the one before it made, which is a part of what it reads first. */
function readsBeside([first, ...others]: readonly TensorAccess[], made: TensorAccess): readonly TensorAccess[] {
  const bytes = first!.bytes - made.bytes
  return bytes > 0 ? [{...first!, bytes}, ...others] : others
}
