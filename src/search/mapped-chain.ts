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

function better(best: MappedChain, answer: MappedChain, aim: Exclude<Aim, 'frontier'>): MappedChain {
  if (!answer.fits) return best.fits ? best : leastOver(best) <= leastOver(answer) ? best : answer
  if (!best.fits) return answer
  return worsening(aim, answer.latencySeconds, answer.energyJoules, best.latencySeconds, best.energyJoules) < 0 ? answer : best
}

function leastOver(answer: MappedChain): number {
  return answer.fits ? 0 : answer.misfits.reduce((sum, {overBytes}) => sum + overBytes, 0)
}

function unfusedAnswer(problem: ChainProblem): MappedChain | undefined {
  const nest = unfusedNest(problem)
  return nest && answerOf(problem, nest, 'unfused')
}

/** Blocks of powers of two along the last dimension that groups are made of, and along those that they walk; others one by one. */
function bestFused(problem: ChainProblem, strategy: ChainStrategy, aim: Exclude<Aim, 'frontier'>): MappedChain | undefined {
  const levels = fusionLevels(problem.hierarchy)
  const answers = [true, false].flatMap((isPlain) =>
    blockChoices(problem).map(
      (blockSizes) => () => fusedAnswer(problem, {...levels, blockSizes, residentCount: 1, bufferCount: 2, isPlain}, strategy),
    ),
  )
  let best: MappedChain | undefined
  for (const [index, answer] of answers.entries()) {
    if (index === answers.length / 2 && best?.fits === true) break
    const found = answer()
    if (found !== undefined) best = best === undefined ? found : better(best, found, aim)
  }
  return best
}

/** With room for the next tiles where they fit, else without. */
function fusedAnswer(problem: ChainProblem, fusion: Fusion, strategy: ChainStrategy): MappedChain | undefined {
  const nest = fuseChain(problem, fusion)
  if (nest === undefined) return undefined
  const answer = answerOf(problem, nest, strategy)
  return answer.fits ? answer : answerOf(problem, {...nest, bufferCount: 1}, strategy)
}

const leastBlockSize = 16
const mostBlockSize = 512

function blockChoices(problem: ChainProblem): Readonly<Record<string, number>>[] {
  const {dimensions} = problem
  const {grid, walk} = sharedDimensions(problem)
  const whole = grid.slice(0, -1).map((dimension): readonly [string, number] => [dimensions[dimension]!.name, 1])
  const cut = [...grid.slice(-1), ...walk]
  const choices = cut.map((dimension) => {
    const {name, size} = dimensions[dimension]!
    const sizes: number[] = []
    for (let extent = leastBlockSize; extent <= mostBlockSize && extent < 2 * size; extent *= 2) sizes.push(Math.min(extent, size))
    return {name, sizes: sizes.length === 0 ? [size] : sizes}
  })
  return choices
    .reduce<(readonly [string, number])[][]>(
      (some, {name, sizes}) => some.flatMap((one) => sizes.map((size) => [...one, [name, size] as const])),
      [whole],
    )
    .map((entries) => Object.fromEntries(entries))
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
