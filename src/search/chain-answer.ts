import {analyseChain, type ChainAnalysis, heldTiles} from '../mapping/chain-analysis.js'
import type {FusedNest} from '../mapping/fused-nest.js'
import type {ChainProblem} from '../mapping/member-traffic.js'
import {type Aim, worsening} from './objectives.js'

export const chainStrategies = ['flash-attention', 'fused', 'unfused'] as const
export type ChainStrategy = (typeof chainStrategies)[number]

/** Objectives of a chain: a frontier is for single problems. */
export type ChainAim = Exclude<Aim, 'frontier'>

/** A level that does not hold the blocks of a chain. */
export interface ChainMisfit {
  readonly level: string
  readonly capacityBytes: number
  readonly usedBytes: number
  readonly overBytes: number
  /** What takes the room, largest first. */
  readonly tensors: readonly {readonly name: string; readonly tileWords: number; readonly tileBytes: number}[]
}

interface Named {
  readonly accelerator: string
  readonly problem: string
  readonly strategy: ChainStrategy
  /** Extents of a block, by dimension of the chain. */
  readonly blockSizes: Readonly<Record<string, number>>
}

/** What a chain does one way, or which levels do not hold its blocks. */
export type ChainAnswer = Named &
  (({readonly fits: true} & ChainAnalysis) | {readonly fits: false; readonly misfits: readonly ChainMisfit[]})

/** Where a level does not hold its blocks that is told, and nothing counted; undefined where `counts` says not to. */
export function chainAnswer(
  problem: ChainProblem,
  nest: FusedNest,
  strategy: ChainStrategy,
  counts: () => boolean = () => true,
): ChainAnswer | undefined {
  const {chain, hierarchy, dimensions} = problem
  const blockSizes = Object.fromEntries(dimensions.map(({name}, dimension) => [name, nest.blockSizes[dimension]!]))
  const named = {accelerator: hierarchy.name, problem: chain.name, strategy, blockSizes}
  const misfits = misfitsOf(problem, nest)
  if (misfits.length > 0) return {...named, fits: false, misfits}
  return counts() ? {...named, fits: true, ...analyseChain(problem, nest)} : undefined
}

function misfitsOf(problem: ChainProblem, nest: FusedNest): readonly ChainMisfit[] {
  const {hierarchy, tensors} = problem
  return heldTiles(problem, nest).flatMap(({tileWords, usedBytes}, index): ChainMisfit[] => {
    const {name: level, capacityBytes} = hierarchy.levels[index]!
    if (usedBytes <= capacityBytes) return []
    const tiles = tensors
      .map(({tensor: {name, elementBits}}, tensor) => ({
        name,
        tileWords: tileWords[tensor]!,
        tileBytes: (tileWords[tensor]! * elementBits) / 8,
      }))
      .filter((tile) => tile.tileWords > 0)
      .sort((a, b) => b.tileBytes - a.tileBytes)
    return [{level, capacityBytes, usedBytes, overBytes: usedBytes - capacityBytes, tensors: tiles}]
  })
}

/** The better of two, one that fits before one that does not, of those the nearer to fitting; of equals the one of less energy. */
export function betterAnswer(best: ChainAnswer, answer: ChainAnswer, aim: ChainAim): ChainAnswer {
  if (!answer.fits) return best.fits || overBytesOf(best) <= overBytesOf(answer) ? best : answer
  if (!best.fits) return answer
  return worsening([...aim, 'energy'], answer.latencySeconds, answer.energyJoules, best.latencySeconds, best.energyJoules) < 0
    ? answer
    : best
}

function overBytesOf(answer: ChainAnswer): number {
  return answer.fits ? 0 : answer.misfits.reduce((sum, {overBytes}) => sum + overBytes, 0)
}
