import type {Column} from '../accelerator/machine.js'
import {paretoFront} from '../frontier/pareto-front.js'
import type {PointRow} from '../store/space-reader.js'
import type {AxisValue} from '../sweep/axis.js'
import type {Design} from '../sweep/base-design.js'
import {isResult} from '../sweep/constraint.js'
import type {DesignSpace} from '../sweep/design-space.js'
import type {Objective} from '../sweep/objective.js'
import {designSamples} from '../sweep/sampled-design.js'
import {axesOf} from '../sweep/space-identity.js'
import {storedNumbers} from '../sweep/stored-numbers.js'
import {type Band, bandOf} from '../uncertainty/band.js'
import {constantsThatMove} from '../uncertainty/moving-constants.js'

/** What the ranges of the constants make of a design of a front. */
export interface DesignUncertainty {
  /** By name, nine in ten samples of each objective lie between the outer two. */
  readonly bands: Readonly<Record<string, Band<'Value'>>>
  /** Share of the samples in which none of the compared designs beats it. */
  readonly staysRatio: number
}

/** Designs that were compared sample by sample, and what that says of each of them. */
export interface FrontUncertainty {
  readonly sampleCount: number
  readonly comparedCount: number
  readonly designs: readonly DesignUncertainty[]
}

/** A stored point and the space that it stands in. */
export interface SitedPoint {
  readonly point: PointRow
  readonly space: DesignSpace
}

/** Accelerators of designs that stay as they are in every sample: no constant of theirs that acts on time or energy states a range. */
export function rangelessAmong(designs: readonly SitedPoint[]): readonly string[] {
  const accelerators = new Map(designs.map(({space: {accelerator}}) => [accelerator.name, accelerator]))
  return [...accelerators].flatMap(([name, accelerator]) => (constantsThatMove(accelerator).length === 0 ? [name] : []))
}

/** Evaluates designs over the same samples of their constants and counts in how many each stays on their front. */
export function frontUncertainty(designs: readonly SitedPoint[], objectives: readonly Objective[], sampleCount: number): FrontUncertainty {
  const samples = designs.map(({point, space}) => {
    const design = Object.fromEntries(axesOf(space).map(({name}) => [name, point[name] as AxisValue]))
    return objectiveSamples(space, design, objectives, sampleCount)
  })
  const stays = new Float64Array(designs.length)
  for (let sample = 0; sample < sampleCount; sample++) {
    const columns = objectives.map(({goal}, objective) => ({
      values: Float64Array.from(samples, (results) => results[objective]![sample]!),
      goal,
    }))
    const known = columns.filter(({values}) => values.some((value) => !Number.isNaN(value)))
    for (const row of known.length === 0 ? [] : paretoFront(known)) stays[row]! += 1
  }
  return {
    sampleCount,
    comparedCount: designs.length,
    designs: samples.map((results, row) => ({
      bands: Object.fromEntries(objectives.map(({name}, index) => [name, bandOf('Value', results[index]!)])),
      staysRatio: stays[row]! / sampleCount,
    })),
  }
}

/** Each objective of a design, sample by sample. */
function objectiveSamples(space: DesignSpace, design: Design, objectives: readonly Objective[], sampleCount: number): Column[] {
  const results = [...new Set(objectives.flatMap(({columnNames}) => columnNames))].filter(isResult)
  const samples = designSamples(space, design, results, sampleCount)
  const numbers = new Map<string, Column>(results.map((name, index) => [name, samples[index]!]))
  for (const {name} of axesOf(space)) numbers.set(name, new Float64Array(sampleCount).fill(Number(design[name])))
  const {columnOf, settle} = storedNumbers(space, numbers, sampleCount)
  const goals = objectives.map(({column}) => column(columnOf, sampleCount))
  settle(sampleCount)
  return goals.map((goal) => goal(sampleCount).slice(0, sampleCount))
}
