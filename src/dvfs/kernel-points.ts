import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {clockStates} from '../accelerator/clock.js'
import type {Column, Machine} from '../accelerator/machine.js'
import {compileEnergy} from '../cost/energy.js'
import {heldWatts} from '../cost/held-power.js'
import {type MetricColumns, metricColumns} from '../cost/metrics.js'
import {compileProgram, type Program} from '../cost/program.js'
import {refuseEstimatesBehind} from '../cost/used-constants.js'
import {UserError} from '../foundation/user-error.js'
import type {Points} from '../frontier/frontier.js'
import type {Workload} from '../workload/operator.js'
import type {StateOptions} from './operating-states.js'

/** One run of an operator at every clock of its pass; its knobs are the indices of the clocks. */
export interface Kernel {
  readonly name: string
  readonly stage: string
  readonly points: Points<number>
  /** What bounds it, by clock. */
  readonly boundBy: readonly string[]
}

/** The kernels of a pass, and the order in which they run. */
export interface PassKernels {
  /** The clock states, lowest first; behind them, where the power limit lowers the highest clock, the average that it settles at. */
  readonly clockHertz: readonly number[]
  /** How many clocks can be set; the settled one only comes about over a whole pass. */
  readonly stateCount: number
  readonly kernels: readonly Kernel[]
  readonly runs: PassRuns
  /** The average power that a pass may take. */
  readonly heldWatts: number
  /** What the device draws at the highest clock while nothing runs: an upper bound of what it draws while the clock changes. */
  readonly waitingWatts: number
}

/** Places of a pass in their order. */
export interface PassRuns {
  /** Which kernel runs. */
  readonly kernelIndex: Int32Array
  /** Where a stretch that runs over and over begins anew. */
  readonly repeatStarts: Int32Array
}

export interface KernelOptions extends StateOptions {
  readonly powerLimitWatts: number
}

/** Time and energy of each kernel of a pass at every core clock, and at the one that a power limit leaves of the highest; an operator's energy has the idle power of its time. */
export function kernelPoints(accelerator: Accelerator, workload: Workload, options: KernelOptions): PassKernels {
  const {fidelity, powerLimitWatts, memoryClockHertz, measuredOnly = []} = options
  if (workload.settings['launch'] === 'queued')
    throw new UserError('kernels that a host queues have no clock of their own: the host does not wait for them', {
      code: 'PLAN_QUEUED',
      suggestions: ['add --launch graph'],
    })
  const states = clockStates(accelerator.machine.clocks[0]!)
  const [stateCount, rowCount] = [states.length, states.length + 1]
  const program = compileProgram(accelerator, designBatch(accelerator, [], rowCount).machine, workload, fidelity, rowCount)
  refuseEstimatesBehind(accelerator, workload, program, measuredOnly)
  const out = metricColumns(rowCount)
  const memoryHertz = memoryClockHertz === undefined ? undefined : new Float64Array(rowCount).fill(memoryClockHertz)
  const limitWatts = new Float64Array(rowCount).fill(Number.POSITIVE_INFINITY)
  limitWatts[stateCount] = powerLimitWatts
  program.evaluate({coreHertz: Float64Array.of(...states, states.at(-1)!), memoryHertz, limitWatts}, out, rowCount)
  const isThrottled = out.throttled[stateCount] === 1
  const clockHertz = Array.from(out.clockHertz.subarray(0, isThrottled ? rowCount : stateCount))
  const stages = stagesOf(workload)
  const joulesOf = compileOperatorJoules(program, rowCount)
  return {
    clockHertz,
    stateCount,
    kernels: program.operators.map((_, index) => kernelOf(program, joulesOf, out, index, stages[index]!, clockHertz.length)),
    runs: passRuns(workload),
    heldWatts: heldWatts(program.machine.power, powerLimitWatts, 0),
    waitingWatts: waitingWatts(program.machine, out.clockHertz, stateCount)[stateCount - 1]!,
  }
}

function kernelOf(
  program: Program,
  joulesOf: OperatorJoules,
  pass: MetricColumns,
  index: number,
  stage: string,
  clockCount: number,
): Kernel {
  const {node, program: operator} = program.operators[index]!
  return {
    name: node.name,
    stage,
    points: {
      latencySeconds: operator.seconds.slice(0, clockCount),
      energyJoules: joulesOf(index, pass, pass.clockHertz.length)
        .subarray(0, clockCount)
        .map((total) => total / node.count),
      knobs: Array.from({length: clockCount}, (_, state) => state),
    },
    boundBy: Array.from(operator.boundBy.subarray(0, clockCount), (bound) => program.boundNames[bound]!),
  }
}

function stagesOf({operators, stretches, phase}: Workload): string[] {
  if (stretches === undefined) return operators.map(() => phase)
  return stretches.flatMap(({stage, operatorCount}) => new Array<string>(operatorCount).fill(stage))
}

/** Unfolds the stretches of a pass. */
function passRuns({operators, stretches}: Workload): PassRuns {
  const [kernelIndex, repeatStarts]: [number[], number[]] = [[], []]
  let first = 0
  for (const {operatorCount, repeatCount} of stretches ?? [{operatorCount: operators.length, repeatCount: 1}]) {
    for (let turn = 0; turn < repeatCount; turn++) {
      repeatStarts.push(kernelIndex.length)
      for (let index = first; index < first + operatorCount; index++)
        for (let run = 0; run < operators[index]!.count / repeatCount; run++) kernelIndex.push(index)
    }
    first += operatorCount
  }
  return {kernelIndex: Int32Array.from(kernelIndex), repeatStarts: Int32Array.from(repeatStarts)}
}

/** Energy of all runs of an operator in the rows that its program evaluated last, with the idle power of their time. */
export type OperatorJoules = (index: number, pass: MetricColumns, rowCount: number) => Column

/** Compiles the energies of operators apart; the columns are reused from one operator to the next. */
export function compileOperatorJoules({operators, machine, leakage}: Program, rowCapacity: number): OperatorJoules {
  const out = metricColumns(rowCapacity)
  return (index, {clockHertz}, rowCount) => {
    const {program} = operators[index]!
    const energy = compileEnergy(machine, [program], rowCapacity)
    energy.prepare(rowCount)
    const seconds = program.seconds.map((each) => program.count * each)
    energy.split(clockHertz, seconds, leakage, out, rowCount)
    return out.energyJoules
  }
}

/** What a device draws at each of these clocks while nothing runs. */
export function waitingWatts(machine: Machine<Column>, coreHertz: Column, rowCount: number): Column {
  const energy = compileEnergy(machine, [], coreHertz.length)
  const watts = new Float64Array(coreHertz.length)
  energy.prepare(rowCount)
  energy.watts(coreHertz, new Float64Array(coreHertz.length).fill(1), watts, rowCount)
  return watts
}
