import type {Accelerator} from '../accelerator/accelerator.js'
import {UserError} from '../foundation/user-error.js'
import {buildWorkload} from '../workload/load-workload.js'
import type {Model} from '../workload/model.js'
import type {Workload} from '../workload/operator.js'
import {type PassInput, passSettings} from '../workload/pass.js'
import {type EvaluateOptions, type Evaluation, evaluate} from './evaluate.js'

/** A batch of requests from prompt to last token: one prefill, then a decode step for each token after the first. */
export interface RequestBatch {
  readonly prefill: Evaluation
  readonly decodeStepCount: number
  /** Of all decode steps, on one device. */
  readonly decodeSeconds: number
  readonly decodeJoules: number
  /** Contexts at which a decode step was evaluated; between them its cost is taken as linear, as attention's is. */
  readonly decodeContextTokens: readonly number[]
}

/** At most so many decode steps are evaluated. */
const evaluatedSteps = 17

/** The passes of a batch of requests that each write so many tokens; the first one is the prefill's. */
export interface RequestPasses {
  readonly prefill: Workload
  readonly decodeStepCount: number
  /** Decode steps that are evaluated, and how many steps each stands for. */
  readonly decodes: readonly {readonly workload: Workload; readonly contextTokens: number; readonly stepCount: number}[]
}

/** Builds a prefill and the decode steps behind it that are evaluated. */
export function requestPasses(model: Model, input: PassInput, outputTokens: number): RequestPasses {
  if (!Number.isInteger(outputTokens) || outputTokens < 1)
    throw new UserError(`a request can't write ${outputTokens} tokens`, {code: 'BAD_VALUE', suggestions: ['give a whole number from 1']})
  const prefill = buildWorkload(model, {...input, phase: 'prefill'})
  const {promptTokens, prefixTokens} = prefill.settings
  const firstContext = Number(promptTokens) + Number(prefixTokens) + 1
  const decodeStepCount = outputTokens - 1
  const contexts = spread(firstContext, decodeStepCount)
  const decodes = contexts.map((contextTokens, index) => ({
    workload: buildWorkload(model, decodeInput(input, contextTokens)),
    contextTokens,
    stepCount: weightOf(contexts, index),
  }))
  return {prefill, decodeStepCount, decodes}
}

/** Evaluates a batch of requests that each write so many tokens; the first one is the prefill's. */
export function evaluateRequests(
  accelerator: Accelerator,
  model: Model,
  input: PassInput,
  outputTokens: number,
  options: EvaluateOptions = {},
): RequestBatch {
  const {prefill, decodeStepCount, decodes} = requestPasses(model, input, outputTokens)
  let [decodeSeconds, decodeJoules] = [0, 0]
  for (const {workload, stepCount} of decodes) {
    const {latencySeconds, energyJoules} = evaluate(accelerator, workload, options)
    decodeSeconds += stepCount * latencySeconds
    decodeJoules += stepCount * energyJoules
  }
  const decodeContextTokens = decodes.map(({contextTokens}) => contextTokens)
  return {prefill: evaluate(accelerator, prefill, options), decodeStepCount, decodeSeconds, decodeJoules, decodeContextTokens}
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
