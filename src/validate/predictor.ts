import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {chosenFidelity, type FidelityName} from '../cost/fidelity.js'
import {type MetricColumns, metricColumns} from '../cost/metrics.js'
import {columnsAt, operatingPoint} from '../cost/operating-point.js'
import {compileProgram, type Program} from '../cost/program.js'
import {UserError} from '../foundation/user-error.js'
import {shippedNames} from '../spec/catalogue.js'
import {requestWorkload} from '../trace/request-workload.js'
import {isPass, traceRequest} from '../trace/to-operator.js'
import {type SkippedRow, skipped, type TraceRequest} from '../trace/trace-request.js'
import type {TraceRow} from '../trace/trace-row.js'
import type {Model} from '../workload/model.js'
import type {Workload} from '../workload/operator.js'
import type {Fold} from './folds.js'
import {inventoryPasses} from './inventory.js'

/** What the model says of a row, or why it says nothing. */
export type Prediction =
  | {
      readonly kind: 'predicted'
      readonly request: TraceRequest
      readonly workload: Workload
      readonly accelerator: Accelerator
      readonly fidelity: FidelityName
      readonly latencySeconds: number
      readonly energyJoules: number
      readonly averageWatts: number
      /** The power limit lowered the clock. */
      readonly throttled: boolean
      readonly program: Program
    }
  | {readonly kind: 'skipped'; readonly reason: string}

export interface PredictorOptions {
  /** In place of the row's device. */
  readonly accelerator?: string | undefined
  readonly fidelity?: string | undefined
  /** A CSV file of the kernels that passes run: passes are predicted from it in place of our graphs. */
  readonly inventory?: string | undefined
  /** Passes of these models are predicted by an accelerator whose constants were fitted without them. */
  readonly folds?: readonly Fold[] | undefined
}

interface Bench {
  readonly accelerator: Accelerator
  readonly machine: ReturnType<typeof designBatch>['machine']
  readonly fidelity: FidelityName
}

/** Codes of what is wrong with a row for a machine, and not with either. */
export const notCovered: ReadonlySet<string> = new Set([
  'UNKNOWN_NAME',
  'UNSUPPORTED_DTYPE',
  'UNSUPPORTED_RANKS',
  'CLOCK_OUT_OF_RANGE',
  'POWER_LIMIT_OUT_OF_RANGE',
])

/** Predicts measured rows; accelerators and models are loaded once. */
export function buildPredictor(options: PredictorOptions): (row: TraceRow) => Prediction {
  const benches = new Map<string | Fold, Bench | undefined>()
  const known = new Set(shippedNames('accelerator'))
  const subjectOf = subjects(options)
  const out = metricColumns(1)

  const benchOf = (device: string, fold: Fold | undefined): Bench | undefined => {
    const key = fold ?? device
    if (!benches.has(key))
      benches.set(key, options.accelerator !== undefined || known.has(device) ? openBench(device, fold, options.fidelity) : undefined)
    return benches.get(key)
  }
  return (row) => {
    const device = options.accelerator ?? row.device
    const bench = benchOf(
      device,
      options.folds?.find((fold) => isPass(row) && fold.device === row.device && fold.heldOut === row.model),
    )
    if (bench === undefined) return {kind: 'skipped', reason: `no accelerator file for device ${device}`}
    try {
      const subject = subjectOf(row)
      return subject.kind === 'skipped' ? subject : prediction(row, bench, subject, out)
    } catch (error) {
      if (error instanceof UserError && notCovered.has(error.code)) return {kind: 'skipped', reason: error.message}
      throw error
    }
  }
}

/** Why a pass has no prediction where an inventory tells what passes run. */
export const notListed = 'its pass does not stand in the inventory'

/** What a row measured, ready to be predicted. */
interface Subject {
  readonly kind: 'subject'
  readonly request: Exclude<TraceRequest, SkippedRow>
  readonly workload: Workload
}

/** Finds what rows measured: kernels and graphs built from models, or passes as an inventory lists them. */
export function subjects({inventory}: Pick<PredictorOptions, 'inventory'>): (row: TraceRow) => Subject | SkippedRow {
  const listed = inventory === undefined ? undefined : inventoryPasses(inventory)
  const models = new Map<string, Model>()
  return (row) => {
    if (listed !== undefined && isPass(row)) {
      const pass = listed(row)
      return pass === undefined ? skipped(notListed) : {kind: 'subject', ...pass}
    }
    const request = traceRequest(row)
    if (request.kind === 'skipped') return request
    const workload = requestWorkload(request, models)
    return typeof workload === 'string' ? skipped(workload) : {kind: 'subject', request, workload}
  }
}

function prediction(row: TraceRow, {accelerator, machine, fidelity}: Bench, {request, workload}: Subject, out: MetricColumns): Prediction {
  const run = request.kind === 'operator' ? request.run : undefined
  const program = compileProgram(accelerator, machine, workload, fidelity, 1, run)
  const at = operatingPoint(accelerator, {clockHertz: row.clockHertz, powerLimitWatts: row.powerLimitWatts})
  program.evaluate(columnsAt({...at, powerLimitWatts: limitOf(row, request, fidelity, at.powerLimitWatts)}), out, 1)
  const [latencySeconds, energyJoules] = [out.latencySeconds[0]!, out.energyJoules[0]!]
  return {
    kind: 'predicted',
    request,
    workload,
    accelerator,
    fidelity,
    latencySeconds,
    energyJoules,
    averageWatts: energyJoules / latencySeconds,
    throttled: out.throttled[0] === 1,
    program,
  }
}

function openBench(device: string, fold: Fold | undefined, fidelity: string | undefined): Bench {
  const accelerator = loadAccelerator(device, {set: fold?.set ?? {}})
  return {accelerator, machine: designBatch(accelerator, [], 1).machine, fidelity: chosenFidelity(accelerator, fidelity)}
}

/** The ideal bound of a kernel alone is that of the boost clock, unless its row names a limit; calibrated times hold the limit that they were fitted under. */
function limitOf(row: TraceRow, request: TraceRequest, fidelity: FidelityName, powerLimitWatts: number): number {
  const isBare = request.kind === 'operator' && fidelity === 'roofline' && row.powerLimitWatts === undefined
  return isBare ? Number.POSITIVE_INFINITY : powerLimitWatts
}
