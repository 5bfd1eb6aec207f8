import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Problem} from '../workload/problem.js'
import {directTraffic} from './direct-traffic.js'
import type {EncodedNest} from './encoded-nest.js'
import {exactTraffic} from './exact-traffic.js'
import {fillDigits, isUneven, type LoopDigits, loopDigits, startCount} from './loop-digits.js'
import {copyWords, type MovedWords} from './moved-words.js'
import {type NestCounts, nestCounts} from './nest-counts.js'
import {countTurns, faultCode, fillTiles, fillWholeTensors, layOut, listLoops, type NestLayout, nestLayout} from './nest-layout.js'
import {type LevelTables, levelTables, type TensorTables, tensorTables} from './nest-tables.js'
import {imperfectNest} from './passage.js'
import {perfectTraffic} from './perfect-traffic.js'
import {price} from './price.js'
import type {RankScratch} from './sliding.js'
import {addStalls} from './stalls.js'
import {nestCycles, type PlacedArray, stayingBits, systolicArray} from './systolic/nest-folds.js'

/** A problem on a hierarchy, ready to evaluate mappings in bulk; everything inside is overwritten by each call. */
export interface NestProgram {
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  readonly tensors: TensorTables
  readonly levels: LevelTables
  /** Undefined where multiply-adders do not hand words to their neighbours. */
  readonly array: PlacedArray | undefined
  readonly layout: NestLayout
  readonly digits: LoopDigits
  readonly scratch: RankScratch
  /** Of the mapping evaluated last. */
  readonly counts: NestCounts
}

/** Flat tables of a problem on a hierarchy, and room for what its mappings do. */
export function compileNest(problem: Problem, hierarchy: Hierarchy): NestProgram {
  const tensors = tensorTables(problem)
  const levels = levelTables(hierarchy, problem)
  const counts = nestCounts(levels.levelCount, tensors.tensorCount)
  fillWholeTensors(tensors, levels, counts)
  return {
    problem,
    hierarchy,
    tensors,
    levels,
    array: systolicArray(hierarchy),
    layout: nestLayout(levels.levelCount, tensors.dimensionCount),
    digits: loopDigits(levels.levelCount, tensors.dimensionCount),
    scratch: {wrapIndices: new Float64Array(tensors.rankDimension.length), extents: new Float64Array(tensors.rankDimension.length)},
    counts,
  }
}

/** What a tensor with windows takes, of an imperfect nest, beside an evaluation by closed forms; and the moves of its tiles worth one more. */
const exactEffortCount = 8
const movesInEffort = 4

/** Evaluates a mapping into `program.counts`; gives the code of what forbids it, 0 where nothing does and the counts hold. */
export function evaluateNest(program: NestProgram, nest: EncodedNest): number {
  program.counts.effortCount = 1
  const fault = fitNest(program, nest)
  if (fault !== faultCode.none) return fault
  countNest(program, nest)
  return faultCode.none
}

/** The part of an evaluation that says whether a mapping covers the sizes and fits arrays and capacities: tiles, and nothing that moves. */
export function fitNest({tensors, levels, array, layout, counts}: NestProgram, nest: EncodedNest): number {
  const fault = layOut(tensors, levels, nest, layout)
  if (fault === faultCode.uncovered || fault === faultCode.needless) return fault
  if (array !== undefined && fault === faultCode.none && stayingBits(array, tensors, nest) === 0) return faultCode.crossing
  const capacityFault = fillTiles(tensors, levels, nest, layout, counts)
  return fault === faultCode.none ? capacityFault : fault
}

/** The rest of an evaluation, after `fitNest`: also of a mapping that covers the sizes but does not fit. */
export function countNest(program: NestProgram, nest: EncodedNest): void {
  const {tensors, levels, array, layout, digits, scratch, counts} = program
  const {levelCount} = levels
  const isPerfect = layout.imperfectCount === 0
  countTurns(nest, levelCount, tensors.dimensionCount, layout, counts)
  if (!isPerfect || tensors.slidingCount + tensors.overlappingOutputCount > 0 || array !== undefined)
    listLoops(nest, levelCount, tensors.dimensionCount, layout)
  if (!isPerfect || tensors.overlappingOutputCount > 0 || array !== undefined)
    fillDigits(digits, nest, layout, levelCount, tensors.dimensionCount)
  if (!isPerfect) countUsed(program)
  if (!isPerfect || tensors.overlappingOutputCount > 0) countExactly(program, nest, counts)
  if (!isPerfect) countBusiest(program, nest)
  if (isPerfect) perfectTraffic(tensors, levels, nest, layout, counts, scratch)
  counts.arithmeticCycles = array === undefined ? counts.stepCount * levels.cyclesPerStep : nestCycles(array, program, nest)
  const busiest = isPerfect ? counts : counts.busiest
  price(tensors, levels, nest, counts, busiest)
  if (levels.hasBuffers) addStalls(tensors, levels, nest, counts, busiest)
}

/** What closed forms do not hold for: all of an imperfect nest, and outputs of which only a count of its tiles tells the different words. */
function countExactly(program: NestProgram, nest: EncodedNest, moved: MovedWords): void {
  const {tensors, levels, layout, counts} = program
  const {instanceCounts} = counts
  const isPerfect = layout.imperfectCount === 0
  for (let tensor = 0; tensor < tensors.tensorCount; tensor++) {
    if (isPerfect && tensors.isOverlappingOutput[tensor] === 0) continue
    if (tensors.isDirect[tensor] === 1) directTraffic(program, levels, tensor, nest, moved, instanceCounts)
    else {
      const laidOut = imperfectNest(program, levels.levelCount, nest)
      exactTraffic(laidOut, levels, tensor, nest, moved, instanceCounts)
      if (!isPerfect) counts.effortCount += exactEffortCount + Math.ceil(laidOut.seen.moveCount / movesInEffort)
    }
  }
}

/** The first instance of a level has the largest tiles and all turns, where others have cut ones and fewer. */
function countBusiest(program: NestProgram, nest: EncodedNest): void {
  const {levels, digits, counts} = program
  copyWords(counts, counts.busiest)
  for (let level = 1; level < levels.levelCount; level++) {
    if (levels.isLimited[level] === 0 || !isUneven(program, level)) continue
    digits.firstLevel = level
    countExactly(program, nest, counts.busiest)
  }
  digits.firstLevel = 0
}

/** Instances that have work at some time, and steps at which some instance has. */
function countUsed({tensors, levels, layout, digits, counts}: NestProgram): void {
  const {sizes, dimensionCount} = tensors
  const {levelCount} = levels
  counts.instanceCounts.fill(1)
  counts.stepCount = 1
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    const last = sizes[dimension]! - 1
    for (let level = 1; level <= levelCount; level++) counts.instanceCounts[level]! *= startCount(digits, dimension, last, 0, level)
    counts.stepCount *= startCount(digits, dimension, last, layout.loopEnds[levelCount - 1]!, 0)
  }
}
