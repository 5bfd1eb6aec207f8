import type {KernelParameter} from '../../src/cost/calibrated/kernel-model.js'
import type {FitProblem, FitRow} from '../../src/validate/fit-problem.js'

/** A parameter between 0 and `most`, typically `start`. */
export function parameter(start: number, most: number, over: Partial<KernelParameter> = {}): KernelParameter {
  return {unit: 'us', least: 0, most, start, ideal: 0, scope: 'device', meaning: 'of a test', source: 'of a test', ...over}
}

/** Pseudo-random numbers between 0 and 1, the same in every run. Lehmer's generator with Park and Miller's constants. */
export function uniforms(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

/** Normal deviates from uniform ones. Box and Muller, 1958. */
export function normals(seed: number): () => number {
  const uniform = uniforms(seed)
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

type Model = (parameters: Float64Array, index: number) => number

/** A fit of a model to kernels that were measured at the true parameters, times a factor for each. */
export function syntheticFit(
  specs: readonly KernelParameter[],
  model: Model,
  {truth, rowCount, factor = () => 1}: {truth: readonly number[]; rowCount: number; factor?: (index: number) => number},
): {problem: FitProblem; rows: readonly FitRow[]} {
  const parameters = Float64Array.from(specs, ({start}) => start)
  const rows = Array.from({length: rowCount}, (_, index): FitRow => {
    const seconds = () => model(parameters, index)
    return {
      // A measurement is a prediction over one and its relative error.
      measuredSeconds: model(Float64Array.from(truth), index) * factor(index),
      predictedSeconds: seconds,
      settledSeconds: seconds,
    }
  })
  return {problem: {specs, apply: (values) => parameters.set(values)}, rows}
}
