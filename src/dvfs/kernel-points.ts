import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {clockStates} from '../accelerator/clock.js'
import type {Column, Machine} from '../accelerator/machine.js'
import {compileEnergy} from '../cost/energy.js'
import type {FidelityName} from '../cost/fidelity.js'
import {type MetricColumns, metricColumns} from '../cost/metrics.js'
import {compileProgram, type Program} from '../cost/program.js'
import {UserError} from '../foundation/user-error.js'
import type {Points} from '../frontier/frontier.js'
import type {Workload} from '../workload/operator.js'

/** One run of an operator at every clock state; its knobs are the states' indices. */
export interface Kernel {
  readonly name: string
  readonly stage: string
  readonly points: Points<number>
  /** What bounds it, by state. */
  readonly boundBy: readonly string[]
}

/** The kernels of a pass, and the order in which they run. */
export interface PassKernels {
  /** The clock states, lowest first. */
  readonly clockHertz: readonly number[]
  readonly kernels: readonly Kernel[]
  readonly runs: PassRuns
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

/** Time and energy of each kernel of a pass at every core clock, as if no power limit held; an operator's energy has the idle power of its time. */
export function kernelPoints(accelerator: Accelerator, workload: Workload, fidelity: FidelityName): PassKernels {
  if (workload.settings['launch'] === 'queued')
    throw new UserError('kernels that a host queues have no clock of their own: the host does not wait for them', {
      code: 'PLAN_QUEUED',
      suggestions: ['add --launch graph'],
    })
  const clockHertz = clockStates(accelerator.machine.clocks[0]!)
  const rowCount = clockHertz.length
  const {machine} = designBatch(accelerator, [], rowCount)
  const program = compileProgram(accelerator, machine, workload, fidelity, rowCount)
  const coreHertz = Float64Array.from(clockHertz)
  const out = metricColumns(rowCount)
  program.evaluate({coreHertz, limitWatts: new Float64Array(rowCount).fill(Number.POSITIVE_INFINITY)}, out, rowCount)
  const stages = stagesOf(workload)
  const knobs = clockHertz.map((_, state) => state)
  const kernels = program.operators.map((_, index) => kernelOf(program, machine, out, coreHertz, index, stages[index]!, knobs))
  return {clockHertz, kernels, runs: passRuns(workload), waitingWatts: waitingWatts(machine, coreHertz)}
}

function kernelOf(
  {operators, boundNames, leakage}: Program,
  machine: Machine<Column>,
  out: MetricColumns,
  coreHertz: Column,
  index: number,
  stage: string,
  knobs: readonly number[],
): Kernel {
  const {node, program} = operators[index]!
  const rowCount = coreHertz.length
  const energy = compileEnergy(machine, [program], rowCount)
  energy.prepare(rowCount)
  energy.split(coreHertz, program.totalSeconds, leakage, out, rowCount)
  const points = {
    latencySeconds: program.totalSeconds.map((seconds) => seconds / node.count),
    energyJoules: out.energyJoules.map((joules) => joules / node.count),
    knobs,
  }
  return {name: node.name, stage, points, boundBy: Array.from(program.boundBy, (bound) => boundNames[bound]!)}
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

function waitingWatts(machine: Machine<Column>, coreHertz: Column): number {
  const rowCount = coreHertz.length
  const energy = compileEnergy(machine, [], rowCount)
  const watts = new Float64Array(rowCount)
  energy.prepare(rowCount)
  energy.watts(coreHertz, new Float64Array(rowCount).fill(1), watts, rowCount)
  return watts[rowCount - 1]!
}
