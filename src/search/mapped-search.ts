import type {Hierarchy} from '../accelerator/hierarchy.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {Constraints} from '../mapping/constraints.js'
import {type MappingData, mappingData} from '../mapping/load-mapping.js'
import type {LoopNest} from '../mapping/loop-nest.js'
import {type FittingMapping, type MappedProblem, mappedProblem} from '../mapping/mapped-problem.js'
import type {Problem} from '../workload/problem.js'
import {anyStrategy, fittingConstraints} from './choose-strategy.js'
import type {SearchEffort} from './effort.js'
import {type FoundMapping, findMapping, type SearchOptions} from './find-mapping.js'
import type {Infeasible} from './infeasible.js'
import type {Aim, Outcome} from './objectives.js'

/** How a mapping was found. */
export interface SearchSummary extends SearchEffort {
  /** What was made least: one objective or several, or `frontier`. */
  readonly objective: string
  /** What was fixed in advance, by name; null where nothing was. */
  readonly strategy: string | null
  readonly seed: string
  /** Nothing in the whole space is better. */
  readonly isProved: boolean
  /** Only counts that divide what they split were searched, though sizes have others. */
  readonly isPerfectOnly: boolean
  readonly wasInterrupted: boolean
}

/** A mapping, what it does, and how it was found: null where it was given. */
export type MapResult = MappedProblem & {
  readonly search: SearchSummary | null
  /** Of a search for the whole frontier: every mapping on it, fastest first. */
  readonly frontier?: readonly (Outcome & {readonly mapping: MappingData})[]
}

/** The loop nest of an answer, and the answer. */
export interface MappingAnswer {
  readonly nest: LoopNest
  readonly result: MapResult
}

export interface MappingSearch {
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  readonly constraints: Constraints
  /** Name of what was fixed in advance. */
  readonly strategy: string | undefined
  readonly options: SearchOptions & {readonly seed: string}
}

/** Objectives as a flag writes them. */
export function aimText(aim: Aim): string {
  return aim === 'frontier' ? aim : aim.join(',')
}

/** What a mapping that is given does. */
export function givenMapping(nest: LoopNest, problem: Problem, hierarchy: Hierarchy): MappingAnswer {
  return {nest, result: {...mappedProblem(nest, problem, hierarchy), search: null}}
}

/** The best mapping that a search comes by, with what it does. */
export async function searchedMapping({problem, hierarchy, constraints, strategy, options}: MappingSearch): Promise<MappingAnswer> {
  const {allowsImperfect} = constraints
  const isFree = strategy === undefined || strategy === anyStrategy
  const leads = isFree ? fittingConstraints(problem, hierarchy).map((lead) => ({...lead, allowsImperfect})) : []
  const found = await findMapping(problem, hierarchy, constraints, {...options, leads})
  if (found.kind === 'infeasible') {
    options.signal?.throwIfAborted()
    throw nothingFound(found, problem, hierarchy)
  }
  const search: SearchSummary = {
    objective: aimText(options.aim),
    strategy: strategy === anyStrategy ? null : (strategy ?? null),
    seed: options.seed,
    isProved: found.isProved,
    isPerfectOnly: !constraints.allowsImperfect && problem.dimensions.some(({size}) => size > 2),
    wasInterrupted: options.signal?.aborted === true,
    ...found.effort,
  }
  return {nest: found.nest, result: {...fitting(found, problem, hierarchy), search, ...frontierOf(options.aim, found, problem, hierarchy)}}
}

function fitting({nest}: FoundMapping, problem: Problem, hierarchy: Hierarchy): FittingMapping {
  const mapped = mappedProblem(nest, problem, hierarchy)
  if (!mapped.fits) throw new Error(`a search took a mapping that does not fit ${mapped.misfits[0]!.level}`)
  return mapped
}

function frontierOf(aim: Aim, {frontier}: FoundMapping, problem: Problem, hierarchy: Hierarchy): Pick<MapResult, 'frontier'> {
  if (aim !== 'frontier') return {}
  return {
    frontier: frontier.map(({latencySeconds, energyJoules, nest}) => ({
      latencySeconds,
      energyJoules,
      mapping: mappingData(nest, problem, hierarchy),
    })),
  }
}

/** The error of a problem that nothing runs. */
export function nothingFound({reason, levers}: Infeasible, problem: Problem, hierarchy: Hierarchy): UserError {
  return new UserError(`no mapping of ${problem.name} on ${hierarchy.name}: ${reason}`, {
    code: 'INFEASIBLE',
    suggestions: levers,
    exitCode: exitCodes.infeasible,
  })
}
