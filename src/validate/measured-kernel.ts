import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {boundNames} from '../cost/bounds.js'
import {kernelModels} from '../cost/calibrated/kernel-models.js'
import {operatingPoint} from '../cost/evaluate.js'
import {metricColumns} from '../cost/metrics.js'
import type {Fidelity} from '../cost/operator-time.js'
import {compileProgram} from '../cost/program.js'
import {longestSeconds, rooflineOperator} from '../cost/roofline/roofline.js'
import type {OperatorRequest} from '../trace/trace-request.js'
import type {TraceRow} from '../trace/trace-row.js'
import type {FitRow} from './fit.js'
import {kernelWorkload} from './predictor.js'
import {regimesOf} from './regimes.js'

/** A measured kernel, ready to be fitted. */
export interface MeasuredKernel extends FitRow {
  readonly shape: string
  /** The plain bound at the boost clock. */
  readonly rooflineSeconds: number
  /** Every regime that it belongs to, at the parameters as they stand. */
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
    const underFit: Fidelity = {
      summary: 'parameters under fit',
      isAvailable: () => true,
      compile: ({busy}) => ({...rooflineOperator(busy), kernel: kernel.time}),
    }
    const program = compileProgram(accelerator, machine, kernelWorkload(operator), underFit, 1, run)
    const {clockHertz, powerLimitWatts} = operatingPoint(accelerator, {clockHertz: row.clockHertz, powerLimitWatts: row.powerLimitWatts})
    const at = {coreHertz: Float64Array.of(clockHertz), limitWatts: Float64Array.of(powerLimitWatts)}
    const settledHertz = Float64Array.of(clockHertz)
    program.evaluate({...at, limitWatts: Float64Array.of(Number.POSITIVE_INFINITY)}, out, 1)
    return {
      shape: JSON.stringify(operator.shape),
      measuredSeconds: row.latencySeconds,
      rooflineSeconds: longestSeconds(program.operators[0]!.program.busy),
      predictedSeconds: () => {
        kernel.time(settledHertz, seconds, boundBy, 1)
        return seconds[0]!
      },
      settle: () => {
        program.evaluate(at, out, 1)
        settledHertz[0] = out.clockHertz[0]!
      },
      regimes: () => regimesOf(operator, row.latencySeconds, kernel.facts(settledHertz[0]!, 0)),
    }
  }
}
