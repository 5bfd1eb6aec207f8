import type {Accelerator} from '../accelerator/accelerator.js'
import {UserError} from '../foundation/user-error.js'
import {buildWorkload} from '../workload/load-workload.js'
import type {Model} from '../workload/model.js'
import type {Workload} from '../workload/operator.js'
import type {PassInput} from '../workload/pass.js'
import {type EvaluateOptions, type Evaluation, evaluate} from './evaluate.js'
import {type Footprint, footprintOf, repeated, shareOf, type Work} from './footprint.js'
import {requestPasses} from './request.js'
import type {Site} from './site.js'
import {deviceCount} from './statics.js'

/** What one of something costs at a site. */
export interface AccountLine extends Footprint {
  readonly of: 'token' | 'output token' | 'request' | 'batch' | 'pass' | 'step' | 'run'
  /** How many passes, steps or requests a run has. */
  readonly runCount?: number
  /** How many batches, the last one full too, a run of requests takes. */
  readonly batchCount?: number
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
  /** Of the pass that keeps the most; every pass is accounted for as if it fitted. */
  readonly residentBytes: number
  readonly memoryBytes: number
  readonly fitsInMemory: boolean
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

/** What an account is of: passes that follow each other, once or more, and the work that they make together. */
export interface AccountedWork {
  readonly passes: readonly {readonly workload: Workload; readonly passCount: number}[]
  /** Of the first of them. */
  readonly evaluation: Evaluation
  /** The one that keeps the most in memory. */
  readonly largest: Evaluation
  readonly work: Work
}

/** Accounts for a pass, or for whole requests where they write tokens. */
export function accountOf(accelerator: Accelerator, model: Model, input: PassInput, options: AccountOptions): Account {
  return accountOfWork(accountedWork(accelerator, model, input, options), options)
}

/** Evaluates a pass, or whole requests where they write tokens. */
export function accountedWork(accelerator: Accelerator, model: Model, input: PassInput, options: AccountOptions): AccountedWork {
  const {site: _, outputTokens, runCount, ...evaluateOptions} = options
  if (runCount !== undefined && !(Number.isInteger(runCount) && runCount >= 1))
    throw new UserError(`a run of ${runCount} is no run`, {code: 'BAD_VALUE', suggestions: ['give a whole number from 1']})
  const passes = passesOf(model, input, outputTokens)
  const evaluations = passes.map(({workload}) => evaluate(accelerator, workload, evaluateOptions))
  const evaluation = evaluations[0]!
  const devices = deviceCount(evaluation)
  const sum = (of: (evaluation: Evaluation) => number): number =>
    passes.reduce((total, {passCount}, index) => total + passCount * of(evaluations[index]!), 0)
  return {
    passes,
    evaluation,
    largest: evaluations.reduce((most, each) => (each.residentBytes > most.residentBytes ? each : most)),
    work: {
      latencySeconds: sum(({latencySeconds}) => latencySeconds),
      energyJoules: sum(({energyJoules}) => energyJoules) * devices,
      deviceCount: devices,
      embodiedGrams: evaluation.embodiedGrams,
    },
  }
}

function passesOf(model: Model, input: PassInput, outputTokens: number | undefined): AccountedWork['passes'] {
  if (outputTokens === undefined) return [{workload: buildWorkload(model, input), passCount: 1}]
  if (input.phase !== undefined && input.phase !== 'prefill')
    throw new UserError(`requests that write tokens begin with a prefill, not with ${input.phase}`, {
      code: 'BAD_VALUE',
      suggestions: ['leave the phase out', 'or leave the output tokens out, to account for one pass'],
    })
  const {prefill, decodes} = requestPasses(model, input, outputTokens)
  return [{workload: prefill, passCount: 1}, ...decodes.map(({workload, stepCount}) => ({workload, passCount: stepCount}))]
}

/** The account of work that was evaluated. */
export function accountOfWork({evaluation, largest, work}: AccountedWork, {site, outputTokens, runCount}: AccountOptions): Account {
  const {accelerator, changes, workload, phase, settings, fidelity} = evaluation
  const whole = footprintOf(work, site)
  return {
    accelerator,
    changes,
    workload,
    phase,
    settings,
    fidelity,
    deviceCount: work.deviceCount,
    residentBytes: largest.residentBytes,
    memoryBytes: largest.memoryBytes,
    fitsInMemory: largest.fitsInMemory,
    site,
    outputTokens: outputTokens ?? null,
    lines: outputTokens === undefined ? passLines(whole, evaluation, runCount) : requestLines(whole, evaluation, outputTokens, runCount),
  }
}

function passLines(pass: Footprint, {tokenCount, phase}: Evaluation, runCount: number | undefined): AccountLine[] {
  return [
    {of: 'token', ...shareOf(pass, 1 / tokenCount)},
    {of: phase === 'train' ? 'step' : 'pass', ...pass},
    ...(runCount === undefined ? [] : [{of: 'run', runCount, ...repeated(pass, runCount)} as const]),
  ]
}

function requestLines(batch: Footprint, {settings}: Evaluation, outputTokens: number, runCount: number | undefined): AccountLine[] {
  const requestCount = Number(settings['batch'])
  const batchCount = Math.ceil((runCount ?? 0) / requestCount)
  return [
    {of: 'output token', ...shareOf(batch, 1 / (requestCount * outputTokens))},
    {of: 'request', ...shareOf(batch, 1 / requestCount)},
    {of: 'batch', ...batch},
    ...(runCount === undefined ? [] : [{of: 'run', runCount, batchCount, ...repeated(batch, batchCount)} as const]),
  ]
}
