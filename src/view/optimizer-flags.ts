import {integer, string} from '@oclif/core/flags'
import type {RawOptimizer} from '../sweep/optimizer-choice.js'

const ofSearch = {helpGroup: 'SEARCH'}

/** How to search a study in place of evaluating all of it; flags that take the place of what the study says. */
export const optimizerFlags = {
  optimizer: string({...ofSearch, description: 'Search by nsga-2, nsga-3, cma-es, narrowing or random.', helpValue: 'KIND'}),
  evaluations: string({...ofSearch, description: 'Designs that a search evaluates, as in 5000 or "1 %".'}),
  seed: integer({...ofSearch, description: 'Seed of a search; the same one finds the same designs.', min: 0, defaultHelp: async () => '1'}),
}

/** What the flags say of an optimizer. */
export function saidOptimizer(flags: {
  readonly optimizer?: string | undefined
  readonly evaluations?: string | undefined
  readonly seed?: number | undefined
}): RawOptimizer {
  const {optimizer: kind, evaluations, seed} = flags
  return {kind, evaluations, seed}
}
