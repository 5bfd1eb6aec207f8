import type {Accelerator} from '../accelerator/accelerator.js'
import {UserError} from '../foundation/user-error.js'
import {buildWorkload} from '../workload/load-workload.js'
import type {Model} from '../workload/model.js'
import type {PassInput} from '../workload/pass.js'
import {type EvaluateOptions, type Evaluation, evaluate} from './evaluate.js'
import {type Footprint, footprintOf, repeated, shareOf} from './footprint.js'
import {deviceCount} from './program.js'
import {evaluateRequests} from './request.js'
import type {Site} from './site.js'

/** What one of something costs at a site. */
export interface AccountLine extends Footprint {
  readonly of: 'token' | 'output token' | 'request' | 'batch' | 'pass' | 'step' | 'run'
  /** How many passes, steps or requests a run has. */
  readonly runCount?: number
}

/** The account of work: joules, dollars and grams of one token, request, step and run. */
export interface Account {
  readonly accelerator: string
  readonly changes: Readonly<Record<string, string>>
  readonly workload: string
  readonly phase: string
  readonly settings: Evaluation['settings']
  readonly fidelity: string
  readonly deviceCount: number
  readonly site: Site
  /** Tokens that each request writes; null where no request is accounted for. */
  readonly outputTokens: number | null
  readonly lines: readonly AccountLine[]
}

export interface AccountOptions extends EvaluateOptions {
  readonly site: Site
  /** Tokens that each request writes after its prompt. */
  readonly outputTokens?: number | undefined
  /** Passes, steps or requests of a run. */
  readonly runCount?: number | undefined
}

/** Accounts for a pass, or for whole requests where they write tokens. */
export function accountOf(accelerator: Accelerator, model: Model, input: PassInput, options: AccountOptions): Account {
  const {site, outputTokens, runCount, ...evaluateOptions} = options
  if (runCount !== undefined && !(Number.isInteger(runCount) && runCount >= 1))
    throw new UserError(`a run of ${runCount} is no run`, {code: 'BAD_VALUE', suggestions: ['give a whole number from 1']})
  return outputTokens === undefined
    ? passAccount(accelerator, model, input, evaluateOptions, site, runCount)
    : requestAccount(accelerator, model, input, evaluateOptions, {site, outputTokens, runCount})
}

function passAccount(
  accelerator: Accelerator,
  model: Model,
  input: PassInput,
  options: EvaluateOptions,
  site: Site,
  runCount: number | undefined,
): Account {
  const workload = buildWorkload(model, input)
  const evaluation = evaluate(accelerator, workload, options)
  const pass = footprintOf(workOf(evaluation), site)
  const isTraining = workload.phase === 'train'
  return {
    ...headOf(evaluation, site, null),
    lines: [
      {of: 'token', ...shareOf(pass, 1 / evaluation.tokenCount)},
      {of: isTraining ? 'step' : 'pass', ...pass},
      ...(runCount === undefined ? [] : [{of: 'run', runCount, ...repeated(pass, runCount)} as const]),
    ],
  }
}

function requestAccount(
  accelerator: Accelerator,
  model: Model,
  input: PassInput,
  options: EvaluateOptions,
  {site, outputTokens, runCount}: {site: Site; outputTokens: number; runCount: number | undefined},
): Account {
  if (input.phase !== undefined && input.phase !== 'prefill')
    throw new UserError(`requests that write tokens begin with a prefill, not with ${input.phase}`, {
      code: 'BAD_VALUE',
      suggestions: ['leave the phase out', 'or leave the output tokens out, to account for one pass'],
    })
  const {prefill, decodeSeconds, decodeJoules} = evaluateRequests(accelerator, model, input, outputTokens, options)
  const batchCount = Number(prefill.settings['batch'])
  const work = workOf(prefill)
  const batch = footprintOf(
    {
      ...work,
      latencySeconds: work.latencySeconds + decodeSeconds,
      energyJoules: work.energyJoules + decodeJoules * work.deviceCount,
    },
    site,
  )
  return {
    ...headOf(prefill, site, outputTokens),
    lines: [
      {of: 'output token', ...shareOf(batch, 1 / (batchCount * outputTokens))},
      {of: 'request', ...shareOf(batch, 1 / batchCount)},
      {of: 'batch', ...batch},
      ...(runCount === undefined ? [] : [{of: 'run', runCount, ...repeated(batch, Math.ceil(runCount / batchCount))} as const]),
    ],
  }
}

function workOf(evaluation: Evaluation) {
  const devices = deviceCount(evaluation)
  return {
    latencySeconds: evaluation.latencySeconds,
    energyJoules: evaluation.energyJoules * devices,
    deviceCount: devices,
    embodiedGrams: evaluation.embodiedGrams,
  }
}

function headOf(evaluation: Evaluation, site: Site, outputTokens: number | null): Omit<Account, 'lines'> {
  const {accelerator, changes, workload, phase, settings, fidelity} = evaluation
  return {accelerator, changes, workload, phase, settings, fidelity, deviceCount: deviceCount(evaluation), site, outputTokens}
}
