import type {Axis, AxisValue} from './axis.js'
import {baseDesign, type Design, freeAxes, isPossible} from './base-design.js'
import type {DesignSpace} from './design-space.js'
import {elasticityBetween} from './elasticity.js'
import {designEvaluator, type Evaluator} from './evaluator.js'
import {withLevels} from './moved-levels.js'
import type {Objective} from './objective.js'
import {oneAtATime, type Profile} from './one-at-a-time.js'
import type {AxisElasticity, AxisIndices, AxisSwing} from './sensitivity.js'
import {type Response, samplePair, sobolIndices} from './sobol-indices.js'
import {axesOf} from './space-identity.js'

export interface SensitivityOptions {
  /** Values of axes of the base design, as people write them. */
  readonly at?: Readonly<Record<string, string>>
  /** Rows of each of the two samples that indices are taken from; none are without it. */
  readonly sampleCount?: number | undefined
  readonly seed?: number | undefined
}

/** How the results of one space depend on its axes. */
export interface SpaceSensitivity {
  readonly accelerator: string
  readonly workload: string
  readonly phase: string
  readonly fidelity: string
  /** The design around which the axes move. */
  readonly base: Design
  readonly baseResults: Readonly<Record<string, number | null>>
  /** Those that move, and those that follow. */
  readonly axes: readonly {readonly name: string; readonly unit: string}[]
  readonly following: readonly {readonly name: string; readonly unit: string}[]
  readonly swings: readonly AxisSwing[]
  readonly elasticities: readonly AxisElasticity[]
  /** Over the whole space, whether designs meet the constraints or not; null where they were not asked for. */
  readonly indices: readonly AxisIndices[] | null
  readonly sampling: Sampling | null
}

export interface Sampling {
  readonly sampleCount: number
  readonly seed: number
  readonly evaluatedCount: number
  /** Rows of each sample in which an objective was finite wherever it was asked for. */
  readonly usedCounts: Readonly<Record<string, number>>
}

const evaluatedRows = 4096
/** Of an axis with more values, so many are tried. */
const mostTried = 33
const stepRatio = 0.01

/** One-at-a-time swings, elasticities at a base design, and where asked Sobol indices, of some results of a space. */
export function spaceSensitivity(space: DesignSpace, objectives: readonly Objective[], options: SensitivityOptions = {}): SpaceSensitivity {
  const {model, pass, fidelity} = space
  const axes = freeAxes(space)
  const base = baseDesign(space, options.at ?? {})
  const steps = axes.map((axis) => stepsAround(space, axis, base[axis.name]!))
  const tried = axes.map((axis) => triedValues(axis))
  const {baseValues, profiles, settled} = movedAlone(
    space,
    objectives,
    base,
    axes.map((_, index) => [...tried[index]!, ...(steps[index] ?? [])]),
  )
  const along = axes.map((axis, index) => ({axis, values: tried[index]!, steps: steps[index], profile: profiles[index]!}))
  return {
    accelerator: space.label,
    workload: model.name,
    phase: String(pass.phase ?? base['phase'] ?? 'prefill'),
    fidelity,
    base: settled,
    baseResults: Object.fromEntries(objectives.map(({name}, index) => [name, finite(baseValues[index]!)])),
    axes: axes.map(({name, unit}) => ({name, unit})),
    following: axesOf(space)
      .filter((axis) => !axes.includes(axis))
      .map(({name, unit}) => ({name, unit})),
    swings: along.flatMap((each) => objectives.flatMap(({name}, index) => swingOf(each, name, index))),
    elasticities: along.flatMap((each) =>
      objectives.flatMap(({name}, index) =>
        elasticityOf(each, name, index, {value: Number(base[each.axis.name]), result: baseValues[index]!}),
      ),
    ),
    ...indicesOver(space, objectives, options),
  }
}

/** A value of an axis, and what it gives. */
interface Place {
  readonly value: number
  readonly result: number
}

/** One axis moved alone: where it was tried, by how much it was stepped, and the results there, one after the other. */
interface Along {
  readonly axis: Axis
  readonly values: readonly AxisValue[]
  readonly steps: readonly [number, number] | undefined
  readonly profile: Profile
}

/** Evaluates the base design, and it with one axis after the other at other values. */
function movedAlone(space: DesignSpace, objectives: readonly Objective[], base: Design, along: readonly (readonly AxisValue[])[]) {
  const levels = new Map(freeAxes(space).map(({name}, index) => [name, [base[name]!, ...along[index]!]]))
  const axes = withLevels(axesOf(space), space.accelerator.parameters, levels)
  const passCount = space.passAxes.length
  const moved: DesignSpace = {...space, passAxes: axes.slice(0, passCount), machineAxes: axes.slice(passCount)}
  const counts = along.map(({length}) => 1 + length)
  const middles = along.map((values, index) => Float64Array.from(values, (_, place) => (place + 1.5) / counts[index]!))
  const evaluator = designEvaluator(moved, [], evaluatedRows, objectives)
  const atBase = counts.map((count) => 0.5 / count)
  const found = oneAtATime(responseOf(evaluator, objectives.length), atBase, middles)
  return {...found, settled: settledAt(evaluator, axes, atBase)}
}

/** The values of all axes of a design; one whose condition does not hold there has its other value. */
function settledAt({evaluate}: Evaluator, axes: readonly Axis[], shares: readonly number[]): Design {
  const {columns} = evaluate(
    shares.map((share) => Float64Array.of(share)),
    1,
  ).points
  return Object.fromEntries(
    axes.map(({name, kind, values}, index) => {
      const [cell] = columns[index]!
      return [name, kind === 'level' ? values[cell!]! : cell!]
    }),
  )
}

/** The results of designs as a function of shares, block by block; NaN where a design has none. */
function responseOf({evaluate}: Evaluator, objectiveCount: number): Response {
  return (shares, rowCount) => {
    const results = Array.from({length: objectiveCount}, () => new Float64Array(rowCount))
    for (let first = 0; first < rowCount; first += evaluatedRows) {
      const count = Math.min(evaluatedRows, rowCount - first)
      const {objectives} = evaluate(
        shares.map((column) => column.subarray(first, first + count)),
        count,
      )
      for (const [index, values] of objectives.entries()) results[index]!.set(values.subarray(0, count), first)
    }
    return results
  }
}

/** Values evenly among those of an axis, numbers from the least to the greatest, both ends included. */
function triedValues(axis: Axis): readonly AxisValue[] {
  const {rule} = axis
  const all = ownLevels(axis)
  if (rule.kind === 'drawn')
    return Array.from({length: mostTried}, (_, index) => rule.distribution.quantile(Math.min(index / (mostTried - 1), 1 - 2 ** -32)))
  const values = all.every((value) => typeof value === 'number') ? all.toSorted((a, b) => a - b) : all
  if (values.length <= mostTried) return values
  return Array.from({length: mostTried}, (_, index) => values[Math.round((index * (values.length - 1)) / (mostTried - 1))]!)
}

/** The levels of an axis but the one that it has where its condition does not hold. */
function ownLevels({values, rule}: Axis): readonly AxisValue[] {
  return rule.kind === 'free' ? values.slice(0, rule.levelCount) : values
}

/** One percent down and up where the axis can go there, else one down and up where it counts things, else to its next values; only to those where another axis moves with it. */
function stepsAround(space: DesignSpace, axis: Axis, base: AxisValue): readonly [number, number] | undefined {
  if (typeof base !== 'number' || !(base > 0)) return undefined
  const isFollowed = axesOf(space).some(({rule}) => rule.kind === 'linked' && rule.with === axis.name)
  const counts = axis.unit === '' ? [Math.max(1, Math.round(base * stepRatio))] : []
  const levels = ownLevels(axis).filter((value) => typeof value === 'number')
  const below = levels.filter((value) => value < base)
  const above = levels.filter((value) => value > base)
  const [lower, upper] = [below.length > 0 ? [Math.max(...below)] : [], above.length > 0 ? [Math.min(...above)] : []]
  const low = isFollowed ? lower : [base * (1 - stepRatio), ...counts.map((count) => base - count), ...lower]
  const high = isFollowed ? upper : [base * (1 + stepRatio), ...counts.map((count) => base + count), ...upper]
  const first = (values: readonly number[]): number => values.find((value) => value > 0 && isPossible(space, axis, value)) ?? base
  const steps = [first(low), first(high)] as const
  return steps[0] === steps[1] ? undefined : steps
}

function swingOf({axis, values, profile}: Along, objective: string, output: number): AxisSwing[] {
  const results = profile[output]!.subarray(0, values.length)
  const known = results.filter((result) => Number.isFinite(result))
  if (values.length < 2 || known.length === 0) return []
  return [
    {
      axis: axis.name,
      objective,
      lowValue: values[0]!,
      highValue: values.at(-1)!,
      lowResult: results[0]!,
      highResult: results.at(-1)!,
      leastResult: Math.min(...known),
      mostResult: Math.max(...known),
    },
  ]
}

function elasticityOf({axis, values, steps, profile}: Along, objective: string, output: number, base: Place): AxisElasticity[] {
  if (steps === undefined) return []
  const [, highValue] = steps
  const [lowResult, highResult] = profile[output]!.subarray(values.length) as unknown as readonly [number, number]
  // Where the result turns at the design, less of the axis says nothing of what more of it does.
  const isTurning = (lowResult - base.result) * (highResult - base.result) > 0
  const [lowValue, low] = isTurning ? [base.value, base.result] : [steps[0], lowResult]
  const elasticityRatio = elasticityBetween(lowValue, highValue, low, highResult)
  return Number.isNaN(elasticityRatio) ? [] : [{axis: axis.name, objective, elasticityRatio, lowValue, highValue}]
}

function indicesOver(
  space: DesignSpace,
  objectives: readonly Objective[],
  {sampleCount, seed = 1}: SensitivityOptions,
): Pick<SpaceSensitivity, 'indices' | 'sampling'> {
  if (sampleCount === undefined) return {indices: null, sampling: null}
  const evaluator = designEvaluator(space, [], evaluatedRows, objectives)
  const {dimensions} = evaluator
  const outputs = sobolIndices(responseOf(evaluator, objectives.length), samplePair(dimensions.length, sampleCount, seed), seed)
  const indices = objectives.flatMap(({name: objective}, output) =>
    dimensions.flatMap(({name}, dimension): AxisIndices[] => {
      const index = outputs[output]!.indices[dimension]!
      return Number.isFinite(index.totalRatio) ? [{axis: name, objective, ...index}] : []
    }),
  )
  const usedCounts = Object.fromEntries(objectives.map(({name}, output) => [name, outputs[output]!.usedCount]))
  return {indices, sampling: {sampleCount, seed, evaluatedCount: sampleCount * (dimensions.length + 2), usedCounts}}
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
