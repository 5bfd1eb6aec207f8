import type {Hierarchy} from '../accelerator/hierarchy.js'
import {unknownName} from '../foundation/nearest-name.js'
import {otherTurns} from '../foundation/other-turns.js'
import {UserError} from '../foundation/user-error.js'
import {chainProblem} from '../mapping/chain-analysis.js'
import type {ChainProblem} from '../mapping/member-traffic.js'
import type {Chain} from '../workload/chain.js'
import {betterAnswer, type ChainAim, type ChainAnswer, type ChainStrategy, chainAnswer, chainStrategies} from './chain-answer.js'
import type {SearchOptions} from './find-mapping.js'
import {fusionTries} from './fused-search.js'
import {aimText} from './mapped-search.js'
import type {Outcome} from './objectives.js'
import {searchedUnfused} from './unfused-search.js'

/** Mappings of members one by one, all together, where nothing else ends the search. */
const defaultEvaluationCount = 1_000_000

/** How long a chain is searched for, and for what; a budget of mappings is for its members one by one, of time for all. */
export interface ChainSearch extends Omit<SearchOptions, 'onProgress'> {
  readonly seed: string
  readonly onProgress?: (evaluatedCount: number, best: Outcome | undefined) => void
}

/** What a chain does the best way that is found to run it, or which levels hold it in none; and how that was searched. */
export type MappedChain = ChainAnswer & {
  readonly search: {
    readonly objective: string
    readonly seed: string
    /** Mappings of members one by one. */
    readonly evaluatedCount: number
    readonly wallSeconds: number
    readonly wasInterrupted: boolean
  }
}

/** The best way that is found to run a chain: fused in blocks, or its members one by one, each in its own best mapping. */
export async function mappedChain(
  chain: Chain,
  hierarchy: Hierarchy,
  strategy: string | undefined,
  search: ChainSearch,
): Promise<MappedChain> {
  const startedAt = Date.now()
  const {seed, signal} = search
  const aim = chainAim(search)
  const known = knownStrategy(chain, strategy)
  const problem = chainProblem(chain, hierarchy)
  const alone =
    known === undefined || known === 'unfused' ? await unfusedAnswer(problem, search, aim, known === undefined ? 2 : 1) : undefined
  const evaluatedCount = alone?.evaluatedCount ?? 0
  const deadline = startedAt + 1000 * (search.budget?.seconds ?? Number.POSITIVE_INFINITY)
  const pause = async (best: ChainAnswer | undefined): Promise<boolean> => {
    const leader = best?.fits ? best : alone?.answer?.fits ? alone.answer : undefined
    search.onProgress?.(evaluatedCount, leader)
    await otherTurns()
    return signal?.aborted === true || ((best ?? alone?.answer) !== undefined && Date.now() >= deadline)
  }
  const fused = known === 'unfused' ? undefined : await paused(fusionTries({problem, strategy: known ?? 'fused', aim}), pause)
  const answers = [alone?.answer, fused].filter((answer) => answer !== undefined)
  const [first] = answers
  if (first === undefined) signal?.throwIfAborted()
  if (alone?.error !== undefined && fused?.fits !== true) throw alone.error
  if (first === undefined) throw noNest(chain, hierarchy)
  const best = answers.reduce((most, answer) => betterAnswer(most, answer, aim), first)
  const wallSeconds = (Date.now() - startedAt) / 1000
  return {...best, search: {objective: aimText(aim), seed, evaluatedCount, wallSeconds, wasInterrupted: signal?.aborted === true}}
}

/** Runs tries to their end, or until a pause between two of them says to stop. */
async function paused(
  tries: ReturnType<typeof fusionTries>,
  pause: (best: ChainAnswer | undefined) => Promise<boolean>,
): Promise<ChainAnswer | undefined> {
  let step = tries.next()
  while (!step.done) step = tries.next(await pause(step.value))
  return step.value
}

function chainAim({aim}: ChainSearch): ChainAim {
  if (aim !== 'frontier') return aim
  throw new UserError('a chain is mapped for objectives, not for a frontier', {
    code: 'USAGE',
    suggestions: ['name one: --objective latency'],
  })
}

function knownStrategy(chain: Chain, strategy: string | undefined): ChainStrategy | undefined {
  const known = chainStrategies.find((name) => name === strategy)
  if (strategy !== undefined && known === undefined) throw unknownName('strategy of chains', strategy, chainStrategies)
  if (known === 'flash-attention' && chain.states.length === 0)
    throw new UserError(`flash-attention fuses attention, which ${chain.name} is not`, {
      code: 'NOT_ATTENTION',
      suggestions: ['--strategy fused keeps what passes inside in any chain'],
    })
  return known
}

function noNest({name}: Chain, hierarchy: Hierarchy): UserError {
  return new UserError(`no nest of ${name} runs on ${hierarchy.name}`, {
    code: 'NO_MAPPING',
    suggestions: ['map its members one by one to see why: --strategy unfused'],
  })
}

/** Members one by one, with the time that is theirs where fusion is to be tried too; the reason where one of them runs in no way. */
async function unfusedAnswer(
  problem: ChainProblem,
  {onProgress, budget = {evaluationCount: defaultEvaluationCount}, ...options}: ChainSearch,
  aim: ChainAim,
  wayCount: number,
): Promise<{readonly answer?: ChainAnswer | undefined; readonly error?: UserError; readonly evaluatedCount: number}> {
  const found = await searchedUnfused(problem, {
    ...options,
    aim: aim.includes('energy') ? aim : [...aim, 'energy'],
    budget: budget.seconds === undefined ? budget : {...budget, seconds: budget.seconds / wayCount},
    onProgress: (count) => onProgress?.(count, undefined),
  })
  if (found instanceof UserError) return {error: found, evaluatedCount: 0}
  return {answer: chainAnswer(problem, found.nest, 'unfused'), evaluatedCount: found.evaluatedCount}
}
