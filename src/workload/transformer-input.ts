import type {AttentionSpec, LatentSpec, LayerGroup, MlpSpec, MoeSpec, NormSpec, PatchSpec, TransformerSpec} from './transformer-spec.js'

type Optional<T, Kept extends keyof T> = Pick<T, Kept> & {readonly [Key in Exclude<keyof T, Kept>]?: T[Key] | undefined}

/** A transformer as a file describes it: what follows from the rest may be left out. */
export interface TransformerInput {
  readonly source: string
  readonly architecture?: TransformerSpec['architecture'] | undefined
  readonly hidden: number
  readonly vocabulary?: number | undefined
  readonly layers: number | readonly Optional<LayerGroup, 'count'>[]
  readonly attention: Optional<Omit<AttentionSpec, 'latent'>, 'heads'> & {
    readonly latent?: Optional<LatentSpec, 'kvRank' | 'ropeHeadDim'> | undefined
  }
  readonly mlp?: Optional<MlpSpec, 'intermediate' | 'activation'> | undefined
  readonly moe?: Optional<MoeSpec, 'experts' | 'topK' | 'intermediate' | 'activation'> | undefined
  readonly norm: Optional<NormSpec, 'function'>
  readonly parallelBlocks?: TransformerSpec['parallelBlocks'] | undefined
  readonly positions: TransformerSpec['positions']
  readonly rotaryRatio?: number | undefined
  readonly positionRows?: number | undefined
  readonly tokenTypes?: number | undefined
  readonly embeddingNorm?: boolean | undefined
  readonly finalNorm?: boolean | undefined
  readonly head?: TransformerSpec['head'] | undefined
  readonly headBias?: boolean | undefined
  readonly labels?: number | undefined
  readonly tiedEmbedding?: boolean | undefined
  readonly pooler?: boolean | undefined
  readonly patches?: PatchSpec | undefined
  readonly jointProjections?: boolean | undefined
  readonly dropout?: boolean | undefined
}

/** A complete model from its description. */
export function transformerSpec(name: string, input: TransformerInput): TransformerSpec {
  const {hidden, mlp, moe, norm, patches} = input
  const layers = layerGroups(input.layers, moe !== undefined && mlp === undefined)
  const has = (kind: LayerGroup['mlp']): boolean => layers.some((group) => group.mlp === kind)
  return {
    name,
    source: input.source,
    architecture: input.architecture ?? 'decoder',
    hidden,
    vocabulary: input.vocabulary ?? 0,
    layers,
    attention: attentionSpec(hidden, input.attention),
    ...(mlp && has('dense') && {mlp: {bias: false, ...defined(mlp)}}),
    ...(moe && has('moe') && {moe: {bias: false, routerBias: false, sharedIntermediate: 0, sharedGate: false, ...defined(moe)}}),
    norm: {placement: 'pre', ...defined(norm)},
    parallelBlocks: input.parallelBlocks ?? 'no',
    positions: input.positions,
    rotaryRatio: input.rotaryRatio ?? 1,
    positionRows: input.positionRows ?? 0,
    tokenTypes: input.tokenTypes ?? 0,
    embeddingNorm: input.embeddingNorm ?? false,
    finalNorm: input.finalNorm ?? norm.placement !== 'post',
    head: input.head ?? 'language',
    headBias: input.headBias ?? false,
    labels: input.labels ?? 0,
    tiedEmbedding: input.tiedEmbedding ?? false,
    pooler: input.pooler ?? false,
    ...(patches && {patches}),
    jointProjections: input.jointProjections ?? false,
    dropout: input.dropout ?? false,
  }
}

function layerGroups(layers: TransformerInput['layers'], allMoe: boolean): LayerGroup[] {
  const base = {mlp: allMoe ? 'moe' : 'dense', window: 0} as const
  if (typeof layers === 'number') return [{count: layers, ...base}]
  return foldedLayers(layers.map((group) => ({...base, ...defined(group)})))
}

/** Groups of equal build become one; their order does not change what they cost. */
function foldedLayers(groups: readonly LayerGroup[]): LayerGroup[] {
  const folded = new Map<string, LayerGroup>()
  for (const group of groups) {
    const key = `${group.mlp} ${group.window}`
    const known = folded.get(key)
    folded.set(key, known ? {...known, count: known.count + group.count} : group)
  }
  return [...folded.values()]
}

function attentionSpec(hidden: number, input: TransformerInput['attention']): AttentionSpec {
  const {latent, ...rest} = input
  const headDim = input.headDim ?? hidden / input.heads
  return {
    kvHeads: input.heads,
    headDim,
    valueHeadDim: headDim,
    qkvBias: false,
    outputBias: false,
    qkNorm: 'none',
    sinks: false,
    scoreCap: false,
    eagerScale: 'scores',
    eagerMask: 'sum',
    eagerSoftmax: 'fp32',
    ...defined(rest),
    heads: input.heads,
    ...(latent && {latent: {queryRank: 0, ...defined(latent)}}),
  }
}

/** An object without the keys whose value is undefined, so that spreading it keeps defaults. */
function defined<T extends object>(object: T): {[Key in keyof T]: Exclude<T[Key], undefined>} {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>
  }
}
