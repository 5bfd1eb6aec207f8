import type {Hierarchy} from '../../accelerator/hierarchy.js'
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
export function nestCycles(array: PlacedArray, tensors: TensorTables, nest: EncodedNest, layout: NestLayout, stepCount: number): number {
  return nestFolds(array, tensors, nest, layout, stepCount)?.cycles ?? Number.POSITIVE_INFINITY
}

/** The folds of a nest whose loops are laid out, with the tensor held that takes the fewest cycles; undefined where none can be. */
export function nestFolds(
  array: PlacedArray,
  tensors: TensorTables,
  nest: EncodedNest,
  layout: NestLayout,
  stepCount: number,
): NestFolds | undefined {
  const staying = stayingBits(array, tensors, nest)
  let best: NestFolds | undefined
  for (let tensor = 0; tensor < tensors.tensorCount; tensor++) {
    if (((staying >> tensor) & 1) === 0) continue
    const {foldCount, loadCount} = foldsHolding(tensor, tensors, layout)
    const folds = {foldCount, loadCount, streamCycles: (stepCount / foldCount) * array.cyclesPerStep}
    const cycles = foldCycles(array, folds)
    if (best === undefined || cycles < best.cycles) best = {tensor, ...folds, cycles}
  }
  return best
}

/** A fold lasts through the innermost loops that do not index the tensor; sums that were not yet begun need no load. */
function foldsHolding(
  tensor: number,
  {relevanceBits, isOutput}: TensorTables,
  {loopDimensions, loopCounts, loopEnds}: NestLayout,
): {readonly foldCount: number; readonly loadCount: number} {
  let [foldCount, tileCount] = [1, 1]
  for (let loop = loopEnds[loopEnds.length - 1]! - 1; loop >= 0; loop--) {
    const isIndexing = ((relevanceBits[loopDimensions[loop]!]! >> tensor) & 1) === 1
    if (isIndexing) tileCount *= loopCounts[loop]!
    if (isIndexing || foldCount > 1) foldCount *= loopCounts[loop]!
  }
  return {foldCount, loadCount: isOutput[tensor] === 1 ? foldCount - tileCount : foldCount}
}
