import type {Hierarchy} from '../accelerator/hierarchy.js'
import {analyseNest} from '../mapping/analyse-nest.js'
import type {Constraints} from '../mapping/constraints.js'
import {decodeNest} from '../mapping/encode-nest.js'
import type {LoopNest} from '../mapping/loop-nest.js'
import type {NestAnalysis} from '../mapping/nest-analysis.js'
import type {Problem} from '../workload/problem.js'
import {type Best, type Candidate, offer} from './best.js'
import {type Crew, crewOf} from './crew.js'
import type {SearchEffort} from './effort.js'
import {type Infeasible, whyInfeasible} from './infeasible.js'
import {nothingFound} from './levers.js'
import {type Mapspace, mapspaceOf} from './mapspace.js'
import type {Aim, Outcome} from './objectives.js'
import {type Plan, planOf} from './plan.js'
import type {Unit, UnitResult} from './workshop.js'

/** How long a search may go on; whichever ends first. */
export interface SearchBudget {
  /** Mappings evaluated, and partial ones bounded; one whose windows do not divide the sizes counts as several, by what it takes. */
  readonly evaluationCount?: number
  readonly seconds?: number
}

export interface SearchOptions {
  readonly aim: Aim
  readonly seed?: string
  /** Narrower constraints in which the first walks begin, so that the search ends no worse than they. */
  readonly leads?: readonly Constraints[]
  readonly budget?: SearchBudget
  /** Threads to search on; the result does not depend on them. */
  readonly threadCount?: number
  readonly onProgress?: (progress: SearchProgress) => void
  /** Ends the search early; the best so far stands. */
  readonly signal?: AbortSignal
}

/** What a search has done so far. */
export interface SearchProgress {
  readonly best: Outcome | undefined
  readonly effort: SearchEffort
  /** Of the budget. */
  readonly spentCount: number
}

/** A mapping and what it does. */
export interface Mapped extends Outcome {
  readonly nest: LoopNest
}

export interface FoundMapping extends Mapped {
  readonly kind: 'found'
  readonly analysis: NestAnalysis
  /** Nothing in the whole space is better. */
  readonly isProved: boolean
  /** Mappings of which no other is better in both time and energy, fastest first; just the one where the aim is no frontier. */
  readonly frontier: readonly Mapped[]
  readonly effort: SearchEffort
}

/** The best mapping that a search comes by, or why there is none. */
export type SearchResult = FoundMapping | Infeasible

/** Where nothing else ends a search that proves nothing. */
export const defaultEvaluationCount = 2_000_000

/** Searches the mappings of a problem on a hierarchy that keep to constraints. */
export async function findMapping(
  problem: Problem,
  hierarchy: Hierarchy,
  constraints: Constraints,
  options: SearchOptions,
): Promise<SearchResult> {
  const startedAt = Date.now()
  const space = mapspaceOf(problem, hierarchy, constraints)
  const reason = whyInfeasible(space)
  if (reason !== undefined) return reason
  const {aim, seed = '0', budget = {}, threadCount = 1, signal} = options
  const leads = (options.leads ?? []).filter((lead) => whyInfeasible(mapspaceOf(problem, hierarchy, lead)) === undefined)
  const crew = crewOf(
    {problem, hierarchy, constraints, aim, leads},
    threadCount,
    startedAt + 1000 * (budget.seconds ?? Number.POSITIVE_INFINITY),
  )
  signal?.addEventListener('abort', crew.stop)
  if (signal?.aborted) crew.stop()
  const plan = planOf(
    space,
    leads.length,
    seed,
    budget.evaluationCount ?? (budget.seconds === undefined ? defaultEvaluationCount : Number.POSITIVE_INFINITY),
  )
  const best: Best = {aim, candidates: []}
  try {
    await work(plan, crew, best, () =>
      options.onProgress?.({
        best: best.candidates[0],
        effort: plan.effort((Date.now() - startedAt) / 1000),
        spentCount: plan.spentCount(),
      }),
    )
  } finally {
    signal?.removeEventListener('abort', crew.stop)
    await crew.dismiss()
  }
  const effort = plan.effort((Date.now() - startedAt) / 1000)
  if (best.candidates.length === 0) return nothingFound(space, plan.isProved(), effort)
  return foundMapping(space, best, plan.isProved(), effort)
}

async function work(plan: Plan, crew: Crew, best: Best, report: () => void): Promise<void> {
  while (!crew.isStopped()) {
    const units = plan.next(best.candidates.length > 0)
    if (units.length === 0) return
    const results = await affordable(units, plan.leftCount(), crew, best.candidates)
    let isImproved = false
    for (const {candidates} of results)
      for (const {latencySeconds, energyJoules, nest} of candidates)
        isImproved = offer(best, latencySeconds, energyJoules, nest) || isImproved
    plan.take(units, results, isImproved)
    report()
  }
}

/** Results of the first units of a round, as many as a budget pays for: of units that spend less than they may, more. */
async function affordable(units: readonly Unit[], budgetCount: number, crew: Crew, known: readonly Candidate[]): Promise<UnitResult[]> {
  const results: UnitResult[] = []
  let leftCount = budgetCount
  while (results.length < units.length && leftCount > 0 && !crew.isStopped()) {
    const done = await crew.round(paidUnits(units.slice(results.length), leftCount), known)
    leftCount -= done.reduce((total, {tally}) => total + tally.spentCount, 0)
    results.push(...done)
  }
  return results
}

/** The first units that a budget surely pays for; only the first, and that in part, where it may not even pay for that. */
function paidUnits(units: readonly Unit[], budgetCount: number): Unit[] {
  let leftCount = budgetCount
  const unpaid = units.findIndex(({limitCount}) => {
    leftCount -= limitCount
    return leftCount < 0
  })
  if (unpaid === 0) return [{...units[0]!, limitCount: Math.min(units[0]!.limitCount, budgetCount)}]
  return unpaid < 0 ? [...units] : units.slice(0, unpaid)
}

function foundMapping({problem, hierarchy}: Mapspace, {candidates}: Best, isProved: boolean, effort: SearchEffort): FoundMapping {
  const mapped = ({nest, latencySeconds, energyJoules}: Candidate): Mapped => ({
    nest: decodeNest(nest, problem.dimensions.length, problem.tensors.length),
    latencySeconds,
    energyJoules,
  })
  const frontier = candidates.map(mapped)
  const first = frontier[0]!
  return {kind: 'found', ...first, analysis: analyseNest(problem, hierarchy, first.nest), isProved, frontier, effort}
}
