import type {Dtype} from '../foundation/dtype.js'
import {dtypeBytes} from '../foundation/dtype.js'
import type {Step} from '../workload/operators/table.js'
import type {TraceRow} from './trace-row.js'

/** GPT-3 175B: Brown et al., "Language Models are Few-Shot Learners", 2020, table 2.1. */
const hidden = 12288
const headCount = 96
const headDim = 128
const mlpWidth = 4 * hidden

/** The pass that a row's layer is part of, on one of the devices that share it. */
interface LayerPass {
  readonly dtype: Dtype
  readonly deviceCount: number
  /** Rows of the layer's activations. */
  readonly tokens: number
  /** Heads of all sequences on one device. */
  readonly heads: number
  readonly queryTokens: number
  readonly kvTokens: number
}

const notePattern = /^GPT-3 layer TP(\d+) (?:prefill bs(\d+) s(\d+)|decode bs(\d+) ctx(\d+)): (\w+)$/

/** The operators of the layer as one device runs them, by the names that traces use. */
const layerOperators: Readonly<Record<string, (pass: LayerPass) => Step>> = {
  Q_K_V: (pass) => projection(pass, (3 * hidden) / pass.deviceCount, hidden),
  Q_mul_K: (pass) => headProduct(pass, pass.kvTokens, headDim),
  A_mul_V: (pass) => headProduct(pass, headDim, pass.kvTokens),
  Wo_proj: (pass) => projection(pass, hidden, hidden / pass.deviceCount),
  W1_proj: (pass) => projection(pass, mlpWidth / pass.deviceCount, hidden),
  W2_proj: (pass) => projection(pass, hidden, mlpWidth / pass.deviceCount),
  Softmax: ({heads, queryTokens, kvTokens: n, dtype}) => ({kind: 'softmax', options: {m: heads * queryTokens, n, dtype}}),
  LayerNorm_MHA: (pass) => norm(pass),
  LayerNorm_FFN: (pass) => norm(pass),
  GeLU: ({tokens: m, dtype, deviceCount}) => ({kind: 'elementwise', options: {function: 'gelu', m, n: mlpWidth / deviceCount, dtype}}),
  AllReduce_MHA: (pass) => activationsAllreduce(pass),
  AllReduce_FFN: (pass) => activationsAllreduce(pass),
}

function projection({tokens: m, dtype}: LayerPass, n: number, k: number): Step {
  return {kind: 'gemm', options: {m, n, k, dtype}}
}

/** Queries by keys, or scores by values, of every head: the second operand is no weight. */
function headProduct({heads: batchCount, queryTokens: m, dtype}: LayerPass, n: number, k: number): Step {
  return {kind: 'gemm', options: {m, n, k, batchCount, dtype, secondOperand: 'kvCache'}}
}

function norm({tokens: m, dtype}: LayerPass): Step {
  return {kind: 'layernorm', options: {m, n: hidden, dtype}}
}

function activationsAllreduce({tokens, dtype, deviceCount: ranks}: LayerPass): Step {
  return {kind: 'collective', options: {collective: 'allreduce', bytes: tokens * hidden * dtypeBytes(dtype), ranks, dtype}}
}

/** The operator of a GPT-3 175B layer that a row's notes name instead of a shape, or undefined when they name none. */
export function gpt3LayerStep({notes}: TraceRow, dtype: Dtype): Step | undefined {
  const [, devices, prefillBatch, prompt, decodeBatch, context, name = ''] = notePattern.exec(notes.tags[0] ?? '') ?? []
  const batch = Number(prefillBatch ?? decodeBatch)
  const queryTokens = Number(prompt ?? 1)
  const kvTokens = Number(prompt ?? context)
  const deviceCount = Number(devices)
  const heads = (batch * headCount) / deviceCount
  return layerOperators[name]?.({dtype, deviceCount, tokens: batch * queryTokens, heads, queryTokens, kvTokens})
}
