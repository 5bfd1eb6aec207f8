import {type Dtype, dtypeBits, dtypes} from '../foundation/dtype.js'
import type {Launch} from './kernel-run.js'
import {type ExpertDistribution, expertDistributions} from './operators/expert-load.js'

export const phases = ['prefill', 'decode', 'train'] as const
export type Phase = (typeof phases)[number]

export const recomputations = ['none', 'selective', 'full'] as const
export type Recomputation = (typeof recomputations)[number]

const headTokens = ['last', 'all', 'none'] as const
export type HeadTokens = (typeof headTokens)[number]

const passLaunches = ['graph', 'queued'] as const satisfies readonly Launch[]
export type PassLaunch = (typeof passLaunches)[number]

/** One run of a model: what goes in, in which formats, and how its kernels are cut. */
export interface Pass {
  readonly phase: Phase
  readonly batch: number
  readonly promptTokens: number
  readonly prefixTokens: number
  readonly contextTokens: number
  readonly dtype: Dtype
  readonly weightDtype: Dtype
  readonly activationDtype: Dtype
  readonly kvDtype: Dtype
  readonly accumulateDtype: Dtype
  readonly fused: boolean
  readonly launch: PassLaunch
  readonly recompute: Recomputation
  readonly kvCache: boolean
  readonly lmHead: HeadTokens
  readonly expertDistribution: ExpertDistribution
  readonly expertExponent: number
  readonly tensorParallel: number
  readonly sequenceParallel: boolean
}

export type PassName = keyof Pass
export type PassInput = {readonly [Name in PassName]?: Pass[Name] | undefined}
export type PassValue = Pass[PassName]

/** What a setting is, for flags, study axes, help and errors. */
export interface PassSetting {
  readonly name: PassName
  readonly type: 'count' | 'number' | 'choice' | 'switch'
  readonly unit: string
  readonly description: string
  readonly choices?: readonly string[]
  readonly minimum?: number
  /** Phases whose work it can change. */
  readonly phases: readonly Phase[]
  /** Token counts that its default follows, through which they act in its phases too. */
  readonly follows?: readonly PassName[]
  /** The default in words, where it follows from other settings. */
  readonly defaultText?: string
  readonly default: (input: PassInput & {readonly phase: Phase}) => PassValue
}

const defaultTokens = 2048
const inference: readonly Phase[] = ['prefill', 'decode']

const storedDtype = (input: PassInput): Dtype => input.activationDtype ?? widened(input.dtype ?? 'bf16')
const widened = (dtype: Dtype): Dtype => (dtypeBits[dtype] < 16 ? 'bf16' : dtype === 'tf32' ? 'fp32' : dtype)

/** Every setting of a pass; flags, axes of a study and messages are read from this list. Later defaults see earlier settings. */
export const passSettings: readonly PassSetting[] = [
  {
    name: 'phase',
    type: 'choice',
    unit: '',
    choices: phases,
    phases,
    description: 'What runs: prompt, one token per sequence, or a training step.',
    default: () => 'prefill',
  },
  {
    name: 'batch',
    type: 'count',
    unit: 'sequences',
    minimum: 1,
    phases,
    description: 'Sequences (or images) that run together.',
    default: () => 1,
  },
  {
    name: 'prefixTokens',
    type: 'count',
    unit: 'tokens',
    minimum: 0,
    phases: ['prefill'],
    description: 'Tokens of each sequence whose keys and values are in the cache already.',
    default: () => 0,
  },
  {
    name: 'promptTokens',
    type: 'count',
    unit: 'tokens',
    minimum: 1,
    phases: ['prefill', 'train'],
    description: 'New tokens of each sequence.',
    follows: ['contextTokens'],
    defaultText: 'the context without its prefix, else 2048',
    default: (input) => (input.contextTokens ?? defaultTokens + (input.prefixTokens ?? 0)) - (input.prefixTokens ?? 0),
  },
  {
    name: 'contextTokens',
    type: 'count',
    unit: 'tokens',
    minimum: 1,
    phases: ['decode'],
    description: 'Tokens that the new token attends to, itself included.',
    follows: ['prefixTokens', 'promptTokens'],
    defaultText: 'prefix and prompt',
    default: (input) => (input.promptTokens ?? defaultTokens) + (input.prefixTokens ?? 0),
  },
  {name: 'dtype', type: 'choice', unit: '', choices: dtypes, phases, description: 'Format of matrix products.', default: () => 'bf16'},
  {
    name: 'weightDtype',
    type: 'choice',
    unit: '',
    choices: dtypes,
    phases,
    description: 'Storage of weights.',
    defaultText: 'dtype',
    default: (input) => (input.dtype === 'tf32' ? 'fp32' : (input.dtype ?? 'bf16')),
  },
  {
    name: 'activationDtype',
    type: 'choice',
    unit: '',
    choices: dtypes,
    phases,
    description: 'Storage of activations, and format of attention and other work between matrix products.',
    defaultText: 'dtype, but bf16 where that is narrower than 16 bits',
    default: storedDtype,
  },
  {
    name: 'kvDtype',
    type: 'choice',
    unit: '',
    choices: dtypes,
    phases: inference,
    description: 'Storage of the KV cache.',
    defaultText: 'activationDtype',
    default: storedDtype,
  },
  {
    name: 'accumulateDtype',
    type: 'choice',
    unit: '',
    choices: dtypes,
    phases,
    description: 'Format of element arithmetic, and of gradients as they add up.',
    defaultText: 'fp32, or fp64 for fp64',
    default: (input) => (input.dtype === 'fp64' ? 'fp64' : 'fp32'),
  },
  {
    name: 'fused',
    type: 'switch',
    unit: '',
    phases,
    description:
      'One attention kernel, joint projections, norms with their residual; otherwise each kernel on its own, as eager PyTorch runs it.',
    default: () => true,
  },
  {
    name: 'launch',
    type: 'choice',
    unit: '',
    choices: passLaunches,
    phases,
    description: 'Kernels follow each other in a graph on the device, or a host queues each: then many small ones wait for the host.',
    defaultText: 'graph, or queued where each kernel is on its own',
    default: ({fused = true}) => (fused ? 'graph' : 'queued'),
  },
  {
    name: 'recompute',
    type: 'choice',
    unit: '',
    choices: recomputations,
    phases: ['train'],
    description: 'Activations that the backward pass computes again.',
    default: () => 'none',
  },
  {
    name: 'kvCache',
    type: 'switch',
    unit: '',
    phases: inference,
    description: 'Keys and values are kept for later tokens.',
    default: () => true,
  },
  {
    name: 'lmHead',
    type: 'choice',
    unit: '',
    choices: headTokens,
    phases,
    description: 'Tokens of each sequence for which logits are computed.',
    defaultText: 'last, in training all',
    default: (input) => (input.phase === 'train' ? 'all' : 'last'),
  },
  {
    name: 'expertDistribution',
    type: 'choice',
    unit: '',
    choices: expertDistributions,
    phases,
    description: 'How tokens fall on experts.',
    default: () => 'random',
  },
  {
    name: 'expertExponent',
    type: 'number',
    unit: '',
    minimum: 0,
    phases,
    description: 'Exponent of the power law of expert loads.',
    default: () => 1.2,
  },
  {
    name: 'tensorParallel',
    type: 'count',
    unit: 'devices',
    minimum: 1,
    phases,
    description: 'Devices that share each layer.',
    default: () => 1,
  },
  {
    name: 'sequenceParallel',
    type: 'switch',
    unit: '',
    phases: ['train'],
    description: 'Work between tensor-parallel blocks is split along the tokens.',
    default: () => false,
  },
]
