import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {fitPower, type PowerConstant, type PowerRow} from '../../src/validate/power-fit.js'

/** What each of three constants adds to a workload, in watts per unit; sweeps scale all of it by their clock. */
interface Made {
  readonly values: readonly number[]
  readonly rows: readonly PowerRow[]
}

const constants: readonly PowerConstant[] = [
  {name: 'products', statedValue: 1},
  {name: 'elements', statedValue: 300},
  {name: 'memory', statedValue: 30},
]

const made: fc.Arbitrary<Made> = fc
  .record({
    values: fc.tuple(
      fc.double({min: 0.3, max: 3, noNaN: true}),
      fc.double({min: 50, max: 900, noNaN: true}),
      fc.double({min: 10, max: 90, noNaN: true}),
    ),
    shapes: fc.array(fc.tuple(fc.integer({min: 1, max: 60}), fc.integer({min: 1, max: 60}), fc.integer({min: 1, max: 60})), {
      minLength: 16,
      maxLength: 24,
    }),
  })
  .filter(({shapes}) => [0, 1, 2].every((i) => spreadOf(shapes.map((shape) => shape[i]! / (shape[0]! + shape[1]! + shape[2]!))) > 0.12))
  .map(({values, shapes}) => ({values, rows: shapes.flatMap((shape, workload) => sweep(String(workload), shape, values))}))

function spreadOf(shares: readonly number[]): number {
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
  return Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length)
}

function sweep(workload: string, shape: readonly number[], values: readonly number[]): PowerRow[] {
  return [0.5, 0.75, 1].map((clock) => {
    const wattsPerUnit = shape.map((watts, i) => (watts * clock) / constants[i]!.statedValue)
    const measuredWatts = wattsPerUnit.reduce((sum, watts, i) => sum + watts * values[i]!, 45)
    return {workload, measuredWatts, restWatts: 45, wattsPerUnit}
  })
}

describe('fitPower', () => {
  it('finds the constants that made the rows, each within its interval', () => {
    fc.assert(
      fc.property(made, ({values, rows}) => {
        for (const [i, {value, interval, isDetermined}] of fitPower(rows, constants).entries()) {
          expect(isDetermined).toBe(true)
          expect(value / values[i]!).toBeCloseTo(1, 6)
          expect(interval[0]).toBeLessThanOrEqual(value)
          expect(interval[1]).toBeGreaterThanOrEqual(value)
        }
      }),
      {numRuns: 30},
    )
  })

  it('is not moved by one workload that measures half again as much', () => {
    fc.assert(
      fc.property(made, ({values, rows}) => {
        const spoilt = rows.map((row) => (row.workload === '0' ? {...row, measuredWatts: 1.5 * row.measuredWatts} : row))
        for (const [i, {value, isDetermined}] of fitPower(spoilt, constants).entries())
          if (isDetermined) expect(Math.abs(value / values[i]! - 1)).toBeLessThan(0.12)
      }),
      {numRuns: 20},
    )
  })

  it('holds one of two constants that always come together at what is stated, and says so', () => {
    const values = [0.8, 290, 32]
    const rows = Array.from({length: 20}, (_, workload) => {
      const [products, together] = [5 + ((workload * 7) % 20), 4 + ((workload * 11) % 17)]
      return sweep(String(workload), [products, together, together], values)
    }).flat()
    const noisy = rows.map((row, index) => ({...row, measuredWatts: row.measuredWatts * (1 + 0.02 * Math.sin(index))}))
    const [products, elements, memory] = fitPower(noisy, constants)
    expect(products!.isDetermined).toBe(true)
    expect(products!.value).toBeCloseTo(0.8, 1)
    expect([elements!.isDetermined, memory!.isDetermined].filter(Boolean)).toHaveLength(1)
    const held = elements!.isDetermined ? {fit: memory!, stated: 30} : {fit: elements!, stated: 300}
    expect(held.fit.value).toBe(held.stated)
    // Together they are as large as they were made.
    expect(elements!.value / 300 + memory!.value / 30).toBeCloseTo(290 / 300 + 32 / 30, 1)
  })

  it('holds a constant that no row depends on, at zero where nothing is stated', () => {
    const rows = Array.from({length: 12}, (_, workload) =>
      sweep(String(workload), [5 + workload, 3 + ((workload * 5) % 7), 0], [1, 300, 0]),
    ).flat()
    const [, , memory] = fitPower(rows, [constants[0]!, constants[1]!, {name: 'memory', statedValue: 0}])
    expect(memory).toMatchObject({value: 0, isDetermined: false})
  })

  it('determines nothing from a single workload', () => {
    const fit = fitPower(sweep('only', [20, 30, 10], [1, 300, 30]), constants)
    expect(fit.map(({isDetermined}) => isDetermined)).toEqual([false, false, false])
    expect(fit.map(({value}) => value)).toEqual([1, 300, 30])
  })
})
