import path from 'node:path'
import {checkSchema} from '../spec/check-schema.js'
import {type OperatorShapeName, operatorShapes} from '../spec/schemas/operator-shapes.js'
import {operatorListSchema} from '../spec/schemas/workload.js'
import type {YamlSource} from '../spec/yaml-source.js'
import type {OperatorList} from './model.js'
import type {TensorClass, Workload} from './operator.js'
import {forwardNode, type Step} from './operators/table.js'

interface ListData {
  readonly name?: string
  readonly source: string
  readonly phase?: string
  readonly tokens?: number
  readonly operators: readonly ({readonly kind: OperatorShapeName; readonly name?: string} & Record<string, unknown>)[]
}

/** An operator list out of YAML. */
export function operatorListFrom(source: YamlSource): OperatorList {
  const listed = (source.data as {operators?: unknown}).operators
  const kinds = Array.isArray(listed) ? listed.map((entry: unknown) => knownKind((entry as {kind?: unknown} | null)?.kind)) : []
  checkSchema(source, operatorListSchema(kinds))
  const data = source.data as ListData
  return {
    kind: 'operators',
    name: data.name ?? path.basename(source.file).replace(/\.\w+$/, ''),
    source: data.source,
    phase: data.phase ?? 'operators',
    tokenCount: data.tokens ?? 1,
    operators: data.operators.map(({kind, ...options}) => forwardNode({kind, options} as unknown as Step)),
  }
}

function knownKind(kind: unknown): OperatorShapeName | undefined {
  return typeof kind === 'string' && Object.hasOwn(operatorShapes, kind) ? (kind as OperatorShapeName) : undefined
}

/** A workload of exactly these operators; each weight that is read counts as resident once a run. */
export function operatorListWorkload(list: OperatorList): Workload {
  const {name, phase, operators, tokenCount} = list
  const residentBytes: Record<TensorClass, number> = {weights: 0, activations: 0, kvCache: 0, optimizerState: 0}
  for (const {demand, count} of operators) {
    let activationBytes = 0
    for (const {tensor, bytes} of [...demand.reads, ...demand.writes]) {
      if (tensor === 'activations') activationBytes += bytes
    }
    residentBytes.activations = Math.max(residentBytes.activations, activationBytes)
    for (const {tensor, bytes} of demand.reads) if (tensor !== 'activations') residentBytes[tensor] += count * bytes
  }
  return {name, phase, operators, parameterCount: 0, residentBytes, tokenCount, settings: {model: name, phase}}
}
