import {levenbergMarquardt} from 'ml-levenberg-marquardt'
import type {ThreeConstants} from '../cost/calibrated/calibrated.js'

/** One measured kernel, as a three-constant model sees it. */
export interface Sample {
  /** Rows of one shape share it, so that a shape never stands on both sides of a fold. */
  readonly shape: string
  /** Ideal time on the busiest unit. */
  readonly computeSeconds: number
  /** Ideal time on the busiest memory level or link. */
  readonly memorySeconds: number
  /** One trip through the memories. */
  readonly tripSeconds: number
  readonly measuredSeconds: number
}

export interface Fit {
  readonly constants: ThreeConstants
  /** Constants that no row depends on; they stay at their start, an ideal peak. */
  readonly undetermined: readonly (keyof ThreeConstants)[]
}

/** No unit or memory is faster than its peak. */
const bounds = {least: 1e-3, most: 1}

/** Rounds of reweighting that turn least squares into least absolute relative errors. */
const reweightings = 12

/** The constants with the least mean absolute relative error, by reweighted Levenberg–Marquardt from several starts. */
export function fitThreeConstants(samples: readonly Sample[]): Fit {
  const floorSeconds = quantile(
    samples.map((sample) => Math.max(1e-9, sample.measuredSeconds - sample.tripSeconds)),
    0.02,
  )
  const starts = [0.35, 0.7].flatMap((compute) => [0.35, 0.7].map((memory) => [compute, memory, floorSeconds * 1e6] as const))
  let best = {parameters: [0.7, 0.7, floorSeconds * 1e6] as readonly number[], error: Number.POSITIVE_INFINITY}
  for (const start of starts) {
    const parameters = reweighted(samples, start)
    const error = meanError(samples, constantsOf(parameters))
    if (error < best.error) best = {parameters, error}
  }
  return withoutUndetermined(samples, constantsOf(best.parameters))
}

/** Time that three constants predict for a kernel. */
export function predictedSeconds({computeSeconds, memorySeconds, tripSeconds}: Sample, constants: ThreeConstants): number {
  const {computeEfficiencyRatio, memoryEfficiencyRatio, overheadSeconds} = constants
  return Math.max(computeSeconds / computeEfficiencyRatio, memorySeconds / memoryEfficiencyRatio) + overheadSeconds + tripSeconds
}

/** Mean of |predicted − measured| / measured. */
export function meanError(samples: readonly Sample[], constants: ThreeConstants): number {
  return (
    samples.reduce((sum, sample) => sum + Math.abs(predictedSeconds(sample, constants) / sample.measuredSeconds - 1), 0) / samples.length
  )
}

/** The fold of each shape: rows of one shape never stand on both sides. */
export function foldsByShape(samples: readonly {readonly shape: string}[], foldCount: number): Map<string, number> {
  const shapes = [...new Set(samples.map((sample) => sample.shape))].sort()
  // A fixed stride scatters neighbours in the sorted order over all folds.
  return new Map(shapes.map((shape, index) => [shape, (index * 7919) % foldCount]))
}

function reweighted(samples: readonly Sample[], start: readonly number[]): readonly number[] {
  const data = {x: samples.map((_, index) => index), y: samples.map(() => 1)}
  let parameters = start
  for (let round = 0; round < reweightings; round++) {
    const constants = constantsOf(parameters)
    const weights = samples.map((sample) =>
      Math.sqrt(Math.max(0.02, Math.abs(predictedSeconds(sample, constants) / sample.measuredSeconds - 1))),
    )
    const {parameterValues} = levenbergMarquardt(data, (values) => ratioOf(samples, constantsOf(values as number[])), {
      initialValues: [...parameters],
      weights,
      minValues: [bounds.least, bounds.least, 0],
      maxValues: [bounds.most, bounds.most, 1e6],
      damping: 0.01,
      gradientDifference: parameters.map((value) => Math.max(1e-6, Math.abs(value) * 1e-4)),
      maxIterations: 20,
      errorTolerance: 1e-9,
    })
    parameters = parameterValues
  }
  return parameters
}

function ratioOf(samples: readonly Sample[], constants: ThreeConstants): (index: number) => number {
  return (index) => predictedSeconds(samples[index]!, constants) / samples[index]!.measuredSeconds
}

function constantsOf([compute, memory, overheadMicroseconds]: readonly number[]): ThreeConstants {
  return {computeEfficiencyRatio: compute!, memoryEfficiencyRatio: memory!, overheadSeconds: overheadMicroseconds! * 1e-6}
}

function withoutUndetermined(samples: readonly Sample[], constants: ThreeConstants): Fit {
  const {computeEfficiencyRatio, memoryEfficiencyRatio} = constants
  const computeBound = samples.filter(
    (sample) => sample.computeSeconds / computeEfficiencyRatio > sample.memorySeconds / memoryEfficiencyRatio,
  ).length
  const undetermined: (keyof ThreeConstants)[] = []
  if (computeBound === 0) undetermined.push('computeEfficiencyRatio')
  if (computeBound === samples.length) undetermined.push('memoryEfficiencyRatio')
  return {constants: {...constants, ...Object.fromEntries(undetermined.map((name) => [name, 1]))}, undetermined}
}

function quantile(values: readonly number[], ratio: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * ratio)]!
}
