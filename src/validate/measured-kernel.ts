import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {calibratedTime, type ThreeConstants, tripSeconds} from '../cost/calibrated/calibrated.js'
import {operatingPoint} from '../cost/evaluate.js'
import {fidelities} from '../cost/fidelity.js'
import {metricColumns} from '../cost/metrics.js'
import type {Fidelity} from '../cost/operator-time.js'
import {boundNames, compileProgram} from '../cost/program.js'
import {linkIndex} from '../cost/wire.js'
import type {TraceRow} from '../trace/trace-row.js'
import type {OperatorNode} from '../workload/operator.js'
import type {Sample} from './fit.js'
import {kernelWorkload} from './predictor.js'

/** A measured kernel, as a fit of three constants needs it. */
export interface MeasuredKernel {
  readonly shape: string
  readonly measuredSeconds: number
  /** The plain bound at the boost clock. */
  readonly rooflineSeconds: number
  /** Its busy times at the clock that the power limit leaves under these constants; at the boost clock without any. */
  readonly sample: (constants: ThreeConstants | undefined) => Sample
}

/** Prepares measured kernels of one accelerator. */
export function kernelBench(accelerator: Accelerator): (operator: OperatorNode, row: TraceRow) => MeasuredKernel {
  const {machine} = designBatch(accelerator, [], 1)
  const overheadBound = boundNames(machine).length - 1
  const out = metricColumns(1)
  return (operator, row) => {
    const {clockHertz, powerLimitWatts} = operatingPoint(accelerator, {clockHertz: row.clockHertz, powerLimitWatts: row.powerLimitWatts})
    const trip = tripSeconds(machine, operator, linkIndex(accelerator.machine, operator, accelerator.name))
    const shape = JSON.stringify(operator.shape)
    const sample = (constants: ThreeConstants | undefined): Sample => {
      const fidelity: Fidelity = constants === undefined ? fidelities.roofline : underFit(constants, trip, overheadBound)
      const program = compileProgram(accelerator, machine, kernelWorkload(operator), fidelity, 1)
      const limitWatts = constants === undefined ? Number.POSITIVE_INFINITY : powerLimitWatts
      program.evaluate({coreHertz: Float64Array.of(clockHertz), limitWatts: Float64Array.of(limitWatts)}, out, 1)
      const {busy} = program.operators[0]!.program
      const longest = (isUnit: boolean): number =>
        busy.reduce((most, each) => ((each.kind === 'unit') === isUnit ? Math.max(most, each.seconds[0]!) : most), 0)
      return {
        shape,
        computeSeconds: longest(true),
        memorySeconds: longest(false),
        tripSeconds: trip(0),
        measuredSeconds: row.latencySeconds,
      }
    }
    const {computeSeconds, memorySeconds} = sample(undefined)
    return {shape, measuredSeconds: row.latencySeconds, rooflineSeconds: Math.max(computeSeconds, memorySeconds), sample}
  }
}

function underFit(constants: ThreeConstants, trip: (row: number) => number, overheadBound: number): Fidelity {
  return {
    summary: 'constants under fit',
    isAvailable: () => true,
    compile: () => ({basis: 'measured', from: 'the rows at hand', kernel: calibratedTime(constants, trip, overheadBound)}),
  }
}
