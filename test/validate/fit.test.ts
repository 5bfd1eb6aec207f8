import {describe, expect, it} from 'vitest'
import {fitAt, fitParameters} from '../../src/validate/fit.js'
import type {FitRow} from '../../src/validate/fit-problem.js'
import {normals, parameter, syntheticFit, uniforms} from './synthetic-rows.js'

/** Kernels over five decades that compute or move data, whichever takes longer, after a launch. */
const specs = [parameter(0.5, 1, {unit: 'ratio', least: 0.05}), parameter(0.5, 1, {unit: 'ratio', least: 0.05}), parameter(2, 60)]
const truth = [0.62, 0.81, 4]
const launchAndRoofline = ([compute, memory, launch]: Float64Array, index: number): number => {
  const busy = 10 ** ((index % 50) / 10)
  const [computing, moving] = index % 2 ? [busy, busy / 5] : [busy / 5, busy]
  return 1e-6 * (launch! + Math.max(computing / compute!, moving / memory!))
}
const fitted = (options: {rowCount?: number; factor?: (index: number) => number}) => {
  const {problem, rows} = syntheticFit(specs, launchAndRoofline, {truth, rowCount: 100, ...options})
  return fitParameters(problem, rows)
}

describe('fitParameters', () => {
  it('finds the parameters that made the measurements', () => {
    const {values, mapeRatio} = fitted({})
    expect(values[0]).toBeCloseTo(0.62, 3)
    expect(values[1]).toBeCloseTo(0.81, 3)
    expect(values[2]).toBeCloseTo(4, 2)
    expect(mapeRatio).toBeLessThan(1e-3)
  })

  it('is not led astray by every fifth row taking eight times as long', () => {
    const {values} = fitted({factor: (index) => (index % 5 === 2 ? 8 : 1)})
    for (const [index, value] of truth.entries()) expect(Math.abs(values[index]! / value - 1)).toBeLessThan(0.02)
  })

  it('ends at the median of a single factor, where least squares would end at the mean', () => {
    // 1 / measured has the values 1, 1, 1, 0.5, 0.1: the sum of |p / measured − 1| bends at p = 1.
    const {problem, rows} = syntheticFit([parameter(3, 100)], ([value]) => value!, {
      truth: [1],
      rowCount: 50,
      factor: (index) => [1, 1, 1, 2, 10][index % 5]!,
    })
    expect(fitParameters(problem, rows).values[0]).toBeCloseTo(1, 2)
  })

  it('finds them from a start in another valley', () => {
    // Two valleys in the first parameter: a sine over the truth's distance, lower at the truth.
    const valleys = ([place]: Float64Array, index: number): number =>
      1 + (index % 3) + Math.abs(place! - 8) * 0.05 + 0.3 * Math.sin((place! - 8) * 1.5) ** 2
    const {problem, rows} = syntheticFit([parameter(3, 10)], valleys, {truth: [8], rowCount: 60})
    expect(fitParameters(problem, rows).values[0]).toBeCloseTo(8, 1)
  })

  it('never leaves the bounds, and ends at one where the measurements lie beyond it', () => {
    const {values} = fitted({factor: () => 1 / 3})
    expect(values[0]).toBe(1)
    expect(values[1]).toBe(1)
    for (const [index, {least, most}] of specs.entries()) {
      expect(values[index]).toBeGreaterThanOrEqual(least)
      expect(values[index]).toBeLessThanOrEqual(most)
    }
  })

  it('never ends worse than any parameters that are known', () => {
    const noise = normals(7)
    const {problem, rows} = syntheticFit(specs, launchAndRoofline, {truth, rowCount: 60, factor: () => Math.exp(0.3 * noise())})
    const uniform = uniforms(3)
    const known = Array.from({length: 20}, () => Float64Array.of(0.3 + 0.7 * uniform(), 0.3 + 0.7 * uniform(), 10 * uniform()))
    const {mapeRatio, values} = fitParameters(problem, rows, known)
    for (const each of known) expect(mapeRatio).toBeLessThanOrEqual(fitAt(problem, rows, each).mapeRatio)
    expect(fitAt(problem, rows, values).mapeRatio).toBe(mapeRatio)
  })

  it('states the error at settled clocks, which follow the parameters', () => {
    // A limiter that stretches all kernels faster than 1 s to the mean of theirs and 1 s.
    const parameters = Float64Array.of(1)
    let clock = 1
    const rows = Array.from({length: 30}, (_, index): FitRow => {
      const bare = () => parameters[0]! * (1 + index / 30)
      return {
        measuredSeconds: (0.6 * (1 + index / 30) + 1) / 2,
        predictedSeconds: () => bare() * clock,
        settledSeconds: () => {
          clock = bare() < 1 ? (bare() + 1) / 2 / bare() : 1
          return bare() * clock
        },
      }
    })
    const problem = {specs: [parameter(1, 4)], apply: (values: Float64Array) => parameters.set(values)}
    const {values, mapeRatio} = fitParameters(problem, rows)
    const at = (value: number): number => fitAt(problem, rows, Float64Array.of(value)).mapeRatio
    expect(mapeRatio).toBe(at(values[0]!))
    for (const other of [0.3, 0.5, 0.7, 0.9, 1.1]) expect(mapeRatio).toBeLessThan(at(other) + 1e-9)
  })

  it('survives a model that makes no sense for some parameters, and refuses one that never does', () => {
    const fragile = ([value]: Float64Array): number => (value! > 2 ? Number.NaN : value!)
    const {problem, rows} = syntheticFit([parameter(3, 10)], fragile, {truth: [1.5], rowCount: 40})
    expect(fitParameters(problem, rows).values[0]).toBeCloseTo(1.5, 2)
    const broken = syntheticFit([parameter(1, 2)], () => Number.NaN, {truth: [1], rowCount: 40})
    expect(() => fitParameters(broken.problem, broken.rows)).toThrow('no finite time')
  })
})
