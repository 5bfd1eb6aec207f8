import type {Draws} from './draws.js'
import {matrices} from './matrices.js'

/** A normal distribution of designs that follows the good ones among its samples. */
export interface AdaptingNormal {
  readonly sampleCount: number
  readonly sample: (draws: Draws) => number[]
  /** Moves towards samples, the best first. */
  readonly follow: (sorted: readonly (readonly number[])[]) => void
  /** The widest standard deviation along any dimension. */
  readonly width: () => number
}

/**
 * Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772, 2016: equations and default numbers of its figure 6 and table 1,
 * with weights that are not negative. `leastWidths` keeps dimensions of levels from falling onto one level.
 */
export function adaptingNormal(
  start: readonly number[],
  startWidth: number,
  sampleCount: number,
  leastWidths: readonly number[],
): AdaptingNormal {
  const {EigenvalueDecomposition, Matrix} = matrices()
  const n = start.length
  const parentCount = Math.floor(sampleCount / 2)
  const raw = Array.from({length: parentCount}, (_, index) => Math.log((sampleCount + 1) / 2) - Math.log(index + 1))
  const rawSum = raw.reduce((sum, weight) => sum + weight, 0)
  const weights = raw.map((weight) => weight / rawSum)
  const effectiveCount = 1 / weights.reduce((sum, weight) => sum + weight * weight, 0)
  const stepRate = (effectiveCount + 2) / (n + effectiveCount + 5)
  const damping = 1 + 2 * Math.max(0, Math.sqrt((effectiveCount - 1) / (n + 1)) - 1) + stepRate
  const pathRate = (4 + effectiveCount / n) / (n + 4 + (2 * effectiveCount) / n)
  const oneRate = 2 / ((n + 1.3) ** 2 + effectiveCount)
  const manyRate = Math.min(1 - oneRate, (2 * (0.25 + effectiveCount + 1 / effectiveCount - 2)) / ((n + 2) ** 2 + effectiveCount))
  const expectedLength = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n))

  let mean = Matrix.columnVector([...start])
  let width = startWidth
  let covariance = Matrix.eye(n, n)
  let axes = Matrix.eye(n, n)
  let lengths = Array.from({length: n}, () => 1)
  let stepPath = Matrix.zeros(n, 1)
  let path = Matrix.zeros(n, 1)
  let generation = 0

  const deviation = (index: number): number => width * Math.sqrt(covariance.get(index, index))
  const decompose = (): void => {
    const {eigenvectorMatrix, realEigenvalues} = new EigenvalueDecomposition(covariance, {assumeSymmetric: true})
    axes = eigenvectorMatrix
    lengths = realEigenvalues.map((value) => Math.sqrt(Math.max(value, 1e-20)))
  }
  return {
    sampleCount,
    sample: (draws) => {
      const along = Matrix.columnVector(lengths.map((length) => length * draws.normal()))
      return Matrix.add(mean, Matrix.mul(axes.mmul(along), width)).to1DArray()
    },
    follow: (sorted) => {
      generation++
      const steps = weights.map((_, index) => Matrix.sub(Matrix.columnVector([...sorted[index]!]), mean).div(width))
      const step = steps.reduce((sum, each, index) => sum.add(Matrix.mul(each, weights[index]!)), Matrix.zeros(n, 1))
      const whitened = axes.mmul(axes.transpose().mmul(step).divColumnVector(lengths))
      stepPath = stepPath.mul(1 - stepRate).add(whitened.mul(Math.sqrt(stepRate * (2 - stepRate) * effectiveCount)))
      const length = stepPath.norm()
      const isShort = length / Math.sqrt(1 - (1 - stepRate) ** (2 * generation)) < (1.4 + 2 / (n + 1)) * expectedLength
      path = path.mul(1 - pathRate)
      if (isShort) path.add(Matrix.mul(step, Math.sqrt(pathRate * (2 - pathRate) * effectiveCount)))
      const kept = 1 - oneRate - manyRate + (isShort ? 0 : oneRate * pathRate * (2 - pathRate))
      covariance = covariance.mul(kept).add(path.mmul(path.transpose()).mul(oneRate))
      for (const [index, each] of steps.entries()) covariance.add(each.mmul(each.transpose()).mul(manyRate * weights[index]!))
      mean = Matrix.add(mean, step.mul(width))
      width *= Math.exp(Math.min(1, (stepRate / damping) * (length / expectedLength - 1)))
      for (const [index, least] of leastWidths.entries()) if (deviation(index) < least) covariance.set(index, index, (least / width) ** 2)
      decompose()
    },
    width: () => lengths.reduce((most, _, index) => Math.max(most, deviation(index)), 0),
  }
}
