import type {PassInput} from '../workload/pass.js'
import {recomputations} from '../workload/pass.js'
import type {PassRequest, SkippedRow} from './trace-request.js'
import {skipped} from './trace-request.js'
import type {TraceRow} from './trace-row.js'

/** Images are 224 pixels wide; the graph of a vision transformer sees patches of 16 pixels and one class token. */
const imageTokens = (224 / 16) ** 2 + 1

/** Families of model whose passes have no graph here, by how their names begin. */
const graphlessFamilies: readonly {readonly name: RegExp; readonly family: string}[] = [
  {name: /^(resnet|mobilevit|mobilenet|shufflenet|efficientnet|vgg|convnext)/i, family: 'convolutional'},
  {name: /^switch/i, family: 'encoder–decoder mixture-of-experts'},
  {name: /^(deepspeech|ncf)/i, family: 'non-transformer'},
]

/** What a row of a whole pass asks for; `op` says which pass. */
export function passRequest(row: TraceRow): PassRequest | SkippedRow {
  const {model, op, batch, dtype, notes} = row
  if (model === '') return skipped(`${op} row without model`)
  const graphless = graphlessFamilies.find(({name}) => name.test(model))
  if (graphless !== undefined) return skipped(`no graph for ${graphless.family} model ${nameOf(model)}`)
  if (notes.tags.includes('one epoch')) return skipped(`a whole training epoch of ${nameOf(model)}, without its number of steps`)
  const promptTokens = promptTokensOf(row)
  if (batch === undefined || promptTokens === undefined) return skipped(`${op} row without ${batch === undefined ? 'batch' : 'seq_q'}`)
  if (dtype === undefined) return skipped(`${op} row without dtype`)
  const tensorParallel = taggedNumber(row, /^TP ?(\d+)$/i) ?? 1
  const pipelineParallelCount = taggedNumber(row, /^PP ?(\d+)$/i) ?? 1
  const fused = notes.tags.includes('fusion')
  const shape = {batch, promptTokens, dtype, fused, tensorParallel}
  return {
    kind: 'pass',
    model,
    pass: op === 'train_step' ? {...shape, phase: 'train', ...recomputationOf(row)} : {...shape, phase: 'prefill', ...keptOf(row)},
    // NeuSight times forward and backward only (its `measure_e2e`).
    hasOptimizer: op === 'train_step' && row.source !== 'neusight',
    pipelineParallelCount,
    deviceCount: row.ranks ?? tensorParallel * pipelineParallelCount,
  }
}

/** Serving computes the logits of every token, but encoders classify; a bare forward pass stops at the last hidden state and keeps nothing for later tokens. */
function keptOf({op, model}: TraceRow): Pick<PassInput, 'lmHead' | 'kvCache'> {
  return op === 'serve' ? {lmHead: /bert/i.test(model) ? 'none' : 'all'} : {lmHead: 'none', kvCache: false}
}

/** A model's name without the data set that it was trained on. */
function nameOf(model: string): string {
  return model.split('/')[0] ?? model
}

function promptTokensOf(row: TraceRow): number | undefined {
  return row.seqQ ?? taggedNumber(row, /^seq (\d+)$/) ?? (row.op === 'forward_image' ? imageTokens : undefined)
}

function taggedNumber({notes}: TraceRow, pattern: RegExp): number | undefined {
  for (const tag of notes.tags) {
    const digits = pattern.exec(tag)?.[1]
    if (digits !== undefined) return Number(digits)
  }
  return undefined
}

/** `seqsel` is selective recomputation with sequence parallelism, in the words of Korthikanti et al. 2022. */
function recomputationOf({notes}: TraceRow): Pick<PassInput, 'recompute' | 'sequenceParallel'> {
  const written = notes.values.get('recompute')
  if (written === 'seqsel') return {recompute: 'selective', sequenceParallel: true}
  return {recompute: recomputations.find((known) => known === written) ?? 'none'}
}
