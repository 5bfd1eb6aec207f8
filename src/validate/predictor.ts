import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {chosenFidelity, type FidelityName} from '../cost/fidelity.js'
import {type MetricColumns, metricColumns} from '../cost/metrics.js'
import {columnsAt, operatingPoint} from '../cost/operating-point.js'
import {compileProgram, type Program} from '../cost/program.js'
import {UserError} from '../foundation/user-error.js'
import {shippedNames} from '../spec/catalogue.js'
import {traceRequest} from '../trace/to-operator.js'
import type {PassRequest, TraceRequest} from '../trace/trace-request.js'
import type {TraceRow} from '../trace/trace-row.js'
import {buildWorkload, loadModel} from '../workload/load-workload.js'
import type {Model} from '../workload/model.js'
import type {OperatorNode, Workload} from '../workload/operator.js'

/** What the model says of a row, or why it says nothing. */
export type Prediction =
  | {
      readonly kind: 'predicted'
      readonly request: TraceRequest
      readonly accelerator: string
      readonly fidelity: FidelityName
      readonly latencySeconds: number
      readonly energyJoules: number
      readonly averageWatts: number
      readonly program: Program
    }
  | {readonly kind: 'skipped'; readonly reason: string}

export interface PredictorOptions {
  /** In place of the row's device. */
  readonly accelerator?: string | undefined
  readonly fidelity?: string | undefined
}

interface Bench {
  readonly accelerator: Accelerator
  readonly machine: ReturnType<typeof designBatch>['machine']
  readonly fidelity: FidelityName
}

const notCovered = new Set(['UNKNOWN_NAME', 'UNSUPPORTED_DTYPE', 'UNSUPPORTED_RANKS', 'CLOCK_OUT_OF_RANGE', 'POWER_LIMIT_OUT_OF_RANGE'])

/** Predicts measured rows; accelerators and models are loaded once. */
export function buildPredictor(options: PredictorOptions): (row: TraceRow) => Prediction {
  const benches = new Map<string, Bench | undefined>()
  const models = new Map<string, Model>()
  const known = new Set(shippedNames('accelerator'))
  const out = metricColumns(1)

  const benchOf = (device: string): Bench | undefined => {
    if (!benches.has(device))
      benches.set(device, options.accelerator !== undefined || known.has(device) ? openBench(device, options.fidelity) : undefined)
    return benches.get(device)
  }
  return (row) => {
    const device = options.accelerator ?? row.device
    const bench = benchOf(device)
    if (bench === undefined) return {kind: 'skipped', reason: `no accelerator file for device ${device}`}
    try {
      return prediction(row, bench, models, out)
    } catch (error) {
      if (error instanceof UserError && notCovered.has(error.code)) return {kind: 'skipped', reason: error.message}
      throw error
    }
  }
}

function prediction(row: TraceRow, {accelerator, machine, fidelity}: Bench, models: Map<string, Model>, out: MetricColumns): Prediction {
  const request = traceRequest(row)
  if (request.kind === 'skipped') return request
  const workload = workloadOf(request, models)
  if (typeof workload === 'string') return {kind: 'skipped', reason: workload}
  const run = request.kind === 'operator' ? request.run : undefined
  const program = compileProgram(accelerator, machine, workload, fidelity, 1, run)
  const at = operatingPoint(accelerator, {clockHertz: row.clockHertz, powerLimitWatts: row.powerLimitWatts})
  program.evaluate(columnsAt({...at, powerLimitWatts: limitOf(row, request, fidelity, at.powerLimitWatts)}), out, 1)
  const [latencySeconds, energyJoules] = [out.latencySeconds[0]!, out.energyJoules[0]!]
  return {
    kind: 'predicted',
    request,
    accelerator: accelerator.name,
    fidelity,
    latencySeconds,
    energyJoules,
    averageWatts: energyJoules / latencySeconds,
    program,
  }
}

function openBench(device: string, fidelity: string | undefined): Bench {
  const accelerator = loadAccelerator(device)
  return {accelerator, machine: designBatch(accelerator, [], 1).machine, fidelity: chosenFidelity(accelerator, fidelity)}
}

/** The ideal bound of a kernel alone is that of the boost clock, unless its row names a limit; calibrated times hold the limit that they were fitted under. */
function limitOf(row: TraceRow, request: TraceRequest, fidelity: FidelityName, powerLimitWatts: number): number {
  const isBare = request.kind === 'operator' && fidelity === 'roofline' && row.powerLimitWatts === undefined
  return isBare ? Number.POSITIVE_INFINITY : powerLimitWatts
}

function workloadOf(request: Exclude<TraceRequest, {kind: 'skipped'}>, models: Map<string, Model>): Workload | string {
  return request.kind === 'operator' ? kernelWorkload(request.operator) : passWorkload(request, models)
}

/** A workload of one kernel alone. */
export function kernelWorkload(operator: OperatorNode): Workload {
  const residentBytes = {weights: 0, activations: 0, kvCache: 0, optimizerState: 0}
  return {name: operator.name, phase: 'kernel', operators: [operator], parameterCount: 0, residentBytes, tokenCount: 1, settings: {}}
}

function passWorkload(request: PassRequest, models: Map<string, Model>): Workload | string {
  const {model, pass, hasOptimizer, pipelineParallelCount, deviceCount} = request
  if (pipelineParallelCount > 1) return 'pipeline parallelism is not modelled'
  if (deviceCount > (pass.tensorParallel ?? 1)) return 'data parallelism is not modelled'
  const loaded = models.get(model) ?? loadModel(model)
  models.set(model, loaded)
  const workload = buildWorkload(loaded, pass)
  return hasOptimizer ? workload : {...workload, operators: workload.operators.filter((operator) => operator.class !== 'optimizer')}
}
