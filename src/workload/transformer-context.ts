import type {Dtype} from '../foundation/dtype.js'
import {UserError} from '../foundation/user-error.js'
import type {OperatorOptions} from './operators/operator-kind.js'
import type {Pass} from './pass.js'
import {patchTokenCount, type TransformerSpec} from './transformer-spec.js'

/** A model and a pass, with what the steps of every layer need to know of both: one device's share of it. */
export interface PassContext {
  readonly spec: TransformerSpec
  readonly pass: Pass
  /** New tokens of each sequence, and of all. */
  readonly queryTokens: number
  readonly tokens: number
  /** Tokens whose norms and sums this device computes: all, or its part with sequence parallelism. */
  readonly splitTokens: number
  /** Tokens that the pass takes in or puts out, over all sequences. */
  readonly countedTokens: number
  /** Keys of each sequence. */
  readonly kvTokens: number
  readonly heads: number
  readonly kvHeads: number
  readonly ranks: number
  /** Options of work on stored activations. */
  readonly stored: Pick<OperatorOptions, 'dtype' | 'arithmeticDtype'>
  readonly gradientDtype: Dtype
}

/** What a pass over a model is, seen from one of its devices. */
export function passContext(spec: TransformerSpec, pass: Pass): PassContext {
  checkPhase(spec, pass)
  const queryTokens = queryTokensOf(spec, pass)
  const {heads, kvHeads} = spec.attention
  const ranks = pass.tensorParallel
  checkRanks(spec, ranks)
  const tokens = pass.batch * queryTokens
  return {
    spec,
    pass,
    queryTokens,
    tokens,
    splitTokens: pass.sequenceParallel && pass.phase === 'train' ? tokens / ranks : tokens,
    countedTokens: pass.phase === 'decode' ? pass.batch : tokens,
    kvTokens: pass.phase === 'decode' ? pass.contextTokens : queryTokens + (pass.phase === 'prefill' ? pass.prefixTokens : 0),
    heads: heads / ranks,
    kvHeads: Math.max(1, kvHeads / ranks),
    ranks,
    stored: {dtype: pass.activationDtype, arithmeticDtype: pass.accumulateDtype},
    gradientDtype: pass.accumulateDtype,
  }
}

/** Without a KV cache, each new token runs its whole context again. */
function queryTokensOf(spec: TransformerSpec, pass: Pass): number {
  if (pass.phase === 'decode') return pass.kvCache ? 1 : pass.contextTokens
  return spec.patches ? patchTokenCount(spec.patches) : pass.promptTokens
}

function checkRanks(spec: TransformerSpec, ranks: number): void {
  const {heads, kvHeads} = spec.attention
  const sharesKeys = kvHeads % ranks === 0 || ranks % kvHeads === 0
  if (heads % ranks === 0 && sharesKeys) return
  const divisors = Array.from({length: heads}, (_, i) => i + 1).filter((n) => heads % n === 0 && (kvHeads % n === 0 || n % kvHeads === 0))
  throw new UserError(`${spec.name} has ${heads} query and ${kvHeads} key heads, which ${ranks} devices cannot share equally`, {
    code: 'BAD_VALUE',
    suggestions: [`tensorParallel: one of ${divisors.join(', ')}`],
  })
}

function checkPhase(spec: TransformerSpec, pass: Pass): void {
  if (spec.architecture === 'decoder') return
  if (pass.phase === 'decode') throw encoderError(spec, 'does not generate tokens one by one', 'phase: prefill runs the whole sequence')
  if (pass.prefixTokens > 0) throw encoderError(spec, 'has no cached prefix', 'leave prefixTokens out')
}

function encoderError(spec: TransformerSpec, reason: string, suggestion: string): UserError {
  return new UserError(`${spec.name} is an encoder and ${reason}`, {code: 'PHASE_UNSUPPORTED', suggestions: [suggestion]})
}

/** One device's part of a width; what does not divide is padded. */
export function share(context: PassContext, width: number): number {
  return Math.ceil(width / context.ranks)
}
