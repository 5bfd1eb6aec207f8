import {type OperandRole, operandRoles} from '../../foundation/resource.js'
import {arraySchedule} from './array-schedule.js'
import type {Dataflow} from './dataflow.js'
import {evenFolds, foldCycles, type SystolicArray} from './fold-cycles.js'
import {type FoldMove, foldMoves} from './fold-moves.js'
import type {Product} from './product.js'

/** The memory between an operand of an array and main memory: half of it serves the present block, half fetches or drains another. */
export interface OperandBuffer {
  readonly capacityWords: number
  /** Of main memory for this operand, each way. */
  readonly wordsPerCycle: number
}

export type OperandBuffers = Readonly<Record<OperandRole, OperandBuffer>>

/** Folds that wait for main memory. */
export interface BufferedSchedule {
  /** From the first fetch to the last word written. */
  readonly cycles: number
  /** Beyond those of the array alone; among them those before the first fold and after the last one. */
  readonly stallCycles: number
  readonly firstFetchCycles: number
  readonly lastWriteCycles: number
  /** Words that main memory reads, of outputs sums that come back, and words that it writes. */
  readonly readWords: Readonly<Record<OperandRole, number>>
  readonly writtenWords: number
}

/** The folds of an array behind double buffers: each waits for its words, while it runs those of the next are fetched and its sums written after it. */
export function bufferedSchedule(product: Product, array: SystolicArray, dataflow: Dataflow, buffers: OperandBuffers): BufferedSchedule {
  const schedule = arraySchedule(product, array, dataflow)
  const capacities = {
    inputs: buffers.inputs.capacityWords,
    weights: buffers.weights.capacityWords,
    outputs: buffers.outputs.capacityWords,
  }
  const {partCount, moveOf} = foldMoves(product, array, dataflow, schedule, capacities)
  const {streamCycles, foldCount, loadCycles} = schedule
  const cyclesOf = (folds: number): number => foldCycles(array, evenFolds(array, folds, loadCycles > 0 ? folds : 0, streamCycles))
  const partCycles = (cyclesOf(2) - cyclesOf(1)) / partCount
  const line = new Timeline(buffers)
  for (let fold = 0; fold < foldCount; fold++) for (let part = 0; part < partCount; part++) line.run(moveOf(fold, part), partCycles)
  // Where folds overlap, the first one's load and the last one's skew are behind those that all of them take.
  return line.finished(cyclesOf(1) - partCycles * partCount, schedule.cycles)
}

/** Steps in time. A fetch begins when the step before has begun, and so left half a buffer; a step waits for half a buffer to drain. */
class Timeline {
  readonly #buffers: OperandBuffers
  readonly #fetchedAt = {inputs: 0, weights: 0, outputs: 0}
  readonly #readWords = {inputs: 0, weights: 0, outputs: 0}
  #writtenWords = 0
  #firstStart: number | undefined
  #start = 0
  #end = 0
  /** When the sums of the last step, and of the one before it, have left. */
  #drainedAt: readonly [before: number, last: number] = [0, 0]

  constructor(buffers: OperandBuffers) {
    this.#buffers = buffers
  }

  run({readWords, writtenWords}: FoldMove, cycles: number): void {
    let start = Math.max(this.#end, this.#drainedAt[0])
    for (const role of operandRoles) {
      if (readWords[role] === 0) continue
      this.#fetchedAt[role] = Math.max(this.#fetchedAt[role], this.#start) + readWords[role] / this.#buffers[role].wordsPerCycle
      this.#readWords[role] += readWords[role]
      start = Math.max(start, this.#fetchedAt[role])
    }
    this.#firstStart ??= start
    this.#start = start
    this.#end = start + cycles
    const begin = Math.max(this.#end, this.#drainedAt[1])
    const drained = writtenWords === 0 ? this.#drainedAt[1] : begin + writtenWords / this.#buffers.outputs.wordsPerCycle
    this.#drainedAt = [this.#drainedAt[1], drained]
    this.#writtenWords += writtenWords
  }

  finished(lastCycles: number, arrayCycles: number): BufferedSchedule {
    const end = this.#end + lastCycles
    const cycles = Math.max(end, this.#drainedAt[1] + lastCycles)
    return {
      cycles,
      stallCycles: cycles - arrayCycles,
      firstFetchCycles: this.#firstStart ?? 0,
      lastWriteCycles: cycles - end,
      readWords: this.#readWords,
      writtenWords: this.#writtenWords,
    }
  }
}
