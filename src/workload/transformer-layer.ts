import {dtypeBytes} from '../foundation/dtype.js'
import type {Step} from './operators/table.js'
import {attentionSteps} from './transformer-attention.js'
import {type PassContext, share} from './transformer-context.js'
import {mlpSteps} from './transformer-mlp.js'
import {type LayerGroup, patchTokenCount} from './transformer-spec.js'
import {joinRanks, linear, lookUp, norm, pointwise, residualSum} from './transformer-steps.js'

/** One layer of a group, in the order in which it runs. */
export function layerSteps(context: PassContext, group: LayerGroup): Step[] {
  const attention = [
    ...attentionSteps(context, group.window),
    ...joinRanks(context, 'attention'),
    ...dropout(context, 'attention_output_dropout'),
  ]
  const mlp = [...mlpSteps(context, group), ...joinRanks(context, 'mlp'), ...dropout(context, 'mlp_dropout')]
  if (context.spec.parallelBlocks !== 'no') return parallelLayer(context, attention, mlp)
  const sums = {attention: residualSum(context, 'attention_residual'), mlp: residualSum(context, 'mlp_residual')}
  switch (context.spec.norm.placement) {
    case 'pre':
      return [
        ...norm(context, 'attention_norm', 'kept'),
        ...attention,
        ...sums.attention,
        ...norm(context, 'mlp_norm', 'kept'),
        ...mlp,
        ...sums.mlp,
      ]
    case 'post':
      return [
        ...attention,
        ...sums.attention,
        ...norm(context, 'attention_norm', 'consumed'),
        ...mlp,
        ...sums.mlp,
        ...norm(context, 'mlp_norm', 'consumed'),
      ]
    case 'sandwich':
      return [
        ...norm(context, 'attention_norm', 'kept'),
        ...attention,
        ...norm(context, 'attention_post_norm', 'none'),
        ...sums.attention,
        ...norm(context, 'mlp_norm', 'kept'),
        ...mlp,
        ...norm(context, 'mlp_post_norm', 'none'),
        ...sums.mlp,
      ]
  }
}

/** Attention and MLP of the same input; a fused norm takes one of the two sums along. */
function parallelLayer(context: PassContext, attention: readonly Step[], mlp: readonly Step[]): Step[] {
  const second = context.spec.parallelBlocks === 'two-norms' ? norm(context, 'mlp_norm', 'none') : []
  const branchSum = pointwise(context, 'branch_sum', 'add', context.spec.hidden, context.splitTokens)
  return [...norm(context, 'attention_norm', 'kept'), ...second, ...attention, ...mlp, branchSum, ...residualSum(context, 'residual')]
}

/** Fused training kernels take dropout along; it runs alone in eager training only. */
function dropout(context: PassContext, name: string): Step[] {
  const {spec, pass} = context
  return spec.dropout && pass.phase === 'train' && !pass.fused
    ? [pointwise(context, name, 'dropout', spec.hidden, context.splitTokens)]
    : []
}

/** What runs before the first layer. */
export function embeddingSteps(context: PassContext): Step[] {
  const {spec, pass} = context
  const normSteps = spec.embeddingNorm ? norm(context, 'embedding_norm', 'none') : []
  if (spec.patches) {
    const {channels, patchSize} = spec.patches
    const patches = pass.batch * (patchTokenCount(spec.patches) - 1)
    return [
      linear(context, 'patch_embedding', spec.hidden, channels * patchSize ** 2, {m: patches, bias: true}),
      pointwise(context, 'position_sum', 'addu', spec.hidden),
      ...normSteps,
    ]
  }
  const names = [
    'token_embedding',
    ...(spec.positionRows > 0 ? ['position_embedding'] : []),
    ...(spec.tokenTypes > 0 ? ['type_embedding'] : []),
  ]
  // The table is split along the vocabulary, so each device finds a part of the rows.
  const join = joinRanks(context, 'embedding')
  if (pass.fused) return [lookUp(context, 'embedding', names.length), ...join, ...normSteps]
  const tables = names.map((name) => lookUp(context, name, 1))
  const sums = names.slice(1).map((name) => pointwise(context, `${name}_sum`, 'add', spec.hidden))
  return [...tables, ...sums, ...join, ...normSteps]
}

/** What runs after the last layer. */
export function headSteps(context: PassContext): Step[] {
  const {spec, pass, tokens} = context
  const {hidden} = spec
  const steps: Step[] = spec.finalNorm ? norm(context, 'final_norm', 'none') : []
  if (spec.pooler) {
    steps.push(
      linear(context, 'pooler', hidden, hidden, {m: pass.batch, bias: true}),
      pointwise(context, 'pooler_tanh', 'tanh', hidden, pass.batch),
    )
  }
  if (spec.head === 'none' || pass.lmHead === 'none') return steps
  const rows = spec.head === 'language' && pass.lmHead === 'all' ? tokens : pass.batch
  const outputs = share(context, spec.head === 'language' ? spec.vocabulary : spec.labels)
  steps.push(linear(context, 'head', outputs, hidden, {m: rows, bias: spec.headBias}))
  if (context.ranks > 1 && pass.phase !== 'train') steps.push(gatherLogits(context, rows * outputs * context.ranks))
  if (pass.phase === 'train') steps.push({kind: 'softmax', options: {name: 'loss_softmax', m: rows, n: outputs, ...context.stored}})
  return steps
}

/** Every device gets all logits, to choose the same token. */
function gatherLogits({pass, ranks, stored}: PassContext, elementCount: number): Step {
  const bytes = elementCount * dtypeBytes(pass.activationDtype)
  return {kind: 'collective', options: {name: 'head_all_gather', collective: 'all_gather', bytes, ranks, ...stored}}
}
