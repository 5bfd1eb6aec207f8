import {UserError} from '../foundation/user-error.js'
import {readTrace} from '../trace/read-trace.js'
import {isPass, traceRequest} from '../trace/to-operator.js'
import type {TraceRow} from '../trace/trace-row.js'
import {type ConstantFit, type Fold, leaveOneModelOut} from './folds.js'
import {type LimitValidation, scoreLimits} from './limit-validation.js'
import {type ErrorMetrics, errorMetrics} from './metrics.js'
import {isMeteredPass, type ScoredPass} from './pass-errors.js'
import {buildPredictor, notListed, type Prediction, type PredictorOptions} from './predictor.js'
import {type ErrorGroup, errorGroupOf} from './regime.js'
import {type SweepValidation, scorePasses} from './sweep-validation.js'
import type {MeteredPass} from './sweeps.js'

export const measuredMetrics = ['latency', 'energy', 'power'] as const
export type MeasuredMetric = (typeof measuredMetrics)[number]

export type GroupErrors = ErrorGroup & {readonly rowCount: number} & Readonly<Record<MeasuredMetric, ErrorMetrics | null>>

/** Predictions joined with measurements: how far the model is from silicon, and on which rows. */
export interface Validation {
  readonly traces: readonly string[]
  readonly fidelity: string
  /** Rows read. */
  readonly rowCount: number
  readonly predictedCount: number
  readonly skipped: readonly {readonly reason: string; readonly count: number}[]
  readonly metrics: Readonly<Record<MeasuredMetric, ErrorMetrics | null>>
  /** Why a metric is null. */
  readonly withoutMetric: Readonly<Partial<Record<MeasuredMetric, string>>>
  readonly groups: readonly GroupErrors[]
  /** Models whose passes were predicted with constants that were fitted to those of the others. */
  readonly folds: readonly Fold[]
  /** Passes over the core clock; null where no workload was measured at enough clocks. */
  readonly sweeps: SweepValidation | null
  /** Work under several power limits; null where none was measured under three or more. */
  readonly limits: LimitValidation | null
  /** Columns of the files that mean nothing here. */
  readonly unknownColumns: readonly string[]
}

export interface ValidateOptions extends Omit<PredictorOptions, 'folds'> {
  readonly traces: readonly string[]
  /** Fits constants to measured passes: then each model's passes are predicted with those that the others' tell. */
  readonly leaveOneModelOut?: ConstantFit | undefined
  readonly signal?: AbortSignal
  /** Told of every row, for progress and figures. */
  readonly onRow?: (row: TraceRow, prediction: Prediction) => void
}

/** Predicts every row of the traces and measures the error; rows that can't be predicted are counted with the reason. */
export async function validate(options: ValidateOptions): Promise<Validation> {
  const folds = await foldsOf(options)
  const predict = buildPredictor({...options, folds})
  const groups = new Map<string, {group: ErrorGroup; rowCount: number; pairs: Pairs}>()
  const skipped = new Map<string, number>()
  const fidelities = new Set<string>()
  const unknownColumns = new Set<string>()
  const passes: ScoredPass[] = []
  const limited: TraceRow[] = []
  let rowCount = 0
  let predictedCount = 0

  for (const file of options.traces) {
    const trace = readTrace(file)
    for (const column of trace.unknownColumns) unknownColumns.add(column)
    for await (const row of trace) {
      options.signal?.throwIfAborted()
      rowCount++
      const prediction = predict(row)
      options.onRow?.(row, prediction)
      if (isPass(row) && row.powerLimitWatts !== undefined) limited.push(row)
      if (isPass(row) && isMeteredPass(row)) passes.push({row, prediction})
      if (prediction.kind === 'skipped') {
        skipped.set(prediction.reason, (skipped.get(prediction.reason) ?? 0) + 1)
        continue
      }
      predictedCount++
      fidelities.add(prediction.fidelity)
      const group = errorGroupOf(row, prediction.request)
      const key = Object.values(group).join('\u0000')
      const known = groups.get(key) ?? {group, rowCount: 0, pairs: newPairs()}
      groups.set(key, known)
      known.rowCount++
      addPair(known.pairs, row, prediction)
    }
  }
  if (options.inventory !== undefined && skipped.get(notListed) === rowCount) throw noListedPass(options.inventory)
  const metrics = metricsOf([...groups.values()].map(({pairs}) => pairs))
  return {
    traces: options.traces,
    fidelity: [...fidelities].join(' and ') || (options.fidelity ?? 'none'),
    rowCount,
    predictedCount,
    skipped: [...skipped].map(([reason, count]) => ({reason, count})).sort((a, b) => b.count - a.count),
    metrics,
    withoutMetric: reasons(metrics, predictedCount),
    groups: [...groups.values()]
      .map(({group, rowCount: count, pairs}) => ({...group, rowCount: count, ...metricsOf([pairs])}))
      .sort(byGroup),
    folds,
    sweeps: scorePasses(passes),
    limits: scoreLimits(limited, options.accelerator),
    unknownColumns: [...unknownColumns],
  }
}

async function foldsOf({traces, accelerator, leaveOneModelOut: fit}: ValidateOptions): Promise<Fold[]> {
  if (fit === undefined) return []
  const passes: MeteredPass[] = []
  for (const file of traces)
    for await (const row of readTrace(file)) if (traceRequest(row).kind === 'pass' && isMeteredPass(row)) passes.push(row)
  return leaveOneModelOut(passes, fit, accelerator)
}

function noListedPass(inventory: string): UserError {
  return new UserError(`no pass of the traces stands in ${inventory}`, {
    code: 'NO_SUCH_PASS',
    suggestions: ['model, phase, model_dtype, model_batch and seq of a line must be the model, op, dtype, batch and seq_q of a row'],
  })
}

type Pairs = Record<MeasuredMetric, {readonly predicted: number[]; readonly measured: number[]}>

function newPairs(): Pairs {
  return {latency: {predicted: [], measured: []}, energy: {predicted: [], measured: []}, power: {predicted: [], measured: []}}
}

function addPair(pairs: Pairs, row: TraceRow, prediction: Extract<Prediction, {kind: 'predicted'}>): void {
  const values: Record<MeasuredMetric, readonly [number, number | undefined]> = {
    latency: [prediction.latencySeconds, row.latencySeconds],
    energy: [prediction.energyJoules, row.energyJoules],
    power: [prediction.averageWatts, row.powerWatts],
  }
  for (const metric of measuredMetrics) {
    const [predicted, measured] = values[metric]
    if (measured === undefined) continue
    pairs[metric].predicted.push(predicted)
    pairs[metric].measured.push(measured)
  }
}

/** Each row's pair is kept once, in its group: a trace may have millions of rows. */
function metricsOf(groups: readonly Pairs[]): Record<MeasuredMetric, ErrorMetrics | null> {
  const of = (metric: MeasuredMetric): ErrorMetrics | null => {
    const rowCount = groups.reduce((sum, pairs) => sum + pairs[metric].predicted.length, 0)
    const [predicted, measured] = [new Float64Array(rowCount), new Float64Array(rowCount)]
    let row = 0
    for (const pairs of groups) {
      predicted.set(pairs[metric].predicted, row)
      measured.set(pairs[metric].measured, row)
      row += pairs[metric].predicted.length
    }
    return errorMetrics(predicted, measured, rowCount)
  }
  return {latency: of('latency'), energy: of('energy'), power: of('power')}
}

function reasons(metrics: Validation['metrics'], predictedCount: number): Validation['withoutMetric'] {
  const missing = measuredMetrics.filter((metric) => metrics[metric] === null)
  return Object.fromEntries(
    missing.map((metric) => [metric, predictedCount === 0 ? 'no row could be predicted' : `no predicted row states its ${metric}`]),
  )
}

function byGroup(a: ErrorGroup, b: ErrorGroup): number {
  const key = (group: ErrorGroup): string => `${group.device} ${group.op} ${group.dtype} ${group.regime}`
  return key(a).localeCompare(key(b), 'en', {numeric: true})
}
