import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {CountingName} from '../spec/schemas/problem-shapes.js'
import {countings} from '../workload/counting.js'
import type {Problem} from '../workload/problem.js'
import {analyseNest} from './analyse-nest.js'
import {type MappingData, mappingData} from './load-mapping.js'
import type {LoopNest} from './loop-nest.js'
import {type Misfit, misfits} from './misfit.js'
import type {NestAnalysis} from './nest-analysis.js'

/** The multiply-adders that a mapping uses. */
export interface ArithmeticUse {
  readonly name: string
  readonly instances: number
  /** That they would need on their own. */
  readonly cycles: number
  readonly energyJoules: number
}

interface Named {
  readonly accelerator: string
  readonly problem: string
}

interface Mapped {
  /** As a mapping file writes it. */
  readonly mapping: MappingData
}

/** A mapping that fits, and what it does. */
export type FittingMapping = Named & {readonly fits: true; readonly counting?: CountingName} & NestAnalysis & {
    readonly arithmetic: ArithmeticUse
  } & Mapped
/** A mapping that does not fit, and what would. */
export type UnfitMapping = Named & {readonly fits: false; readonly misfits: readonly Misfit[]} & Mapped

export type MappedProblem = FittingMapping | UnfitMapping

/** The answer for one mapping of a problem. */
export function mappedProblem(nest: LoopNest, problem: Problem, hierarchy: Hierarchy): MappedProblem {
  const named = {accelerator: hierarchy.name, problem: problem.name}
  const mapping = mappingData(nest, problem, hierarchy)
  const unfit = misfits(nest, problem, hierarchy)
  if (unfit.length > 0) return {...named, fits: false, misfits: unfit, mapping}
  const analysis = analyseNest(problem, hierarchy, nest)
  const counted =
    problem.counting === undefined ? {} : {counting: problem.counting, cycles: countings[problem.counting].countedCycles(analysis.cycles)}
  return {...named, fits: true, ...analysis, ...counted, arithmetic: arithmeticUse(nest, hierarchy, analysis), mapping}
}

function arithmeticUse({levels}: LoopNest, {arithmetic}: Hierarchy, {arithmeticJoules, arithmeticCycles}: NestAnalysis): ArithmeticUse {
  const turns = (way: 'temporal' | 'x' | 'y'): number =>
    levels.reduce((product, level) => level[way].reduce((inner, {count}) => inner * count, product), 1)
  return {
    name: arithmetic.name,
    instances: turns('x') * turns('y'),
    cycles: arithmeticCycles,
    energyJoules: arithmeticJoules,
  }
}
