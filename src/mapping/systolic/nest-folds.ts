import type {Hierarchy} from '../../accelerator/hierarchy.js'
import {dimensionLoops, startCount} from '../dimension-loops.js'
import type {EncodedNest} from '../encoded-nest.js'
import type {NestLayout} from '../nest-layout.js'
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

/** Cycles that an array needs for a nest whose loops are laid out; infinite where they can not run on it. */
export function nestCycles(array: PlacedArray, tensors: TensorTables, nest: EncodedNest, layout: NestLayout): number {
  return nestFolds(array, tensors, nest, layout)?.cycles ?? Number.POSITIVE_INFINITY
}

/** The folds of a nest whose loops are laid out, with the tensor held that takes the fewest cycles; undefined where none can be. */
export function nestFolds(array: PlacedArray, tensors: TensorTables, nest: EncodedNest, layout: NestLayout): NestFolds | undefined {
  const staying = stayingBits(array, tensors, nest)
  let best: NestFolds | undefined
  for (let tensor = 0; tensor < tensors.tensorCount; tensor++) {
    if (((staying >> tensor) & 1) === 0) continue
    const folds = foldsHolding(tensor, array, tensors, nest, layout)
    const cycles = foldCycles(array, folds)
    if (best === undefined || cycles < best.cycles) best = {tensor, ...folds, cycles}
  }
  return best
}

/** A fold lasts through the innermost loops that do not index the tensor; sums that were not yet begun need no load. */
function foldsHolding(tensor: number, array: PlacedArray, tensors: TensorTables, nest: EncodedNest, layout: NestLayout): Folds {
  const {relevanceBits, dimensionCount} = tensors
  const isIndexing = (dimension: number): boolean => ((relevanceBits[dimension]! >> tensor) & 1) === 1
  const {loopDimensions, loopEnds} = layout
  let outerCount = loopEnds[loopEnds.length - 1]!
  while (outerCount > 0 && !isIndexing(loopDimensions[outerCount - 1]!)) outerCount--

  let [tileCount, repeatCount] = [1, 1]
  let streams: readonly Stream[] = [{foldCount: 1, cycles: array.cyclesPerStep}]
  let last = array.cyclesPerStep
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    const [outside, all] = turnsOf(dimension, outerCount, tensors, nest, layout)
    if (isIndexing(dimension)) tileCount *= all
    else {
      const whole = runLength(dimension, outerCount, layout)
      const rest = all - (outside - 1) * whole
      repeatCount *= outside
      last *= rest
      streams = streams.flatMap(({foldCount, cycles}) => [
        {foldCount: foldCount * (outside - (rest === whole ? 0 : 1)), cycles: cycles * whole},
        ...(rest === whole ? [] : [{foldCount, cycles: cycles * rest}]),
      ])
    }
  }
  const foldCount = tileCount * repeatCount
  const sum = (value: (stream: Stream) => number): number => streams.reduce((total, stream) => total + stream.foldCount * value(stream), 0)
  return {
    foldCount,
    loadCount: tensors.isOutput[tensor] === 1 ? foldCount - tileCount : foldCount,
    streamCycles: tileCount * sum(({cycles}) => cycles),
    shortCycles: tileCount * sum(({cycles}) => Math.max(0, array.rows - cycles)) - Math.max(0, array.rows - last),
  }
}

/** Folds of one tile of what stays that stream for as long. */
interface Stream {
  readonly foldCount: number
  readonly cycles: number
}

/** Turns of a dimension's loops in time: of the outermost `outerCount` of the nest's, and of all of them. */
function turnsOf(
  dimension: number,
  outerCount: number,
  {sizes, dimensionCount}: TensorTables,
  nest: EncodedNest,
  layout: NestLayout,
): readonly [outside: number, all: number] {
  const {loopDimensions, loopCounts, loopEnds, imperfectCount} = layout
  const levelCount = loopEnds.length
  let [outside, all, ownOuterCount] = [1, 1, 0]
  for (let loop = 0; loop < loopEnds[levelCount - 1]!; loop++) {
    if (loopDimensions[loop] !== dimension) continue
    all *= loopCounts[loop]!
    if (loop >= outerCount) continue
    outside *= loopCounts[loop]!
    ownOuterCount++
  }
  if (imperfectCount === 0) return [outside, all]
  const loops = dimensionLoops(nest, layout, levelCount, dimensionCount, dimension).filter(({isTemporal}) => isTemporal)
  return [startCount(loops.slice(0, ownOuterCount), sizes[dimension]!), startCount(loops, sizes[dimension]!)]
}

/** Turns of a dimension's loops inside of the outermost `outerCount` of the nest's. */
function runLength(dimension: number, outerCount: number, {loopDimensions, loopCounts, loopEnds}: NestLayout): number {
  let length = 1
  for (let loop = outerCount; loop < loopEnds[loopEnds.length - 1]!; loop++)
    if (loopDimensions[loop] === dimension) length *= loopCounts[loop]!
  return length
}
