import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {type FidelityName, fidelities} from '../cost/fidelity.js'
import {metricColumns} from '../cost/metrics.js'
import type {Fidelity} from '../cost/operator-time.js'
import {compileProgram} from '../cost/program.js'
import type {Workload} from '../workload/operator.js'

/** What the operators of a pass take at one clock. */
interface Times {
  readonly seconds: Float64Array
  readonly boundBy: Int32Array
}

/**
 * A fidelity in which every row takes the time of the machine as stated, each clock evaluated once; undefined unless every operator's
 * time was fitted to measurements. The fit took the stated rates and delays for granted, and what it missed stands in its error.
 */
export function statedTimes(accelerator: Accelerator, workload: Workload, name: FidelityName): Fidelity | undefined {
  const {machine} = designBatch(accelerator, [], 1)
  const {operators, evaluate} = compileProgram(accelerator, machine, workload, name, 1)
  if (operators.some(({program}) => program.time.expectedMape === undefined)) return undefined
  const out = metricColumns(1)
  const limitWatts = Float64Array.of(Number.POSITIVE_INFINITY)
  const known = new Map<number, Times>()

  const timesAt = (coreHertz: number): Times => {
    const seen = known.get(coreHertz)
    if (seen !== undefined) return seen
    evaluate({coreHertz: Float64Array.of(coreHertz), limitWatts}, out, 1)
    const times = {
      seconds: Float64Array.from(operators, ({program: {totalSeconds, count}}) => totalSeconds[0]! / count),
      boundBy: Int32Array.from(operators, ({program}) => program.boundBy[0]!),
    }
    known.set(coreHertz, times)
    return times
  }
  return {
    ...fidelities[name],
    compile: ({node}) => {
      const index = workload.operators.indexOf(node)
      return {
        ...operators[index]!.program.time,
        kernel: (coreHertz, seconds, boundBy, rowCount) => {
          for (let row = 0; row < rowCount; row++) {
            const times = timesAt(coreHertz[row]!)
            seconds[row] = times.seconds[index]!
            boundBy[row] = times.boundBy[index]!
          }
        },
      }
    },
  }
}
