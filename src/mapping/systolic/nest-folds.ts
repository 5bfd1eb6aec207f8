import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {EncodedNest} from '../encoded-nest.js'
import {type DigitNest, type LoopDigits, startCount} from '../loop-digits.js'
import type {TensorTables} from '../nest-tables.js'
import {type Folds, foldCycles, type SystolicArray} from './fold-cycles.js'

/** The systolic array of a hierarchy, under the level that spreads over its cells. */
export interface PlacedArray extends SystolicArray {
  readonly level: number
  readonly cyclesPerStep: number
}

/** How a nest runs on a systolic array: the tensor that stays in the cells, and its folds. */
export interface NestFolds extends Folds {
  readonly tensor: number
  readonly cycles: number
}

/** The array under the innermost level that spreads; undefined where it is not systolic. */
export function systolicArray({levels, arithmetic}: Hierarchy): PlacedArray | undefined {
  if (arithmetic.systolic === undefined) return undefined
  const level = levels.findLastIndex(({fanout}) => fanout.x * fanout.y > 1)
  const {x, y} = levels[Math.max(0, level)]!.fanout
  return {level: Math.max(0, level), rows: y, columns: x, cyclesPerStep: arithmetic.cyclesPerStep, ...arithmetic.systolic}
}

/**
 * Bits of the tensors that can stay in the cells: each loop on the array indexes one, and no other tensor has a word of its own in each
 * cell, as words move along rows and columns. None where the loops can not run on a systolic array.
 */
export function stayingBits(
  {level}: PlacedArray,
  {relevanceBits, dimensionCount, tensorCount}: TensorTables,
  {counts}: EncodedNest,
): number {
  let [common, alongX, alongY] = [2 ** tensorCount - 1, 0, 0]
  const x = (3 * level + 1) * dimensionCount
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    const bits = relevanceBits[dimension]!
    const [isAlongX, isAlongY] = [counts[x + dimension]! > 1, counts[x + dimensionCount + dimension]! > 1]
    if (isAlongX || isAlongY) common &= bits
    if (isAlongX) alongX |= bits
    if (isAlongY) alongY |= bits
  }
  const crossing = alongX & alongY
  return (crossing & (crossing - 1)) === 0 && (crossing & common) === crossing ? (crossing === 0 ? common : crossing) : 0
}

/** Cycles that an array needs for a nest whose digits are filled; infinite where its loops can not run on the array. */
export function nestCycles(array: PlacedArray, digitNest: DigitNest, nest: EncodedNest): number {
  return nestFolds(array, digitNest, nest)?.cycles ?? Number.POSITIVE_INFINITY
}

/** The folds of a nest whose digits are filled, with the tensor held that takes the fewest cycles; undefined where none can be. */
export function nestFolds(array: PlacedArray, digitNest: DigitNest, nest: EncodedNest): NestFolds | undefined {
  const {tensors} = digitNest
  const staying = stayingBits(array, tensors, nest)
  let best: NestFolds | undefined
  for (let tensor = 0; tensor < tensors.tensorCount; tensor++) {
    if (((staying >> tensor) & 1) === 0) continue
    const folds = foldsHolding(tensor, array, digitNest)
    const cycles = foldCycles(array, folds)
    if (best === undefined || cycles < best.cycles) best = {tensor, ...folds, cycles}
  }
  return best
}

/** Folds of one tile of what stays that stream for as long. */
interface Stream {
  foldCount: number
  cycles: number
}

/** A fold lasts through the innermost loops that do not index the tensor; sums that were not yet begun need no load. */
function foldsHolding(tensor: number, array: PlacedArray, {tensors, layout, digits}: DigitNest): Folds {
  const {relevanceBits, dimensionCount, sizes} = tensors
  const {loopDimensions, loopEnds} = layout
  const loopCount = loopEnds[loopEnds.length - 1]!
  let outerCount = loopCount
  while (outerCount > 0 && ((relevanceBits[loopDimensions[outerCount - 1]!]! >> tensor) & 1) === 0) outerCount--

  let [tileCount, repeatCount] = [1, 1]
  let last = array.cyclesPerStep
  const streams: Stream[] = [{foldCount: 1, cycles: last}]
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    const all = startCount(digits, dimension, sizes[dimension]! - 1, loopCount, 0)
    if ((relevanceBits[dimension]! >> tensor) & 1) tileCount *= all
    else if (all > 1) {
      const outside = startCount(digits, dimension, sizes[dimension]! - 1, outerCount, 0)
      const whole = runLength(digits, dimension, outerCount)
      const rest = all - (outside - 1) * whole
      repeatCount *= outside
      last *= rest
      split(streams, outside, whole, rest)
    }
  }
  const foldCount = tileCount * repeatCount
  let [streamCycles, shortCycles] = [0, 0]
  for (const stream of streams) {
    streamCycles += stream.foldCount * stream.cycles
    shortCycles += stream.foldCount * Math.max(0, array.rows - stream.cycles)
  }
  return {
    foldCount,
    loadCount: tensors.isOutput[tensor] === 1 ? foldCount - tileCount : foldCount,
    streamCycles: tileCount * streamCycles,
    shortCycles: tileCount * shortCycles - Math.max(0, array.rows - last),
  }
}

/** Repeats streams `count` times, `whole` times as long, but for the last time, which is `rest` times as long. */
function split(streams: Stream[], count: number, whole: number, rest: number): void {
  for (let index = streams.length - 1; index >= 0; index--) {
    const stream = streams[index]!
    const {foldCount, cycles} = stream
    if (rest !== whole && count > 1) streams.push({foldCount, cycles: cycles * rest})
    stream.foldCount *= rest === whole || count === 1 ? count : count - 1
    stream.cycles *= count === 1 ? rest : whole
  }
}

/** Turns of a dimension's loops in time inside of the outermost `outerCount` of the nest's. */
function runLength({slotCount, ends, counts, places}: LoopDigits, dimension: number, outerCount: number): number {
  let length = 1
  for (let slot = dimension * slotCount; slot < ends[dimension]!; slot++) if (places[slot]! >= outerCount) length *= counts[slot]!
  return length
}
