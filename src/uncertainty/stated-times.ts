import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {metricColumns} from '../cost/metrics.js'
import type {Fidelity, TimeKernel} from '../cost/operator-time.js'
import {compileProgram} from '../cost/program.js'
import type {Workload} from '../workload/operator.js'

/** What one run of each operator of a pass takes at one clock, and what bounds it. */
interface Times {
  readonly seconds: Float64Array
  readonly boundBy: Int32Array
}

/** Between so many even steps of the clock, times are read off along 1/f, of which they are nearly a line. */
const clockStepCount = 32

/**
 * A fidelity in which every row takes the time of the machine as stated; undefined unless every operator's time was fitted to
 * measurements. The fit took the stated rates and delays for granted, and what it missed stands in its error. A clock that all rows share
 * is evaluated itself; of those that a power limit sets to each row apart, only the steps between which they lie.
 */
export function statedTimes(
  accelerator: Accelerator,
  workload: Workload,
  fidelity: Fidelity,
  memoryClockHertz: number | undefined,
): Fidelity | undefined {
  const {machine} = designBatch(accelerator, [], 1)
  const {operators, evaluate} = compileProgram(accelerator, machine, workload, fidelity, 1)
  if (operators.some(({program}) => program.time.expectedMape === undefined)) return undefined
  const out = metricColumns(1)
  const limitWatts = Float64Array.of(Number.POSITIVE_INFINITY)
  const memoryHertz = memoryClockHertz === undefined ? undefined : Float64Array.of(memoryClockHertz)
  const known = new Map<number, Times>()

  const timesAt = (coreHertz: number): Times => {
    const seen = known.get(coreHertz)
    if (seen !== undefined) return seen
    evaluate({coreHertz: Float64Array.of(coreHertz), memoryHertz, limitWatts}, out, 1)
    const times = {
      seconds: Float64Array.from(operators, ({program}) => program.seconds[0]!),
      boundBy: Int32Array.from(operators, ({program}) => program.boundBy[0]!),
    }
    known.set(coreHertz, times)
    return times
  }
  const {minimumHertz, maximumHertz} = accelerator.machine.clocks[0]!
  const stepHertz = (maximumHertz - minimumHertz) / clockStepCount
  const between = (index: number): TimeKernel => {
    return (coreHertz, seconds, boundBy, rowCount) => {
      for (let row = 0; row < rowCount; row++) {
        const hertz = coreHertz[row]!
        const step = Math.min(Math.max(Math.floor((hertz - minimumHertz) / stepHertz), 0), clockStepCount - 1)
        const [below, above] = [minimumHertz + step * stepHertz, minimumHertz + (step + 1) * stepHertz]
        const [slow, fast] = [timesAt(below), timesAt(above)]
        const share = (1 / hertz - 1 / below) / (1 / above - 1 / below)
        seconds[row] = slow.seconds[index]! + share * (fast.seconds[index]! - slow.seconds[index]!)
        boundBy[row] = (share < 0.5 ? slow : fast).boundBy[index]!
      }
    }
  }
  const compile: Fidelity['compile'] = ({node}) => {
    const index = workload.operators.indexOf(node)
    const readOff = between(index)
    const kernel: TimeKernel = (coreHertz, seconds, boundBy, rowCount) => {
      if (!isEven(coreHertz, rowCount)) return readOff(coreHertz, seconds, boundBy, rowCount)
      const times = timesAt(coreHertz[0]!)
      seconds.fill(times.seconds[index]!, 0, rowCount)
      boundBy.fill(times.boundBy[index]!, 0, rowCount)
    }
    return {...operators[index]!.program.time, kernel}
  }
  return {...fidelity, compile}
}

function isEven(column: Float64Array, rowCount: number): boolean {
  for (let row = 1; row < rowCount; row++) if (column[row] !== column[0]) return false
  return true
}
