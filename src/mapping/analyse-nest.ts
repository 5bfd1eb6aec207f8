import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Problem} from '../workload/problem.js'
import {encodeNest} from './encode-nest.js'
import type {EncodedNest} from './encoded-nest.js'
import type {LoopNest} from './loop-nest.js'
import {type LevelAnalysis, type NestAnalysis, trafficBytesOf} from './nest-analysis.js'
import {faultCode} from './nest-layout.js'
import {compileNest, countNest, fitNest, type NestProgram} from './nest-program.js'
import {type ArrayUse, arrayUse} from './systolic/array-use.js'
import {nestFolds} from './systolic/nest-folds.js'
import {countAsTimeloop} from './timeloop/count.js'

/** What a loop nest that covers the problem does to a hierarchy, whether it fits or not. */
export function analyseNest(problem: Problem, hierarchy: Hierarchy, nest: LoopNest): NestAnalysis {
  const program = compileNest(problem, hierarchy)
  const encoded = encodeNest(nest, problem.dimensions.length)
  const fault = fitNest(program, encoded)
  if (fault === faultCode.uncovered || fault === faultCode.needless) throw new RangeError('the loops do not cover the problem')
  if (nest.counting === undefined) countNest(program, encoded)
  else countAsTimeloop(program, nest, encoded)
  return {...analysisOf(program, nest), ...systolicUse(program, encoded)}
}

function analysisOf(program: NestProgram, nest: LoopNest): NestAnalysis {
  const {counts, hierarchy, tensors, levels: tables} = program
  return {
    cycles: counts.cycles,
    latencySeconds: counts.cycles / hierarchy.hertz,
    utilizationRatio: counts.utilizationRatio,
    energyJoules: counts.energyJoules,
    operationCount: tensors.operationCount,
    arithmeticJoules: tensors.operationCount * tables.joulesPerOperation,
    arithmeticCycles: counts.arithmeticCycles,
    boundBy: boundOf(program, nest),
    levels: nest.levels.map((_, level) => levelAnalysis(program, nest, level)),
  }
}

/** What takes most of the cycles, by name. */
function boundOf({counts, hierarchy, levels}: NestProgram, {counting}: LoopNest): string {
  const plain = counts.cycles === counts.arithmeticCycles ? -1 : counts.levelCycles.indexOf(counts.cycles)
  return hierarchy.levels[levels.hasBuffers && counting === undefined ? counts.boundLevel : plain]?.name ?? hierarchy.arithmetic.name
}

/** Nothing where no array is systolic. */
function systolicUse(program: NestProgram, nest: EncodedNest): {readonly systolic?: ArrayUse} {
  const {array, tensors, counts, problem} = program
  const folds = array && nestFolds(array, program, nest)
  if (folds === undefined) return {}
  const operationCount = tensors.operationCount / counts.instanceCounts[array!.level]!
  return {systolic: arrayUse(array!, folds, problem.tensors[folds.tensor]!.name, operationCount, counts.stepCount)}
}

function levelAnalysis({problem, hierarchy, counts}: NestProgram, nest: LoopNest, level: number): LevelAnalysis {
  const instances = counts.instanceCounts[level]!
  const tensors = problem.tensors.map(({name}, tensor) => {
    const cell = level * problem.tensors.length + tensor
    const isKept = level === 0 || nest.levels[level]!.keeps[tensor]!
    const kept = (words: Float64Array) => (isKept ? words[cell]! : 0)
    return {
      name,
      isKept,
      tileWords: kept(counts.tileWords),
      reads: kept(counts.readWords),
      fills: kept(counts.fillWords),
      updates: kept(counts.updateWords),
      energyJoules: kept(counts.tensorJoules),
    }
  })
  return {
    name: hierarchy.levels[level]!.name,
    instances,
    energyJoules: instances * tensors.reduce((total, {energyJoules}) => total + energyJoules, 0),
    usedBytes: counts.usedBytes[level]!,
    trafficBytes: instances * trafficBytesOf(tensors, problem.tensors),
    cycles: counts.levelCycles[level]!,
    ...(hierarchy.levels[level]!.bufferCount === undefined || nest.counting !== undefined ? {} : {stallCycles: counts.stallCycles[level]!}),
    tensors,
  }
}
