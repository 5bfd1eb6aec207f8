import type {Hierarchy} from '../accelerator/hierarchy.js'
import {UserError} from '../foundation/user-error.js'
import {loadMapping} from '../mapping/load-mapping.js'
import {mappedProblem} from '../mapping/mapped-problem.js'
import {compareMappings, type MappingCandidate, type MappingComparison, type RefusedCandidate} from '../mapping/mapping-comparison.js'
import {writesMapping} from '../mapping/writes-mapping.js'
import {looksLikePath} from '../spec/catalogue.js'
import type {Problem} from '../workload/problem.js'
import {chosenConstraints} from './choose-strategy.js'
import {type MappingSearch, searchedMapping} from './mapped-search.js'

/** What a machine and its work leave no way for, other than what is written wrong. */
const codes: readonly string[] = ['INFEASIBLE', 'NO_MAPPING', 'NO_SUCH_UNIT', 'STRATEGY_UNFIT']

/** Whether a candidate has no mapping, which is an answer beside the others; all else is a fault of the person. */
export function isWithoutMapping(error: unknown): error is UserError {
  return error instanceof UserError && codes.includes(error.code)
}

/** Ways to run a problem: mappings and strategies by file, strategies by name. */
export interface Candidates {
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  readonly written: readonly string[]
  /** What each is called, in their order. */
  readonly names: readonly string[]
  readonly options: MappingSearch['options']
}

/** Evaluates mappings and searches the best of each strategy; a strategy without a mapping is told why, an error only where it is the only one. */
export async function comparedCandidates({problem, hierarchy, written, names, options}: Candidates): Promise<MappingComparison> {
  const mapped: MappingCandidate[] = []
  const refused: RefusedCandidate[] = []
  let firstError: UserError | undefined
  for (const [index, candidate] of written.entries()) {
    const name = names[index]!
    try {
      mapped.push({name, mapped: await mappedCandidate(candidate, problem, hierarchy, options)})
    } catch (error) {
      if (!isWithoutMapping(error)) throw error
      firstError ??= error
      refused.push({name, code: error.code, message: error.message})
    }
  }
  const [first, ...others] = mapped
  if (first === undefined) throw firstError!
  return compareMappings([first, ...others], refused)
}

async function mappedCandidate(
  written: string,
  problem: Problem,
  hierarchy: Hierarchy,
  options: MappingSearch['options'],
): Promise<MappingCandidate['mapped']> {
  if (looksLikePath(written) && writesMapping(written, problem))
    return mappedProblem(loadMapping(written, problem, hierarchy), problem, hierarchy)
  const constraints = chosenConstraints(written, problem, hierarchy)
  return (await searchedMapping({problem, hierarchy, constraints, strategy: written, options})).result
}
