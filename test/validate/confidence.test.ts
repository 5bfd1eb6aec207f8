import {describe, expect, it} from 'vitest'
import {confidenceOf} from '../../src/validate/confidence.js'
import {fitParameters} from '../../src/validate/fit.js'
import {normals, parameter, syntheticFit, uniforms} from './synthetic-rows.js'

const factorAlone = ([value]: Float64Array): number => value!
const sizeOf = (index: number): number => 1 + (index % 10)

/** Half of the interval of one factor that all rows follow, as a share of it. */
function halfRatio(rowCount: number, deviate: () => number): number {
  // The prediction over the measurement is one and the deviate.
  const {problem, rows} = syntheticFit([parameter(1, 1000)], factorAlone, {truth: [100], rowCount, factor: () => 1 / (1 + deviate())})
  const {values} = fitParameters(problem, rows)
  const {interval} = confidenceOf(problem, rows, values)[0]!
  return (interval[1] - interval[0]) / 2 / values[0]!
}

describe('confidenceOf', () => {
  it('of a factor under normal errors is that of a median: 1.96 √(π/2) σ / √rows', () => {
    const normal = normals(11)
    const expected = (1.96 * Math.sqrt(Math.PI / 2) * 0.1) / Math.sqrt(4000)
    expect(halfRatio(4000, () => 0.1 * normal()) / expected).toBeGreaterThan(0.85)
    expect(halfRatio(4000, () => 0.1 * normal()) / expected).toBeLessThan(1.15)
  })

  it('of a factor under Laplace errors is 1.96 b / √rows, or up to a third more', () => {
    const uniform = uniforms(5)
    const laplace = (): number => {
      const place = uniform() - 0.5
      return -0.05 * Math.sign(place) * Math.log(1 - 2 * Math.abs(place))
    }
    const ratio = halfRatio(4000, laplace) / ((1.96 * 0.05) / Math.sqrt(4000))
    expect(ratio).toBeGreaterThan(0.9)
    expect(ratio).toBeLessThan(1.35)
  })

  it('covers the truth in about 95 of 100 repetitions', () => {
    const normal = normals(23)
    const line = ([fixed, each]: Float64Array, index: number): number => fixed! + each! * sizeOf(index)
    let covered = 0
    for (let turn = 0; turn < 60; turn++) {
      const {problem, rows} = syntheticFit([parameter(2, 50), parameter(1, 50)], line, {
        truth: [4, 2],
        rowCount: 200,
        factor: () => 1 + 0.08 * normal(),
      })
      const {values} = fitParameters(problem, rows)
      for (const [index, {interval}] of confidenceOf(problem, rows, values).entries()) {
        const truth = [4, 2][index]!
        if (interval[0] <= truth && truth <= interval[1]) covered++
      }
    }
    expect(covered / 120).toBeGreaterThan(0.88)
  })

  it('marks a parameter that no row depends on, and gives it all of its bounds', () => {
    const {problem, rows} = syntheticFit([parameter(1, 10), parameter(3, 9)], factorAlone, {truth: [2, 5], rowCount: 40})
    const [acting, idle] = confidenceOf(problem, rows, Float64Array.of(2, 5))
    expect(acting!.isDetermined).toBe(true)
    expect(idle).toEqual({interval: [0, 9], isDetermined: false})
  })

  it('marks two that trade off against each other, though their product is certain', () => {
    const product = ([a, b, c]: Float64Array, index: number): number => a! * b! * sizeOf(index) + c!
    const noise = normals(3)
    const {problem, rows} = syntheticFit([parameter(1, 10), parameter(1, 10), parameter(1, 10)], product, {
      truth: [2, 3, 4],
      rowCount: 200,
      factor: () => 1 + 0.02 * noise(),
    })
    const found = confidenceOf(problem, rows, Float64Array.of(2, 3, 4))
    expect(found.map(({isDetermined}) => isDetermined)).toEqual([false, false, true])
  })

  it('calls a parameter near zero determined when it is known to half of its typical size', () => {
    const noise = normals(9)
    const model = ([fixed, each]: Float64Array, index: number): number => fixed! + each! * sizeOf(index)
    const {problem, rows} = syntheticFit([parameter(2, 60), parameter(1, 50)], model, {
      truth: [0, 2],
      rowCount: 400,
      factor: () => 1 + 0.02 * noise(),
    })
    const [fixed] = confidenceOf(problem, rows, Float64Array.of(0, 2))
    expect(fixed!.isDetermined).toBe(true)
    expect(fixed!.interval[0]).toBe(0)
  })
})
