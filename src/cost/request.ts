import {UserError} from '../foundation/user-error.js'
import {buildWorkload} from '../workload/load-workload.js'
import type {Model} from '../workload/model.js'
import type {Workload} from '../workload/operator.js'
import {type PassInput, passSettings} from '../workload/pass.js'

/** At most so many decode steps are evaluated. */
const evaluatedSteps = 17

/** The passes of a batch of requests: one prefill, which writes the first token of each, then a decode step for each further token. */
export interface RequestPasses {
  readonly prefill: Workload
  /** Decode steps that are evaluated, and how many steps each stands for: between contexts the cost is taken as linear, as attention's is. */
  readonly decodes: readonly {readonly workload: Workload; readonly contextTokens: number; readonly stepCount: number}[]
}

/** Builds a prefill and the decode steps behind it that are evaluated. */
export function requestPasses(model: Model, input: PassInput, outputTokens: number): RequestPasses {
  if (!Number.isInteger(outputTokens) || outputTokens < 1)
    throw new UserError(`a request can't write ${outputTokens} tokens`, {code: 'BAD_VALUE', suggestions: ['give a whole number from 1']})
  const prefill = buildWorkload(model, {...input, phase: 'prefill'})
  const {promptTokens, prefixTokens} = prefill.settings
  const firstContext = Number(promptTokens) + Number(prefixTokens) + 1
  const contexts = spread(firstContext, outputTokens - 1)
  const decodes = contexts.map((contextTokens, index) => ({
    workload: buildWorkload(model, decodeInput(input, contextTokens)),
    contextTokens,
    stepCount: weightOf(contexts, index),
  }))
  return {prefill, decodes}
}

/** What of a prefill's settings acts in the decode steps behind it. */
function decodeInput(input: PassInput, contextTokens: number): PassInput {
  const kept = passSettings.filter(({name, phases}) => phases.includes('decode') && input[name] !== undefined)
  return {...Object.fromEntries(kept.map(({name}) => [name, input[name]])), phase: 'decode', contextTokens}
}

/** First and last of so many whole numbers, and some evenly between them. */
function spread(first: number, count: number): number[] {
  const kept = Math.min(count, evaluatedSteps)
  return Array.from({length: kept}, (_, index) => first + (kept === 1 ? 0 : Math.round((index * (count - 1)) / (kept - 1))))
}

/** How often a value counts in the sum over all whole numbers from the first place to the last, linear between the places. */
function weightOf(places: readonly number[], index: number): number {
  const [before, place, after] = [places[index - 1], places[index]!, places[index + 1]]
  const below = before === undefined ? 1 : (place - before + 1) / 2
  return below + (after === undefined ? 0 : (after - place - 1) / 2)
}
