import type {OperandRole} from '../../foundation/resource.js'
import type {CountingName} from '../../spec/schemas/problem-shapes.js'
import {countings} from '../../workload/counting.js'
import type {Problem} from '../../workload/problem.js'
import {operandRolesOf} from '../hierarchy-constraints.js'
import {type ArraySchedule, arraySchedule} from './array-schedule.js'
import {type BufferedSchedule, bufferedSchedule, type OperandBuffer, type OperandBuffers} from './buffered-schedule.js'
import {type DataflowName, dataflowNames, dataflows} from './dataflows/table.js'
import type {SystolicArray} from './fold-cycles.js'
import {type Product, productOf} from './product.js'

/** A buffer before each operand, and the rate of main memory for it, each way. */
export interface BufferChoice {
  readonly bufferBytes: number
  readonly bytesPerCycle: number
}

export interface DataflowRun extends ArraySchedule {
  readonly dataflow: DataflowName
  /** Behind buffers, where there are some. */
  readonly buffered?: BufferedSchedule
}

/** What a problem takes on one array in each dataflow. */
export interface ArrayComparison {
  readonly problem: string
  readonly counting: CountingName
  readonly array: SystolicArray
  readonly product: Product
  readonly runs: readonly DataflowRun[]
}

/** A problem as products on a systolic array, in every dataflow; convolutions by their unfolded windows. */
export function arrayComparison(problem: Problem, array: SystolicArray, buffer: BufferChoice | undefined): ArrayComparison {
  const product = productOf(problem)
  const counting = problem.counting ?? 'hardware'
  const {countedCycles} = countings[counting]
  const buffers = buffer && buffersOf(problem, buffer)
  const runs = dataflowNames.map((dataflow): DataflowRun => {
    const schedule = arraySchedule(product, array, dataflows[dataflow])
    const run = {dataflow, ...schedule, cycles: countedCycles(schedule.cycles)}
    if (buffers === undefined) return run
    const buffered = bufferedSchedule(product, array, dataflows[dataflow], buffers)
    return {...run, buffered: {...buffered, cycles: countedCycles(buffered.cycles)}}
  })
  return {problem: problem.name, counting, array, product, runs}
}

function buffersOf(problem: Problem, {bufferBytes, bytesPerCycle}: BufferChoice): OperandBuffers {
  const roles = operandRolesOf(problem)
  const buffer = (role: OperandRole): OperandBuffer => {
    const wordBytes = problem.tensors[roles.indexOf(role)]!.elementBits / 8
    return {capacityWords: Math.floor(bufferBytes / wordBytes), wordsPerCycle: bytesPerCycle / wordBytes}
  }
  return {inputs: buffer('inputs'), weights: buffer('weights'), outputs: buffer('outputs')}
}
