import path from 'node:path'
import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {FidelityName} from '../cost/fidelity.js'
import type {MappingChoice} from '../cost/mapped/product-mapper.js'
import {nameHints} from '../foundation/nearest-name.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {Constraints} from '../mapping/constraints.js'
import {chainStrategies} from '../search/chain-answer.js'
import {anyStrategy, chosenConstraints, fittingConstraints} from '../search/choose-strategy.js'
import {type Objective, objectives} from '../search/objectives.js'
import {strategyNames} from '../search/strategies/strategies.js'
import {looksLikePath} from '../spec/catalogue.js'
import {pointerTo, type SpecSource, YamlSource} from '../spec/yaml-source.js'
import {fusionOf} from '../workload/fused-workload.js'
import type {Problem} from '../workload/problem.js'
import type {Axis} from './axis.js'
import {loopAxis, loopCountOf, withLoopCounts} from './loop-axes.js'

/**
 * Axes of how the products of a pass are mapped: a dataflow by name or file, what each mapping makes least, how many are tried, and what
 * runs together.
 */
export const mappingAxisNames = ['strategy', 'objective', 'budget', 'fusion'] as const

/** Values by the names of axes; those of other axes are passed over. */
export type KnobValues = Readonly<Record<string, unknown>>

/** Whether an axis is of the mapping, and not of the pass or the machine: one by name, or the count of a loop. */
export function isMappingAxis(name: string): boolean {
  return (mappingAxisNames as readonly string[]).includes(name) || loopAxis(name) !== undefined
}

/** Refuses an axis of the mapping where times know no mappings, and values that name nothing. */
export function checkMappingAxis(source: SpecSource, {name, values, pointer}: Axis, fidelity: FidelityName, folder: string): void {
  if (!isMappingAxis(name)) return
  if (fidelity !== 'mapped')
    throw source.error(pointer, `${name} does nothing in ${fidelity} times, which know no mappings`, ['add `fidelity: mapped`'])
  for (const [index, value] of values.entries()) {
    try {
      if (name === 'objective') objectivesOf(String(value))
      else if (name === 'budget') budgetOf(value)
      else if (name === 'fusion') fusionOf(String(value))
      else if (loopAxis(name) !== undefined) loopCountOf(value)
      else strategyData(String(value), folder)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      throw source.error(pointerTo(pointer, index), error.message, error.suggestions, error.code)
    }
  }
}

/** How products are mapped at one combination of values; undefined where they say nothing of it. */
export function mappingChoice(values: KnobValues, folder: string): MappingChoice | undefined {
  if (!Object.keys(values).some((axis) => isMappingAxis(axis) && values[axis] !== undefined)) return undefined
  const {strategy, objective, budget, fusion} = values
  const name = strategy === undefined || strategy === anyStrategy ? undefined : String(strategy)
  const written = name !== undefined && looksLikePath(name) ? path.resolve(folder, name) : name
  const dataflow = written === undefined || isChainStrategy(written) ? undefined : written
  if (fusion !== undefined && written !== undefined && isChainStrategy(written)) throw saidTwice(written, String(fusion))
  const isAttentionUnfused = written === 'unfused' || (fusion !== undefined && !fusionOf(String(fusion)).includes('attention'))
  const narrowed = (constraints: Constraints, problem: Problem, hierarchy: Hierarchy) =>
    withLoopCounts(constraints, values, problem, hierarchy)
  return {
    ...(objective !== undefined && {objectives: objectivesOf(String(objective))}),
    ...(budget !== undefined && {evaluationCount: budgetOf(budget)}),
    ...(isAttentionUnfused && {isAttentionUnfused}),
    constraintsOf: (problem, hierarchy) => narrowed(chosenConstraints(dataflow, problem, hierarchy), problem, hierarchy),
    ...(dataflow === undefined && {
      leadsOf: (problem, hierarchy) => fittingConstraints(problem, hierarchy).map((each) => narrowed(each, problem, hierarchy)),
    }),
  }
}

/** What the files among strategies hold, since it decides the numbers; null for a name. */
export function strategyData(nameOrFile: string, folder: string): unknown {
  if (looksLikePath(nameOrFile)) return YamlSource.read(path.resolve(folder, nameOrFile)).data
  const known = [anyStrategy, ...strategyNames, ...chainStrategies]
  if (known.includes(nameOrFile)) return null
  throw new UserError(`"${nameOrFile}" is not a known strategy`, {
    code: 'UNKNOWN_NAME',
    suggestions: nameHints(nameOrFile, [...known, 'a FILE of your own']),
  })
}

function objectivesOf(text: string): Objective[] {
  return text.split(',').map((part) => {
    const name = part.trim()
    const known = (Object.keys(objectives) as Objective[]).find((objective) => objective === name)
    if (known === undefined)
      throw new UserError(`"${name}" is not a known objective`, {
        code: 'UNKNOWN_NAME',
        suggestions: nameHints(name, Object.keys(objectives)),
      })
    return known
  })
}

function budgetOf(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
  throw new UserError(`"${String(value)}" is no number of mappings to try`, {
    code: 'BAD_VALUE',
    suggestions: ['write a whole number above 0'],
  })
}

function saidTwice(strategy: string, fusion: string): UserError {
  return new UserError(`the strategy ${strategy} says whether attention is fused, and so does fusion=${fusion}`, {
    code: 'USAGE',
    suggestions: ['leave one of the two out'],
    exitCode: exitCodes.usage,
  })
}

/** A strategy of chains says how attention runs, and leaves its products free. */
function isChainStrategy(name: string): boolean {
  return (chainStrategies as readonly string[]).includes(name)
}
