import type {Dtype} from '../foundation/dtype.js'
import type {Model} from './model.js'
import type {OperatorClass, OperatorNode, TensorAccess, Workload} from './operator.js'

/** What a pass asks of any machine, operator by operator. */
export interface WorkloadSummary {
  readonly kind: 'model'
  readonly name: string
  readonly source: string
  readonly phase: string
  readonly settings: Workload['settings']
  readonly parameterCount: number
  readonly publishedParameterCount: number | null
  readonly residentBytes: Workload['residentBytes']
  readonly tokenCount: number
  readonly flops: number
  /** Bytes that must be touched at least once. */
  readonly bytes: number
  readonly flopsPerByte: number
  readonly operators: readonly OperatorSummary[]
}

/** All runs of one operator together. */
export interface OperatorSummary {
  readonly name: string
  readonly class: OperatorClass
  readonly dtype: Dtype
  readonly count: number
  readonly shape: OperatorNode['shape']
  readonly flops: number
  readonly readBytes: number
  readonly writeBytes: number
  readonly bytes: number
  readonly flopsPerByte: number
  readonly exchangedBytes: number
}

/** A pass over a model in parameters, operations, bytes and operational intensity, for `show`. */
export function workloadSummary(model: Model, workload: Workload): WorkloadSummary {
  const operators = workload.operators.map(operatorSummary)
  const flops = sum(operators.map((operator) => operator.flops))
  const bytes = sum(operators.map((operator) => operator.bytes))
  return {
    kind: 'model',
    name: workload.name,
    source: model.source,
    phase: workload.phase,
    settings: workload.settings,
    parameterCount: workload.parameterCount,
    publishedParameterCount: (model.kind === 'transformer' ? model.publishedParameterCount : undefined) ?? null,
    residentBytes: workload.residentBytes,
    tokenCount: workload.tokenCount,
    flops,
    bytes,
    flopsPerByte: bytes === 0 ? 0 : flops / bytes,
    operators,
  }
}

function operatorSummary({name, class: operatorClass, dtype, count, shape, demand}: OperatorNode): OperatorSummary {
  const flops = count * sum([...demand.work, ...demand.contractions].map(({operationCount}) => operationCount))
  const [readBytes, writeBytes] = [count * bytesOf(demand.reads), count * bytesOf(demand.writes)]
  const bytes = readBytes + writeBytes
  const flopsPerByte = bytes === 0 ? 0 : flops / bytes
  const exchangedBytes = count * (demand.wire?.bytes ?? 0)
  return {name, class: operatorClass, dtype, count, shape, flops, readBytes, writeBytes, bytes, flopsPerByte, exchangedBytes}
}

function bytesOf(accesses: readonly TensorAccess[]): number {
  return sum(accesses.map(({bytes}) => bytes))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
