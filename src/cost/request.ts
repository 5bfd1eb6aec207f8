import type {Accelerator} from '../accelerator/accelerator.js'
import {UserError} from '../foundation/user-error.js'
import {buildWorkload} from '../workload/load-workload.js'
import type {Model} from '../workload/model.js'
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

/** Evaluates a batch of requests that each write so many tokens; the first one is the prefill's. */
export function evaluateRequests(
  accelerator: Accelerator,
  model: Model,
  input: PassInput,
  outputTokens: number,
  options: EvaluateOptions = {},
): RequestBatch {
  if (!Number.isInteger(outputTokens) || outputTokens < 1)
    throw new UserError(`a request can't write ${outputTokens} tokens`, {code: 'BAD_VALUE', suggestions: ['give a whole number from 1']})
  const prefill = evaluate(accelerator, buildWorkload(model, {...input, phase: 'prefill'}), options)
  const {promptTokens, prefixTokens} = prefill.settings
  const firstContext = Number(promptTokens) + Number(prefixTokens) + 1
  const decodeStepCount = outputTokens - 1
  const decodeContextTokens = spread(firstContext, decodeStepCount)
  const steps = decodeContextTokens.map((contextTokens) => {
    const {latencySeconds, energyJoules} = evaluate(accelerator, buildWorkload(model, decodeInput(input, contextTokens)), options)
    return {contextTokens, latencySeconds, energyJoules}
  })
  return {
    prefill,
    decodeStepCount,
    decodeSeconds: sumOver(steps.map(({contextTokens, latencySeconds}) => [contextTokens, latencySeconds])),
    decodeJoules: sumOver(steps.map(({contextTokens, energyJoules}) => [contextTokens, energyJoules])),
    decodeContextTokens,
  }
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

/** The sum over all whole numbers from the first place to the last of a value that is linear between the places. */
function sumOver(values: readonly (readonly [place: number, value: number])[]): number {
  const [first] = values
  if (first === undefined) return 0
  return values.slice(1).reduce((sum, [place, value], index) => {
    const [before, valueBefore] = values[index]!
    const width = place - before
    return sum + (valueBefore * (width - 1) + value * (width + 1)) / 2
  }, first[1])
}
