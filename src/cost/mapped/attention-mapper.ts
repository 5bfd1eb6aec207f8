import type {Hierarchy} from '../../accelerator/hierarchy.js'
import {exitCodes, UserError} from '../../foundation/user-error.js'
import {analyseChain, type ChainAnalysis, chainProblem} from '../../mapping/chain-analysis.js'
import type {FusedNest} from '../../mapping/fused-nest.js'
import type {ChainProblem} from '../../mapping/member-traffic.js'
import {unfusedNest} from '../../search/fuse-chain.js'
import {type Objective, worsening} from '../../search/objectives.js'
import {flashAttention} from '../../search/strategies/flash-attention.js'
import {type AttentionProblem, attentionChain} from '../../workload/attention-chain.js'
import type {Chain} from '../../workload/chain.js'
import type {OperatorNode} from '../../workload/operator.js'
import {attentionShape} from '../calibrated/attention-shape.js'
import type {CountedNest} from './product-cost.js'

/** Blocks of queries by keys that kernels of attention are built with; those that fit are tried. */
const blockChoices = [
  {rows: 128, keys: 128},
  {rows: 128, keys: 64},
  {rows: 64, keys: 64},
  {rows: 16, keys: 128},
  {rows: 16, keys: 64},
  {rows: 16, keys: 16},
] as const

/** Queries below which the heads that share keys lie in one block, so that its rows are filled. */
const packedQueryCount = 64

/** The chain that a fused operator of attention is; undefined of forms that chains do not tell: backward, latent, or of two widths. */
export function chainOf(node: OperatorNode): Chain | undefined {
  if (node.class !== 'attention_prefill' && node.class !== 'attention_decode') return undefined
  const shape = attentionShape(node)
  const {headDim, valueHeadDim, elementBytes, keyTokenBytes, queryTokens, isLatent} = shape
  if (isLatent || Math.abs(keyTokenBytes - (headDim + valueHeadDim) * elementBytes) > 1e-6) return undefined
  const problem: AttentionProblem = {...shape, dtype: node.demand.contractions[0]!.dtype}
  return attentionChain(problem, {packsHeads: queryTokens < packedQueryCount, savedStateCount: 0})
}

/** What a chain of attention does: fused in the best of some blocks, its members one by one where none fits or as asked. */
export type MapChain = (chain: Chain, hierarchies: readonly Hierarchy[]) => CountedNest

/** Maps chains, each once. */
export function chainMapper(aim: readonly Objective[], isUnfused: boolean): MapChain {
  const known = new Map<string, CountedNest>()
  return (chain, hierarchies) => {
    const key = JSON.stringify([chain, hierarchies[0]])
    const found = known.get(key) ?? bestChain(chainProblem(chain, hierarchies[0]!), aim, isUnfused)
    known.set(key, found)
    return found
  }
}

function bestChain(problem: ChainProblem, aim: readonly Objective[], isUnfused: boolean): CountedNest {
  const fused = (bufferCount: 1 | 2) =>
    blockChoices.map((blocks) => flashAttention(problem, {...blocks, bufferCount, residentCount: 1, isPlain: true}))
  const nests = isUnfused ? [] : [...fused(2), ...fused(1)]
  let best: ChainAnalysis | undefined
  for (const nest of nests) {
    const analysis = nest && fitting(problem, nest)
    if (analysis === undefined) continue
    const {latencySeconds, energyJoules} = analysis
    if (best === undefined || worsening(aim, latencySeconds, energyJoules, best.latencySeconds, best.energyJoules) < 0) best = analysis
  }
  const inTurn = best === undefined ? unfusedNest(problem) : undefined
  best ??= inTurn && analyseChain(problem, inTurn)
  if (best !== undefined) return countedChain(problem, best)
  throw new UserError(`no nest of ${problem.chain.name} runs on ${problem.hierarchy.name}, fused or not`, {
    code: 'NO_MAPPING',
    suggestions: ['map its members one by one to see why: ridge map --problem'],
    exitCode: exitCodes.infeasible,
  })
}

function fitting(problem: ChainProblem, nest: FusedNest): ChainAnalysis | undefined {
  const analysis = analyseChain(problem, nest)
  const fits = analysis.levels.every(({usedBytes}, level) => usedBytes <= problem.hierarchy.levels[level]!.capacityBytes)
  return fits && Number.isFinite(analysis.latencySeconds) ? analysis : undefined
}

/** What a chain does; work on elements stands with the arithmetic, whose blocks it holds up. */
export function countedChain({tensors}: ChainProblem, {operationCount, arithmeticCycles, levels}: ChainAnalysis): CountedNest {
  return {
    executedOperationCount: 2 * operationCount,
    arithmeticCycles,
    levels: levels.map(({instances, tensors: traffic}) => {
      const bytes = (words: (at: number) => number): number =>
        traffic.reduce((sum, _, at) => sum + (words(at) * tensors[at]!.tensor.elementBits) / 8, 0)
      return {
        instanceCount: instances,
        readBytes: bytes((at) => traffic[at]!.reads),
        writtenBytes: bytes((at) => traffic[at]!.fills + traffic[at]!.updates),
      }
    }),
  }
}
