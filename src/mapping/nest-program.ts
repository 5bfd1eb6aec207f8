import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Problem} from '../workload/problem.js'
import type {EncodedNest} from './encoded-nest.js'
import {type NestCounts, nestCounts} from './nest-counts.js'
import {faultCode, fillTiles, layOut, listLoops, type NestLayout, nestLayout} from './nest-layout.js'
import {type LevelTables, levelTables, type TensorTables, tensorTables} from './nest-tables.js'
import {perfectTraffic} from './perfect-traffic.js'
import {price} from './price.js'
import type {RankScratch} from './sliding.js'

/** A problem on a hierarchy, ready to evaluate mappings in bulk; everything inside is overwritten by each call. */
export interface NestProgram {
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  readonly tensors: TensorTables
  readonly levels: LevelTables
  readonly layout: NestLayout
  readonly scratch: RankScratch
  /** Of the mapping evaluated last. */
  readonly counts: NestCounts
}

/** Flat tables of a problem on a hierarchy, and room for what its mappings do. */
export function compileNest(problem: Problem, hierarchy: Hierarchy): NestProgram {
  const tensors = tensorTables(problem)
  const levels = levelTables(hierarchy, problem)
  return {
    problem,
    hierarchy,
    tensors,
    levels,
    layout: nestLayout(levels.levelCount, tensors.dimensionCount),
    scratch: {wraps: new Float64Array(tensors.rankDimension.length), extents: new Float64Array(tensors.rankDimension.length)},
    counts: nestCounts(levels.levelCount, tensors.tensorCount),
  }
}

/** Evaluates a mapping into `program.counts`; gives the code of what forbids it, 0 where nothing does and the counts hold. */
export function evaluateNest(program: NestProgram, nest: EncodedNest): number {
  const fault = fitNest(program, nest)
  if (fault !== faultCode.none) return fault
  countNest(program, nest)
  return faultCode.none
}

/** The part of an evaluation that says whether a mapping covers the sizes and fits arrays and capacities: tiles, and nothing that moves. */
export function fitNest({tensors, levels, layout, counts}: NestProgram, nest: EncodedNest): number {
  const fault = layOut(tensors, levels, nest, layout)
  if (fault === faultCode.uncovered || fault === faultCode.needless) return fault
  const capacityFault = fillTiles(tensors, levels, nest, layout, counts)
  return fault === faultCode.none ? capacityFault : fault
}

/** The rest of an evaluation, after `fitNest`: also of a mapping that covers the sizes but does not fit. */
export function countNest({tensors, levels, layout, scratch, counts}: NestProgram, nest: EncodedNest): void {
  listLoops(nest, levels.levelCount, tensors.dimensionCount, layout)
  countInstances(tensors, levels, layout, counts)
  for (let tensor = 0; tensor < tensors.tensorCount; tensor++) perfectTraffic(tensors, levels, tensor, nest, layout, counts, scratch)
  price(tensors, levels, nest, counts)
}

function countInstances({dimensionCount}: TensorTables, {levelCount}: LevelTables, layout: NestLayout, counts: NestCounts): void {
  let instances = 1
  for (let level = 0; level < levelCount; level++) {
    counts.instanceCounts[level] = instances
    for (let dimension = 0; dimension < dimensionCount; dimension++) instances *= layout.spreads[level * dimensionCount + dimension]!
  }
  counts.instanceCounts[levelCount] = instances
  const loopCount = layout.loopEnds[levelCount - 1]!
  counts.stepCount = loopCount === 0 ? 1 : layout.loopStarts[loopCount - 1]! * layout.loopCounts[loopCount - 1]!
}
