import {availableParallelism} from 'node:os'
import {custom, integer, string} from '@oclif/core/flags'
import {flagQuantity} from '../cli/quantity-flag.js'
import {unknownName} from '../foundation/nearest-name.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {anyStrategy} from '../search/choose-strategy.js'
import {defaultEvaluationCount, type SearchBudget, type SearchOptions} from '../search/find-mapping.js'
import {type Aim, type Objective, type Outcome, objectives} from '../search/objectives.js'
import {strategyNames} from '../search/strategies/strategies.js'

const objectiveNames = Object.keys(objectives) as readonly Objective[]

/** What a search makes least, what it may do, and how long; flags of every command that searches mappings. */
export const searchFlags = {
  objective: custom<Aim>({
    description: `What to make least: ${objectiveNames.join(', ')}, several in order, or frontier for all trade-offs of time and energy.`,
    helpValue: 'NAME[,NAME]',
    default: ['edp'],
    defaultHelp: async () => 'edp',
    parse: async (text) => aimOf(text),
  })(),
  strategy: string({
    description: `A dataflow by name (${[anyStrategy, ...strategyNames].join(', ')}), or a file of partial constraints.`,
    helpValue: 'NAME|FILE',
  }),
  seed: string({description: 'Seed of the walks; the same one gives the same mapping.', default: '0'}),
  budget: custom<SearchBudget>({
    description: `Mappings to look at, ${defaultEvaluationCount} by default, or a time such as 30s; what is not explored by then is not proved.`,
    helpValue: 'COUNT|TIME',
    parse: async (text) => budgetOf(text),
  })(),
  workers: integer({description: 'Threads to search on; all cores by default. The mapping found does not depend on them.', min: 1}),
}

/** What a person said of a search. */
export interface SearchFlags {
  readonly objective: Aim
  readonly strategy?: string | undefined
  readonly seed: string
  readonly budget?: SearchBudget | undefined
  readonly workers?: number | undefined
}

/** What a search is told, and the line that shows how far it is. */
export interface Watched {
  readonly options: Omit<SearchOptions, 'onProgress'> & {readonly seed: string}
  readonly show: (evaluatedCount: number, best: Outcome | undefined) => void
  readonly stop: () => void
}

/** What a person said of the search of one mapping. */
export interface MapSearchFlags extends SearchFlags {
  readonly imperfect?: boolean | undefined
}

/** Threads to search on: as many as are asked for, and no more than there are cores. */
export function workerCount(asked: number | undefined): number {
  const coreCount = availableParallelism()
  return Math.min(asked ?? coreCount, coreCount)
}

function aimOf(text: string): Aim {
  if (text === 'frontier') return text
  const names = text.split(',').map((name) => name.trim())
  const example = 'write several as in --objective latency,energy'
  if (names.includes('frontier')) throw misuse(`frontier is of time and energy, and stands alone; "${text}" asks for more`, example)
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) throw misuse(`"${text}" names ${repeated} twice`, example)
  return names.map((name) => {
    const known = objectiveNames.find((objective) => objective === name)
    if (known === undefined) throw unknownName('objective', name, [...objectiveNames, 'frontier'])
    return known
  })
}

function budgetOf(text: string): SearchBudget {
  if (/^\d+$/.test(text) && Number(text) > 0) return {evaluationCount: Number(text)}
  if (/^[\d.]+ ?[a-z]+$/.test(text)) {
    const seconds = flagQuantity(text, 'seconds')
    if (seconds > 0) return {seconds}
  }
  throw misuse(`"${text}" is neither a number of mappings nor a time`, 'write it as in --budget 1000000 or --budget 30s')
}

function misuse(message: string, suggestion: string): UserError {
  return new UserError(message, {code: 'USAGE', suggestions: [suggestion], exitCode: exitCodes.usage})
}
