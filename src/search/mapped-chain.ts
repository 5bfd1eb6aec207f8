import type {Hierarchy} from '../accelerator/hierarchy.js'
import {unknownName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import {analyseChain, type ChainAnalysis, chainProblem} from '../mapping/chain-analysis.js'
import type {FusedNest} from '../mapping/fused-nest.js'
import type {ChainProblem} from '../mapping/member-traffic.js'
import type {Chain} from '../workload/chain.js'
import {type Fusion, fuseChain, fusionLevels, sharedDimensions, unfusedNest} from './fuse-chain.js'
import {type Aim, worsening} from './objectives.js'

export const chainStrategies = ['flash-attention', 'fused', 'unfused'] as const
export type ChainStrategy = (typeof chainStrategies)[number]

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

/** What a fused chain does, or which level does not hold even its smallest blocks. */
export type MappedChain = Named &
  (({readonly fits: true} & ChainAnalysis) | {readonly fits: false; readonly misfits: readonly ChainMisfit[]})

/** The best way that is found to run a chain: fused in blocks, or its members one by one. */
export function mappedChain(chain: Chain, hierarchy: Hierarchy, strategy: string | undefined, aim: Aim): MappedChain {
  if (aim === 'frontier')
    throw new UserError('a chain is mapped for objectives, not for a frontier', {
      code: 'USAGE',
      suggestions: ['name one: --objective latency'],
    })
  const problem = chainProblem(chain, hierarchy)
  const known = chainStrategies.find((name) => name === strategy)
  if (strategy !== undefined && known === undefined) throw unknownName('strategy of chains', strategy, chainStrategies)
  if (known === 'flash-attention' && chain.states.length === 0)
    throw new UserError(`flash-attention fuses attention, which ${chain.name} is not`, {
      code: 'NOT_ATTENTION',
      suggestions: ['--strategy fused keeps what passes inside in any chain'],
    })
  const fused = known === 'unfused' ? undefined : bestFused(problem, known ?? 'fused', aim)
  const unfused = known === undefined || known === 'unfused' ? unfusedAnswer(problem) : undefined
  const answers = [fused, unfused].filter((answer) => answer !== undefined)
  const [first] = answers
  if (first === undefined)
    throw new UserError(`no nest of ${chain.name} runs on ${hierarchy.name}`, {
      code: 'NO_MAPPING',
      suggestions: ['map its members one by one to see why'],
    })
  return answers.reduce((best, answer) => better(best, answer, aim), first)
}

/** Of equals the one of less energy. */
function better(best: MappedChain, answer: MappedChain, aim: Exclude<Aim, 'frontier'>): MappedChain {
  if (!answer.fits) return best.fits ? best : leastOver(best) <= leastOver(answer) ? best : answer
  if (!best.fits) return answer
  return worsening([...aim, 'energy'], answer.latencySeconds, answer.energyJoules, best.latencySeconds, best.energyJoules) < 0
    ? answer
    : best
}

function leastOver(answer: MappedChain): number {
  return answer.fits ? 0 : answer.misfits.reduce((sum, {overBytes}) => sum + overBytes, 0)
}

function unfusedAnswer(problem: ChainProblem): MappedChain | undefined {
  const nest = unfusedNest(problem)
  return nest && answerOf(problem, nest, 'unfused')
}

/**
 * The best blocks at the innermost memory, where units of native tiles run plain nests, and at each memory outside of it, where members
 * spread over all that is inside.
 */
function bestFused(problem: ChainProblem, strategy: ChainStrategy, aim: Exclude<Aim, 'frontier'>): MappedChain | undefined {
  const {hierarchy} = problem
  const inner = fusionLevels(hierarchy)
  const isPlain = hierarchy.arithmetic.tile !== undefined
  const outside = strategy === 'flash-attention' ? [] : Array.from({length: inner.fusionLevel - 1}, (_, index) => index + 1)
  const within = (extents: readonly number[]): MappedChain[] =>
    blockChoices(problem, extents).flatMap((blockSizes) =>
      fusedAnswer(problem, {...inner, blockSizes, residentCount: 1, bufferCount: 2, isPlain}, strategy),
    )
  const outsideOf = outside.flatMap((level) =>
    blockChoices(problem, outerBlocks).flatMap((blockSizes) =>
      fusedAnswer(problem, {fusionLevel: level, homeLevel: level, blockSizes, residentCount: 1, bufferCount: 2}, strategy),
    ),
  )
  const answers = [...within(isPlain ? plainBlocks : searchedBlocks), ...outsideOf]
  if (!answers.some(({fits}) => fits)) answers.push(...within(smallBlocks))
  return answers.length === 0 ? undefined : answers.reduce((best, answer) => better(best, answer, aim))
}

/** With room for the next tiles where they fit, else without. */
function fusedAnswer(problem: ChainProblem, fusion: Fusion, strategy: ChainStrategy): readonly MappedChain[] {
  const nest = fuseChain(problem, fusion)
  if (nest === undefined) return []
  const answer = answerOf(problem, nest, strategy)
  return [answer.fits ? answer : answerOf(problem, {...nest, bufferCount: 1}, strategy)]
}

/** Extents that are tried of each dimension that blocks are cut along; those whose members are searched for are fewer. */
const plainBlocks = [16, 32, 64, 128, 256, 512]
const searchedBlocks = [16, 64, 256]
/** Where none of those fits. */
const smallBlocks = [1, 4, 8]
const outerBlocks = [256, 1024, 4096]

/** Blocks along the last dimension that groups are made of, and along those that they walk; the other dimensions of groups one by one. */
function blockChoices(problem: ChainProblem, extents: readonly number[]): Readonly<Record<string, number>>[] {
  const {dimensions} = problem
  const {grid, walk} = sharedDimensions(problem)
  const lone = Object.fromEntries(grid.slice(0, -1).map((dimension) => [dimensions[dimension]!.name, 1]))
  return [...grid.slice(-1), ...walk].reduce<Readonly<Record<string, number>>[]>(
    (choices, dimension) => {
      const {name, size} = dimensions[dimension]!
      const sizes = new Set(extents.map((extent) => Math.min(extent, size)))
      return choices.flatMap((choice) => [...sizes].map((extent) => ({...choice, [name]: extent})))
    },
    [lone],
  )
}

function answerOf(problem: ChainProblem, nest: FusedNest, strategy: ChainStrategy): MappedChain {
  const {chain, hierarchy, dimensions, tensors} = problem
  const analysis = analyseChain(problem, nest)
  const blockSizes = Object.fromEntries(dimensions.map(({name}, dimension) => [name, nest.blockSizes[dimension]!]))
  const named = {accelerator: hierarchy.name, problem: chain.name, strategy, blockSizes}
  const misfits = analysis.levels.flatMap(({name: level, usedBytes, tensors: held}, index): ChainMisfit[] => {
    const {capacityBytes} = hierarchy.levels[index]!
    if (usedBytes <= capacityBytes) return []
    const tiles = held
      .map(({name, tileWords}, tensor) => ({name, tileWords, tileBytes: (tileWords * tensors[tensor]!.tensor.elementBits) / 8}))
      .filter(({tileWords}) => tileWords > 0)
      .sort((a, b) => b.tileBytes - a.tileBytes)
    return [{level, capacityBytes, usedBytes, overBytes: usedBytes - capacityBytes, tensors: tiles}]
  })
  return misfits.length > 0 ? {...named, fits: false, misfits} : {...named, fits: true, ...analysis}
}
