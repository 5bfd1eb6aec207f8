import {exitCodes, UserError} from '../foundation/user-error.js'
import type {FusedNest} from '../mapping/fused-nest.js'
import type {ChainProblem} from '../mapping/member-traffic.js'
import {betterAnswer, type ChainAim, type ChainAnswer, type ChainStrategy, chainAnswer} from './chain-answer.js'
import {type Fusion, fuseChain, fusionLevels, sharedDimensions} from './fuse-chain.js'

/** What to fuse a chain as. */
export interface FusedTask {
  readonly problem: ChainProblem
  readonly strategy: ChainStrategy
  readonly aim: ChainAim
}

/** Extents that are tried of each dimension that blocks are cut along; those whose members are searched for are fewer. */
const plainBlocks = [16, 32, 64, 128, 256, 512]
const searchedBlocks = [16, 64, 256]
/** Where none of those fits; smaller ones only where larger do not. */
const smallBlocks = [8, 4, 1]
const outerBlocks = [256, 1024, 4096]

/** Blocks that are counted one by one at most, which takes some seconds. */
const countedBlockCount = 2 ** 22

/**
 * The best blocks at the innermost memory, where units of native tiles run plain nests, and at each memory outside of it, where members
 * spread over all that is inside; undefined where a member has no nest.
 */
export function bestFusion(task: FusedTask): ChainAnswer | undefined {
  const tries = fusionTries(task)
  let step = tries.next()
  while (!step.done) step = tries.next()
  return step.value
}

/** The same try by try: yields the best so far before each, and ends where it is told true. */
export function* fusionTries({
  problem,
  strategy,
  aim,
}: FusedTask): Generator<ChainAnswer | undefined, ChainAnswer | undefined, boolean | undefined> {
  const inner = fusionLevels(problem.hierarchy)
  const isPlain = problem.hierarchy.arithmetic.tile !== undefined
  const outside = strategy === 'flash-attention' ? [] : Array.from({length: inner.fusionLevel - 1}, (_, index) => index + 1)
  const within = (extents: readonly number[]): Fusion[] =>
    blockChoices(problem, extents).map((blockSizes) => ({...inner, blockSizes, residentCount: 1, bufferCount: 2, isPlain}))
  const outsideOf = outside.flatMap((level) =>
    blockChoices(problem, outerBlocks).map(
      (blockSizes): Fusion => ({fusionLevel: level, homeLevel: level, blockSizes, residentCount: 1, bufferCount: 2}),
    ),
  )
  let best: ChainAnswer | undefined
  let uncounted: Fusion | undefined
  function* tryAll(
    fusions: readonly Fusion[],
    isWanted: (fusion: Fusion) => boolean = () => true,
  ): Generator<ChainAnswer | undefined, void, boolean | undefined> {
    for (const fusion of fusions) {
      if (!isWanted(fusion)) continue
      if (yield best) return
      const answer = fusedAnswer(problem, fusion, strategy)
      if (answer === 'uncounted') uncounted ??= fusion
      else if (answer !== undefined) best = best === undefined ? answer : betterAnswer(best, answer, aim)
    }
  }
  yield* tryAll([...within(isPlain ? plainBlocks : searchedBlocks), ...outsideOf])
  const isNew = (fusion: Fusion): boolean => !(best?.fits && isWithin(fusion.blockSizes, best.blockSizes))
  if (best?.fits !== true && uncounted === undefined) yield* tryAll(within(smallBlocks), isNew)
  if (best?.fits !== true && uncounted !== undefined) throw tooManyBlocks(problem, uncounted)
  return best
}

function isWithin(small: Readonly<Record<string, number>>, large: Readonly<Record<string, number>>): boolean {
  return Object.entries(small).every(([name, size]) => size <= large[name]!)
}

/** With room for the next tiles where they fit, else without. */
function fusedAnswer(problem: ChainProblem, fusion: Fusion, strategy: ChainStrategy): ChainAnswer | 'uncounted' | undefined {
  const nest = fuseChain(problem, fusion)
  if (nest === undefined) return undefined
  const counts = (): boolean => visitCount(nest) <= countedBlockCount
  const answer = chainAnswer(problem, nest, strategy, counts)
  if (answer === undefined || answer.fits) return answer ?? 'uncounted'
  return chainAnswer(problem, {...nest, bufferCount: 1}, strategy, counts) ?? 'uncounted'
}

/** Blocks of one instance of the dimensions that groups take one by one. */
function visitCount({grid, walk}: FusedNest): number {
  return [...grid.slice(-1), ...walk].reduce((product, {count}) => product * count, 1)
}

function tooManyBlocks({chain, hierarchy}: ChainProblem, {blockSizes}: Fusion): UserError {
  const sizes = Object.entries(blockSizes).map(([name, size]) => `${name} ${size}`)
  return new UserError(
    `${chain.name} on ${hierarchy.name}: only blocks of ${sizes.join(', ')} fit, more than ${countedBlockCount} of them, which are too many to count`,
    {
      code: 'TOO_MANY_BLOCKS',
      suggestions: [
        'run its members one by one: --strategy unfused',
        `give ${hierarchy.levels[fusionLevels(hierarchy).fusionLevel]!.name} more room`,
      ],
      exitCode: exitCodes.infeasible,
    },
  )
}

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
