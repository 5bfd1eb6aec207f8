import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import type {Column} from '../accelerator/machine.js'
import {boundNames} from '../cost/bounds.js'
import {kernelModels} from '../cost/calibrated/kernel-models.js'
import {metricColumns} from '../cost/metrics.js'
import {operatingPoint} from '../cost/operating-point.js'
import {compileProgram} from '../cost/program.js'
import type {OperatorRequest} from '../trace/trace-request.js'
import type {TraceRow} from '../trace/trace-row.js'
import {kernelWorkload} from '../workload/kernel-workload.js'
import type {FitRow} from './fit-problem.js'
import {regimesOf} from './regimes.js'
import {clockSearch} from './settled-clock.js'

/** A measured kernel, ready to be fitted. */
export interface MeasuredKernel extends FitRow {
  readonly shape: string
  /** The plain bound at the boost clock. */
  readonly rooflineSeconds: number
  /** Every regime that it belongs to, at the parameters and the clock as they stand. */
  readonly regimes: () => readonly string[]
}

/** Prepares measured kernels of one accelerator, whose time follows the parameters in this array. */
export function kernelBench(accelerator: Accelerator, parameters: Float64Array) {
  const {machine} = designBatch(accelerator, [], 1)
  const names = boundNames(machine)
  const boundIndex = (name: string): number => names.indexOf(name)
  const [out, seconds, boundBy] = [metricColumns(1), new Float64Array(1), new Int32Array(1)]
  return (request: OperatorRequest, row: TraceRow): MeasuredKernel => {
    const {operator, run} = request
    const kernel = kernelModels[operator.class]!.compile({machine, node: operator, run, parameters, rowCapacity: 1, boundIndex})
    const secondsAt = (hertz: Column): number => {
      kernel.time(hertz, seconds, boundBy, 1)
      return seconds[0]!
    }
    const asked = operatingPoint(accelerator, {clockHertz: row.clockHertz, powerLimitWatts: row.powerLimitWatts})
    const ideal = compileProgram(accelerator, machine, kernelWorkload(operator), 'roofline', 1, run)
    const {hertz, settledSeconds} = clockSearch(machine, ideal, {...asked, replayCount: run.replayCount}, secondsAt)
    ideal.evaluate({coreHertz: hertz, limitWatts: Float64Array.of(Number.POSITIVE_INFINITY)}, out, 1)
    return {
      shape: JSON.stringify(operator.shape),
      measuredSeconds: row.latencySeconds,
      rooflineSeconds: out.latencySeconds[0]!,
      predictedSeconds: () => secondsAt(hertz),
      settledSeconds,
      regimes: () => regimesOf(operator, row.latencySeconds, kernel.facts(hertz[0]!, 0)),
    }
  }
}
