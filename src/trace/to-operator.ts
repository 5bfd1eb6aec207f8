import type {Dtype} from '../foundation/dtype.js'
import {nearestName} from '../foundation/nearest-name.js'
import {launches, type TimedRun} from '../workload/kernel-run.js'
import type {Collective, OperatorNode} from '../workload/operator.js'
import type {Step} from '../workload/operators/table.js'
import {forwardNode} from '../workload/operators/table.js'
import {elementFunctionOf, isGptStyle} from './elementwise-kind.js'
import {gpt3LayerStep} from './gpt3-layer.js'
import {moeStep} from './moe-row.js'
import {passRequest} from './to-pass.js'
import type {OperatorRequest, SkippedRow, TraceRequest} from './trace-request.js'
import {skipped} from './trace-request.js'
import type {TraceRow} from './trace-row.js'
import {noteNumber} from './trace-row.js'

/** Columns that a kernel's shape is made of, by the names that traces write. */
const shapeColumns = {
  m: 'm',
  n: 'n',
  k: 'k',
  batch: 'batch',
  heads: 'heads',
  headDim: 'head_dim',
  seqQ: 'seq_q',
  seqKv: 'seq_kv',
  bytes: 'bytes',
  ranks: 'ranks',
} as const
type ShapeKey = keyof typeof shapeColumns

type StepBuilder = (row: TraceRow, dtype: Dtype) => Step | SkippedRow

/** The operator of a row, by its `op`; each follows the shape columns as the trace's description defines them. */
const stepBuilders = {
  gemm: shaped(['m', 'n', 'k'], ({m, n, k}, row, dtype) => {
    const options = {m, n, k, batchCount: row.batch ?? 1, dtype, weights: !row.notes.tags.includes('bmm')}
    return {kind: 'gemm', options}
  }),
  attention_prefill: shaped(['batch', 'heads', 'headDim', 'seqQ', 'seqKv'], attentionStep),
  attention_decode: shaped(['batch', 'heads', 'headDim', 'seqKv'], (shape, row, dtype) =>
    attentionStep({seqQ: row.seqQ ?? 1, ...shape}, row, dtype),
  ),
  moe: shaped(['m', 'n', 'k'], ({m: tokens, n: intermediate, k: hidden}, row, dtype) =>
    moeStep({tokens, intermediate, hidden, dtype}, row),
  ),
  softmax: shaped(['m', 'n'], ({m, n}, _row, dtype) => ({kind: 'softmax', options: {m, n, dtype}})),
  layernorm: shaped(['m', 'n'], ({m, n}, row, dtype) => {
    const isRms = row.notes.tags[0] === 'rmsnorm' || (row.model !== '' && !isGptStyle(row.model))
    return {kind: 'layernorm', options: {m, n, dtype, function: isRms ? 'rmsnorm' : 'layernorm'}}
  }),
  elementwise: shaped(['m'], ({m}, row, dtype) => {
    const {n = 1} = row
    if (row.notes.tags[0] === 'emb') return {kind: 'embedding', options: {tokens: m, hidden: n, dtype}}
    const name = elementFunctionOf(row)
    if (name === undefined) return skipped(`elementwise function "${row.notes.tags[0] ?? ''}" is not known`)
    return {kind: 'elementwise', options: {function: name, m, n, dtype}}
  }),
  allreduce: collectiveStep('allreduce'),
  all_gather: collectiveStep('all_gather'),
  reduce_scatter: collectiveStep('reduce_scatter'),
  alltoall: collectiveStep('alltoall'),
} satisfies Record<string, StepBuilder>

export type KernelOp = keyof typeof stepBuilders

/** Every `op` that is one kernel. */
export const kernelOps = Object.keys(stepBuilders) as readonly KernelOp[]

/** What to predict for a row: an operator, a pass of a model, or nothing, with the reason. */
export function traceRequest(row: TraceRow): TraceRequest {
  const {op} = row
  if (isKernelOp(op)) return operatorRequest(row, op)
  if (isPass(row)) return passRequest(row)
  const nearest = nearestName(op, kernelOps)
  return skipped(`op "${op}" is not known${nearest === undefined ? '' : ` (nearest: ${nearest})`}`)
}

/** The row is a whole pass of a model. */
export function isPass({op}: TraceRow): boolean {
  return op === 'serve' || op === 'train_step' || op.startsWith('forward_')
}

function operatorRequest(row: TraceRow, op: KernelOp): OperatorRequest | SkippedRow {
  if (row.dtype === undefined) return skipped(`${op} row without dtype`)
  const step = gpt3LayerStep(row, row.dtype) ?? stepBuilders[op](row, row.dtype)
  if (step.kind === 'skipped') return step
  return {kind: 'operator', operator: asMeasured(forwardNode(step), op), run: measuredRun(row)}
}

/** How the public sources measured, by the descriptions of their traces; a row's notes go before. */
const sourceRuns: Readonly<Record<string, Omit<TimedRun, 'operandCopyCount'>>> = {
  // A graph of all operand copies: 3 warm-ups and 6 replays.
  aiconfigurator: {launch: 'graph', replayCount: 9},
  // The fastest 5 of 25.
  neusight: {launch: 'alone', replayCount: 25},
  // Operators out of a running engine, timed by events on the device.
  vidur: {launch: 'alone', replayCount: Number.POSITIVE_INFINITY, hidesHost: true},
  llmcompass: {launch: 'alone', replayCount: Number.POSITIVE_INFINITY},
}

/** Without a word of it, a measurement replayed one set of operands for long, and its time is that of the device. */
function measuredRun({source, notes}: TraceRow): TimedRun {
  const operandCopyCount = noteNumber(notes, 'copies') ?? 1
  const {launch, replayCount, ...rest} = sourceRuns[source] ?? {launch: 'graph', replayCount: Number.POSITIVE_INFINITY}
  const noted = launches.find((each) => each === notes.values.get('launch'))
  return {operandCopyCount, launch: noted ?? launch, replayCount: noteNumber(notes, 'replays') ?? replayCount * operandCopyCount, ...rest}
}

/** Attention over one token is decode by its shape; what counts is which kernel was measured. */
function asMeasured(operator: OperatorNode, op: KernelOp): OperatorNode {
  return op === 'attention_prefill' || op === 'attention_decode' ? {...operator, class: op} : operator
}

function isKernelOp(op: string): op is KernelOp {
  return Object.hasOwn(stepBuilders, op)
}

/** A builder that is only called for rows which state all the columns that it needs. */
function shaped<Key extends ShapeKey>(
  needs: readonly Key[],
  build: (shape: Readonly<Record<Key, number>>, row: TraceRow, dtype: Dtype) => Step | SkippedRow,
): StepBuilder {
  return (row, dtype) => {
    const missing = needs.filter((key) => row[key] === undefined).map((key) => shapeColumns[key])
    if (missing.length > 0) return skipped(`${row.op} row without ${missing.join(', ')}`)
    return build(row as Readonly<Record<Key, number>>, row, dtype)
  }
}

function attentionStep(
  {batch, heads, headDim, seqQ, seqKv}: Readonly<Record<'batch' | 'heads' | 'headDim' | 'seqQ' | 'seqKv', number>>,
  row: TraceRow,
  dtype: Dtype,
): Step | SkippedRow {
  const {kvHeads = heads, window = 0} = row
  if (seqKv < seqQ) return skipped(`${row.op} row with seq_kv below seq_q`)
  if (heads % kvHeads !== 0) return skipped(`${row.op} row with heads that kv_heads do not divide`)
  const options = {batch, heads, kvHeads, headDim, queryTokens: seqQ, kvTokens: seqKv, window, dtype, causal: true}
  return {kind: 'attention', options: {...options, writesKvCache: timesCacheWrite(row)}}
}

/** The timed region holds the write of new keys and values: stated, or known of the tool that measured. */
function timesCacheWrite({source, notes}: TraceRow): boolean {
  return source === 'aiconfigurator' || notes.tags.some((tag) => tag.includes('KV-cache write'))
}

function collectiveStep(collective: Collective): StepBuilder {
  return shaped(['bytes', 'ranks'], ({bytes, ranks}, _row, dtype) => ({kind: 'collective', options: {collective, bytes, ranks, dtype}}))
}
