import type {UserError} from '../foundation/user-error.js'
import type {FusedNest} from '../mapping/fused-nest.js'
import {hierarchyConstraints} from '../mapping/hierarchy-constraints.js'
import type {LoopNest} from '../mapping/loop-nest.js'
import type {ChainProblem} from '../mapping/member-traffic.js'
import {findMapping, type SearchOptions} from './find-mapping.js'
import {nothingFound} from './mapped-search.js'

/** The members of a chain one by one, each in its own best mapping. */
export interface UnfusedSearch {
  readonly nest: FusedNest
  readonly evaluatedCount: number
}

interface UnfusedOptions extends Omit<SearchOptions, 'onProgress'> {
  readonly onProgress: (evaluatedCount: number) => void
}

/** Searches the mapping of each product of a chain, as if it were alone, in an even share of the budget; an error of one that nothing runs. */
export async function searchedUnfused(problem: ChainProblem, options: UnfusedOptions): Promise<UnfusedSearch | UserError> {
  const {chain, hierarchy, dimensions} = problem
  const productCount = chain.members.filter(({elementWork}) => elementWork === undefined).length
  const {evaluationCount, seconds} = options.budget ?? {}
  const budget = {
    ...(evaluationCount !== undefined && {evaluationCount: Math.ceil(evaluationCount / productCount)}),
    ...(seconds !== undefined && {seconds: seconds / productCount}),
  }
  const members: (LoopNest | undefined)[] = []
  let evaluatedCount = 0
  for (const {problem: own, elementWork} of chain.members) {
    if (elementWork !== undefined) {
      members.push(undefined)
      continue
    }
    const before = evaluatedCount
    const found = await findMapping(own, hierarchy, hierarchyConstraints(own, hierarchy), {
      ...options,
      budget,
      onProgress: ({effort}) => options.onProgress(before + effort.evaluatedCount),
    })
    if (found.kind === 'infeasible') return nothingFound(found, own, hierarchy)
    evaluatedCount += found.effort.evaluatedCount
    members.push(found.nest)
  }
  const blockSizes = dimensions.map(({size}) => size)
  return {
    nest: {fusionLevel: 0, homeLevel: 0, bufferCount: 1, residentCount: 1, outer: [], grid: [], walk: [], blockSizes, members},
    evaluatedCount,
  }
}
