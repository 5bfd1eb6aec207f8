import type {Hierarchy} from '../accelerator/hierarchy.js'
import {unknownName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import type {Constraints} from '../mapping/constraints.js'
import {hierarchyConstraints} from '../mapping/hierarchy-constraints.js'
import {loadStrategy} from '../mapping/load-strategy.js'
import {looksLikePath} from '../spec/catalogue.js'
import type {Problem} from '../workload/problem.js'
import {chainStrategies} from './mapped-chain.js'
import {type StrategyName, strategies, strategyNames} from './strategies/strategies.js'

/** The name of a strategy that fixes nothing. */
export const anyStrategy = 'any'

/** What a strategy by name or from a file fixes of a mapping; without one, what the hierarchy itself leaves no choice in. */
export function chosenConstraints(nameOrFile: string | undefined, problem: Problem, hierarchy: Hierarchy): Constraints {
  if (nameOrFile === undefined || nameOrFile === anyStrategy) return hierarchyConstraints(problem, hierarchy)
  if (looksLikePath(nameOrFile)) return loadStrategy(nameOrFile, problem, hierarchy)
  if ((chainStrategies as readonly string[]).includes(nameOrFile)) throw notAChain(nameOrFile, problem)
  const known = strategyNames.find((name): name is StrategyName => name === nameOrFile)
  if (known === undefined) throw unknownName('strategy', nameOrFile, [anyStrategy, ...strategyNames, 'a FILE of your own'])
  return strategies[known].constraintsOf(problem, hierarchy)
}

/** What each dataflow fixes of a mapping, of those that fit the problem and the machine. */
export function fittingConstraints(problem: Problem, hierarchy: Hierarchy): Constraints[] {
  return strategyNames.flatMap((name) => {
    try {
      return [strategies[name].constraintsOf(problem, hierarchy)]
    } catch (error) {
      if (error instanceof UserError && error.code === 'STRATEGY_UNFIT') return []
      throw error
    }
  })
}

function notAChain(strategy: string, {name}: Problem): UserError {
  return new UserError(`${strategy} is for chains, and ${name} is a single problem`, {
    code: 'NOT_A_CHAIN',
    suggestions: ['write `attention:` or `chain:` in the problem file', `choose another strategy: ${strategyNames.join(', ')}`],
  })
}
