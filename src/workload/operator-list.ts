import path from 'node:path'
import {nearestName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import {checkSchema} from '../spec/check-schema.js'
import {type OperatorShapeName, operatorShapes} from '../spec/schemas/operator-shapes.js'
import {operatorListSchema} from '../spec/schemas/workload.js'
import type {YamlSource} from '../spec/yaml-source.js'
import type {ListedPass, OperatorList} from './model.js'
import type {OperatorNode, TensorClass, Workload} from './operator.js'
import {forwardNode, type Step} from './operators/table.js'

interface ListData {
  readonly name?: string
  readonly source: string
  readonly phase?: string
  readonly tokens?: number
  readonly operators: readonly ({readonly kind: OperatorShapeName} & Readonly<Record<string, unknown>>)[]
}

/** An operator list out of YAML. */
export function operatorListFrom(source: YamlSource): OperatorList {
  const listed = (source.data as {operators?: unknown}).operators
  const kinds = Array.isArray(listed) ? listed.map((entry: unknown) => knownKind((entry as {kind?: unknown} | null)?.kind)) : []
  checkSchema(source, operatorListSchema(kinds))
  const data = source.data as ListData
  const name = data.name ?? path.basename(source.file).replace(/\.\w+$/, '')
  const operators = data.operators.map(({kind, ...options}) => forwardNode({kind, options} as unknown as Step))
  return {
    kind: 'operators',
    name,
    source: data.source,
    passes: [{model: name, phase: data.phase ?? 'operators', tokenCount: data.tokens ?? 1, operators}],
  }
}

function knownKind(kind: unknown): OperatorShapeName | undefined {
  return typeof kind === 'string' && Object.hasOwn(operatorShapes, kind) ? (kind as OperatorShapeName) : undefined
}

/** Which pass of a list is meant; what is left out may be anything. */
export interface PassSelector {
  readonly model?: string | undefined
  readonly phase?: string | undefined
  readonly batch?: number | undefined
  readonly seq?: number | undefined
}

const selectorKeys = ['model', 'phase', 'batch', 'seq'] as const

/** A selector as it stands behind the file name: `model=bert:large,batch=16`. */
export function parseSelector(text: string): PassSelector {
  const entries = text.split(',').map((part) => {
    const [key = '', value = ''] = part.split(/=(.*)/s)
    if (!(selectorKeys as readonly string[]).includes(key) || value === '') {
      const nearest = nearestName(key, selectorKeys)
      throw new UserError(`"${part}" does not select a pass`, {
        code: 'BAD_SELECTOR',
        suggestions: [
          ...(nearest === undefined ? [] : [`did you mean ${nearest}=…`]),
          'write it as in file.csv#model=bert:large,phase=forward_prefill,batch=16,seq=128',
        ],
      })
    }
    return [key, key === 'batch' || key === 'seq' ? Number(value) : value] as const
  })
  return Object.fromEntries(entries)
}

/** A list of those passes that a selector leaves. */
export function selectedPasses(list: OperatorList, selector: PassSelector): OperatorList {
  const passes = list.passes.filter((pass) =>
    selectorKeys.every((key) => selector[key] === undefined || pass[key] === undefined || pass[key] === selector[key]),
  )
  if (passes.length > 0) return {...list, passes}
  throw new UserError(`${list.name} has no pass with ${describe(selector)}`, {code: 'NO_SUCH_PASS', suggestions: choices(list.passes)})
}

/** The workload of the only pass that is left; several are an error that names them. */
export function operatorListWorkload(list: OperatorList): Workload {
  const [pass] = list.passes
  if (pass === undefined || list.passes.length > 1) {
    throw new UserError(`${list.name} holds ${list.passes.length} passes, and one has to be chosen`, {
      code: 'AMBIGUOUS_PASS',
      suggestions: choices(list.passes),
    })
  }
  return listedWorkload(list.name, pass)
}

/** The workload of one listed pass. */
export function listedWorkload(name: string, {model, phase, batch, seq, operators, tokenCount}: ListedPass): Workload {
  const settings = {model, phase, ...(batch !== undefined && {batch}), ...(seq !== undefined && {promptTokens: seq})}
  return {name, phase, operators, parameterCount: 0, residentBytes: residentBytes(operators), tokenCount, settings}
}

function choices(passes: readonly ListedPass[]): string[] {
  const shown = passes.slice(0, 12).map(describe)
  return [`choose one: ${shown.join('; ')}${passes.length > shown.length ? `; and ${passes.length - shown.length} more` : ''}`]
}

function describe(selector: PassSelector): string {
  const parts = selectorKeys.flatMap((key) => (selector[key] === undefined ? [] : [`${key}=${selector[key]}`]))
  return parts.join(',')
}

/** Weights and caches of every run are distinct tensors; of activations only the largest set is alive. */
function residentBytes(operators: readonly OperatorNode[]): Record<TensorClass, number> {
  const resident: Record<TensorClass, number> = {weights: 0, activations: 0, kvCache: 0, optimizerState: 0}
  for (const {demand, count} of operators) {
    let activationBytes = 0
    for (const {tensor, bytes} of [...demand.reads, ...demand.writes]) if (tensor === 'activations') activationBytes += bytes
    resident.activations = Math.max(resident.activations, activationBytes)
    for (const {tensor, bytes} of demand.reads) if (tensor !== 'activations') resident[tensor] += count * bytes
  }
  return resident
}
