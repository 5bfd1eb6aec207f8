import {dtypeBytes} from '../foundation/dtype.js'
import {writesCache} from './transformer-attention-core.js'
import {type PassContext, share} from './transformer-context.js'
import {parameterCounts} from './transformer-parameters.js'
import {activations, type LayerGroup, layerCount} from './transformer-spec.js'

/** Parameters that one device holds: tables, projections and experts are split, norms are copied. */
export function weightCountPerDevice({spec, ranks, kvHeads}: PassContext): number {
  const counts = parameterCounts(spec)
  if (ranks === 1) return Object.values(counts).reduce((sum: number, part: number) => sum + part, 0)
  const {kvHeads: allKvHeads, headDim, valueHeadDim, latent} = spec.attention
  const layers = layerCount(spec)
  const sparseLayers = spec.layers.reduce((sum, {count, mlp}) => sum + (mlp === 'moe' ? count : 0), 0)
  // Every device holds key and value projections of at least one head, all down projections of latent attention, and the router.
  const keyCopies = latent ? 0 : (kvHeads - allKvHeads / ranks) * (headDim + valueHeadDim) * spec.hidden
  const down = latent ? spec.hidden * (latent.queryRank + latent.kvRank + latent.ropeHeadDim) : 0
  const router = spec.moe ? spec.hidden * spec.moe.experts : 0
  const copies = layers * (keyCopies + down * (1 - 1 / ranks)) + sparseLayers * router * (1 - 1 / ranks)
  return (counts.embedding + counts.attention + counts.mlp + counts.experts + counts.head) / ranks + counts.norms + copies
}

/** Keys and values of all sequences at the end of the pass; a window keeps no more than its width. */
export function kvCacheBytes(context: PassContext): number {
  if (!writesCache(context)) return 0
  const {spec, pass, kvTokens, kvHeads} = context
  const {headDim, valueHeadDim, latent} = spec.attention
  const tokenElements = latent ? latent.kvRank + latent.ropeHeadDim : kvHeads * (headDim + valueHeadDim)
  let tokens = 0
  for (const {count, window} of spec.layers) tokens += count * (window > 0 ? Math.min(window, kvTokens) : kvTokens)
  return pass.batch * tokens * tokenElements * dtypeBytes(pass.kvDtype)
}

/**
 * Activations that wait for the backward pass. Korthikanti et al., "Reducing activation recomputation in large transformer models",
 * 2022, equations 1 to 6, with each term written for the model's own widths (34 sbh + 5 as²b a layer for a GPT).
 */
export function trainingActivationBytes(context: PassContext): number {
  const {spec} = context
  const layers = spec.layers.reduce((sum, group) => sum + group.count * layerActivationBytes(context, group), 0)
  return layers + outerActivationBytes(context)
}

function layerActivationBytes(context: PassContext, group: LayerGroup): number {
  const {spec, pass, tokens, ranks} = context
  const bytes = dtypeBytes(pass.activationDtype)
  const inputBytes = tokens * spec.hidden * bytes
  if (pass.recompute === 'full') return inputBytes / (pass.sequenceParallel ? ranks : 1)
  // Outside the split blocks: inputs of two norms and of both blocks, masks of two dropouts.
  const outside = 4 * inputBytes + (spec.dropout ? 2 * tokens * spec.hidden : 0)
  return (
    outside / (pass.sequenceParallel ? ranks : 1) +
    tokens * bytes * (attentionElements(context) + mlpElements(context, group)) +
    scoreBytes(context)
  )
}

/** Queries, keys, values and the output projection's input, of one token. */
function attentionElements({spec, heads, kvHeads}: PassContext): number {
  const {headDim, valueHeadDim, latent} = spec.attention
  const compressed = latent ? latent.queryRank + latent.kvRank + latent.ropeHeadDim : 0
  return heads * (headDim + valueHeadDim) + kvHeads * (headDim + valueHeadDim) + compressed
}

/** Inputs of the activation and of the downward product, of one token. */
function mlpElements(context: PassContext, group: LayerGroup): number {
  const {mlp, moe, hidden} = context.spec
  if (group.mlp === 'dense') return mlp ? share(context, mlp.intermediate) * (activations[mlp.activation].isGated ? 3 : 2) : 0
  if (!moe) return 0
  const width = moe.topK * moe.intermediate + moe.sharedIntermediate
  return share(context, width) * (activations[moe.activation].isGated ? 3 : 2) + moe.topK * hidden + moe.experts
}

/** Softmax's output, dropout's mask and output; fused attention keeps one statistic a row instead. */
function scoreBytes({spec, pass, tokens, heads, kvTokens}: PassContext): number {
  if (pass.recompute === 'selective' && !pass.fused) return 0
  if (pass.fused) return tokens * heads * 4
  const bytes = dtypeBytes(pass.activationDtype)
  return tokens * heads * kvTokens * (spec.dropout ? 2 * bytes + 1 : bytes)
}

/** Dropout of the embedding, input of the final norm and of the head, logits in fp32. */
function outerActivationBytes(context: PassContext): number {
  const {spec, pass, tokens, ranks} = context
  const split = pass.sequenceParallel ? ranks : 1
  const inputBytes = tokens * spec.hidden * dtypeBytes(pass.activationDtype)
  const masks = spec.dropout ? tokens * spec.hidden : 0
  const outputs =
    spec.head === 'none' || pass.lmHead === 'none' ? 0 : spec.head === 'language' ? share(context, spec.vocabulary) : spec.labels
  const rows = spec.head === 'language' && pass.lmHead === 'all' ? tokens : pass.batch
  return (masks + (spec.finalNorm ? inputBytes : 0)) / split + (outputs > 0 ? inputBytes / split + 4 * rows * outputs : 0)
}
