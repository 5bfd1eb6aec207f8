import type {ElementFunctionName} from './operators/elementwise.js'
import type {NormFunction} from './operators/layernorm.js'

/** What an MLP applies between its products; a gated one has two upward projections. */
export const activations = {
  gelu: {function: 'gelu', isGated: false},
  'gelu-tanh': {function: 'gelu-tanh', isGated: false},
  // As 'gelu-tanh', but published as eight eager kernels (GPT-2, BLOOM).
  'gelu-new': {function: 'gelu-tanh', isGated: false},
  relu: {function: 'relu', isGated: false},
  'squared-relu': {function: 'squared-relu', isGated: false},
  silu: {function: 'silu', isGated: false},
  swiglu: {function: 'swiglu', isGated: true},
  geglu: {function: 'geglu', isGated: true},
} as const satisfies Record<string, {function: ElementFunctionName; isGated: boolean}>

export type Activation = keyof typeof activations

/** Layers of equal build; their order does not change what they cost. */
export interface LayerGroup {
  readonly count: number
  readonly mlp: 'dense' | 'moe'
  /** Keys that a query sees; 0 is all. */
  readonly window: number
}

/** Latent attention (DeepSeek-V2, 2024): keys and values are expanded out of one short vector per token. */
export interface LatentSpec {
  /** Rank of the query projection; 0 projects directly. */
  readonly queryRank: number
  readonly kvRank: number
  readonly ropeHeadDim: number
}

export interface AttentionSpec {
  readonly heads: number
  readonly kvHeads: number
  /** Of queries and keys, the rotated part included. */
  readonly headDim: number
  readonly valueHeadDim: number
  readonly qkvBias: boolean
  readonly outputBias: boolean
  /** Norm of queries and keys: over each head, or over all heads together. */
  readonly qkNorm: 'none' | 'head' | 'all'
  /** A learned score per head that takes part in the softmax (gpt-oss). */
  readonly sinks: boolean
  /** Scores pass through a scaled tanh (Gemma 2). */
  readonly scoreCap: boolean
  /** Where the published eager code scales: the scores by a number or by a tensor of one element, the queries, or the scores together with the mask. */
  readonly eagerScale: 'scores' | 'scores-by-tensor' | 'queries' | 'with-mask'
  /** How that code hides scores: it adds a mask, selects by one, or sees all. */
  readonly eagerMask: 'sum' | 'selection' | 'none'
  /** Whether that code takes the softmax in fp32, with a cast before and after, or as stored. */
  readonly eagerSoftmax: 'fp32' | 'stored'
  readonly latent?: LatentSpec
}

export interface MlpSpec {
  readonly intermediate: number
  readonly activation: Activation
  readonly bias: boolean
}

export interface MoeSpec {
  readonly experts: number
  readonly topK: number
  readonly intermediate: number
  readonly activation: Activation
  /** Bias of each expert's products, and of the router. */
  readonly bias: boolean
  readonly routerBias: boolean
  readonly sharedIntermediate: number
  /** The shared expert's output is scaled by a learned gate (Qwen2-MoE). */
  readonly sharedGate: boolean
}

export interface NormSpec {
  readonly function: NormFunction
  /** pre: before each block; post: after each residual sum; sandwich: before each block and on its output. */
  readonly placement: 'pre' | 'post' | 'sandwich'
}

export interface PatchSpec {
  readonly imageSize: number
  readonly patchSize: number
  readonly channels: number
}

/** A transformer as plain data: everything that shapes its graph and its parameters, and nothing of a pass or a machine. */
export interface TransformerSpec {
  readonly name: string
  readonly source: string
  readonly architecture: 'decoder' | 'encoder'
  readonly hidden: number
  readonly vocabulary: number
  readonly layers: readonly LayerGroup[]
  readonly attention: AttentionSpec
  readonly mlp?: MlpSpec
  readonly moe?: MoeSpec
  readonly norm: NormSpec
  /** Attention and MLP read the same input (GPT-NeoX, Phi), through one norm or two. */
  readonly parallelBlocks: 'no' | 'one-norm' | 'two-norms'
  readonly positions: 'rotary' | 'learned' | 'alibi'
  /** Share of each head's elements that is rotated. */
  readonly rotaryRatio: number
  /** Rows of the learned position table. */
  readonly positionRows: number
  readonly tokenTypes: number
  readonly embeddingNorm: boolean
  readonly finalNorm: boolean
  /** language: logits over the vocabulary; classifier: `labels` on one token. */
  readonly head: 'none' | 'language' | 'classifier'
  readonly headBias: boolean
  readonly labels: number
  readonly tiedEmbedding: boolean
  /** A dense layer with tanh on the first token (BERT). */
  readonly pooler: boolean
  readonly patches?: PatchSpec
  /** The published code holds query, key and value (and gate and up) in one matrix each, also when it runs eagerly. */
  readonly jointProjections: boolean
  readonly dropout: boolean
}

/** All layers of a model. */
export function layerCount(spec: TransformerSpec): number {
  return spec.layers.reduce((sum, group) => sum + group.count, 0)
}

/** Tokens that an image becomes, the class token included. */
export function patchTokenCount(patches: PatchSpec): number {
  return (patches.imageSize / patches.patchSize) ** 2 + 1
}
