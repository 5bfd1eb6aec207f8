import type {Accelerator} from '../accelerator/accelerator.js'
import type {Column} from '../accelerator/machine.js'
import {chosenFidelity, fidelityOf} from '../cost/fidelity.js'
import type {MappingChoice} from '../cost/mapped/product-mapper.js'
import {type MetricColumns, metricColumns} from '../cost/metrics.js'
import type {Operating} from '../cost/operating-point.js'
import {compileProgram, type Program} from '../cost/program.js'
import type {Workload} from '../workload/operator.js'
import {constantsThatMove, type MovingConstant} from './moving-constants.js'
import {sampledMachine} from './sampled-machine.js'
import {statedTimes} from './stated-times.js'

export interface SampledOptions extends Operating {
  readonly fidelity?: string | undefined
  readonly mapping?: MappingChoice | undefined
}

/** A pass on machines that differ in their constants, row by row. */
export interface SampledPass {
  readonly constants: readonly MovingConstant[]
  readonly program: Program
  /** Moves the constants of each row: from 0 at the low end of a range to 1 at the high one, NaN as stated. */
  readonly move: (placesByConstant: readonly Column[], rowCount: number) => void
  /** Metrics of the rows as they were moved last; a clock or limit that is not asked for is each row's own. The columns are reused. */
  readonly evaluate: (operating: Omit<Operating, 'memoryClockHertz'>, rowCount: number) => MetricColumns
  /** Energy of the rows evaluated last if they took these times, at the same clocks; in columns of its own. */
  readonly joulesOver: (seconds: Column, rowCount: number) => Column
  /** Mean absolute error of the time to expect, as a ratio, after `evaluate`; undefined where any of it is an ideal bound. */
  readonly timeErrorRatio: () => number | undefined
}

/** Compiles a pass for machines whose constants lie anywhere in their ranges; fitted times stay those of the machine as stated. */
export function sampledPass(accelerator: Accelerator, workload: Workload, options: SampledOptions, rowCapacity: number): SampledPass {
  const all = constantsThatMove(accelerator)
  const {machine, move} = sampledMachine(accelerator, all, rowCapacity)
  const fidelity = chosenFidelity(accelerator, options.fidelity)
  const described = fidelityOf(fidelity, options.mapping)
  const fitted = statedTimes(accelerator, workload, described, options.memoryClockHertz)
  const isFitted = fitted !== undefined
  const program = compileProgram(accelerator, machine, workload, fitted ?? described.asStated ?? described, rowCapacity)
  const constants = all.filter(({isPace}) => !(isPace && isFitted))
  const asStated = new Float64Array(rowCapacity).fill(Number.NaN)
  const [out, over] = [metricColumns(rowCapacity), metricColumns(rowCapacity)]
  const column = <Own>(hertzOrWatts: number | undefined, own: Own): Column | Own =>
    hertzOrWatts === undefined ? own : new Float64Array(rowCapacity).fill(hertzOrWatts)
  const memoryHertz = column(options.memoryClockHertz, undefined)
  let isPrepared = false

  return {
    constants,
    program,
    move: (placesByConstant, rowCount) => {
      isPrepared = false
      const places = new Map(constants.map((constant, index) => [constant, placesByConstant[index]!]))
      move(
        all.map((constant) => places.get(constant) ?? asStated),
        rowCount,
      )
    },
    evaluate: (operating, rowCount) => {
      const coreHertz = column(operating.clockHertz, machine.clocks[0]!.maximumHertz)
      const limitWatts = column(operating.powerLimitWatts, machine.power.limitWatts)
      const evaluate = isPrepared ? program.evaluateAgain : program.evaluate
      evaluate({coreHertz, memoryHertz, limitWatts}, out, rowCount)
      isPrepared = true
      return out
    },
    joulesOver: (seconds, rowCount) => {
      over.clockHertz.set(out.clockHertz)
      program.energyOver(seconds, over, rowCount)
      return over.energyJoules
    },
    timeErrorRatio: () => (isFitted ? timeErrorRatio(program) : undefined),
  }
}

/** The operators' errors, weighed by their time in the first row. */
function timeErrorRatio({operators}: Program): number {
  const seconds = operators.reduce((sum, {program}) => sum + program.count * program.seconds[0]!, 0)
  return operators.reduce((sum, {program}) => sum + (program.time.expectedMape! * program.count * program.seconds[0]!) / seconds, 0)
}
