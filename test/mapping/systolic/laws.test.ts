import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {arraySchedule} from '../../../src/mapping/systolic/array-schedule.js'
import {dataflowNames, dataflows} from '../../../src/mapping/systolic/dataflows/table.js'
import type {Product} from '../../../src/mapping/systolic/product.js'
import {plainProduct} from '../../support/plain-product.js'

const size = fc.integer({min: 1, max: 300})
const side = fc.integer({min: 1, max: 40})
const arrays = fc.record({rows: side, columns: side, isPreloading: fc.boolean()})
const products = fc.tuple(size, size, size).map((sizes) => plainProduct(...sizes))

describe.each(dataflowNames)('laws of %s', (name) => {
  const schedule = (product: Product, array: {rows: number; columns: number; isPreloading: boolean}) =>
    arraySchedule(product, array, dataflows[name])

  it('no array does more than all its cells could, nor takes fewer cycles than its products need', () => {
    fc.assert(
      fc.property(products, arrays, (product, array) => {
        const {utilizationRatio, mappingEfficiencyRatio, cycles} = schedule(product, array)
        expect(utilizationRatio).toBeLessThanOrEqual(mappingEfficiencyRatio + 1e-12)
        expect(mappingEfficiencyRatio).toBeLessThanOrEqual(1)
        expect(cycles * array.rows * array.columns).toBeGreaterThanOrEqual(product.m * product.n * product.k)
      }),
    )
  })

  it('more cells never take more folds, and every tensor crosses the edge at least once', () => {
    fc.assert(
      fc.property(products, arrays, (product, array) => {
        const {foldCount, edgeWords} = schedule(product, array)
        expect(schedule(product, {...array, rows: array.rows + 1}).foldCount).toBeLessThanOrEqual(foldCount)
        expect(schedule(product, {...array, columns: array.columns + 1}).foldCount).toBeLessThanOrEqual(foldCount)
        expect(edgeWords.inputs).toBeGreaterThanOrEqual(product.distinctWords.inputs)
        expect(edgeWords.weights).toBeGreaterThanOrEqual(product.distinctWords.weights)
        expect(edgeWords.outputs).toBeGreaterThanOrEqual(product.distinctWords.outputs)
      }),
    )
  })

  it('registers for the next tile never cost a cycle', () => {
    fc.assert(
      fc.property(products, arrays, (product, array) => {
        const cycles = (isPreloading: boolean): number => schedule(product, {...array, isPreloading}).cycles
        expect(cycles(true)).toBeLessThanOrEqual(cycles(false))
      }),
    )
  })
})

it('inputs that stay are weights that stay of the turned product', () => {
  fc.assert(
    fc.property(products, arrays, (product, array) => {
      const turned = plainProduct(product.n, product.m, product.k)
      const [inputs, weights] = [
        arraySchedule(product, array, dataflows['input-stationary']),
        arraySchedule(turned, array, dataflows['weight-stationary']),
      ]
      expect(weights).toEqual({
        ...inputs,
        edgeWords: {inputs: inputs.edgeWords.weights, weights: inputs.edgeWords.inputs, outputs: inputs.edgeWords.outputs},
      })
    }),
  )
})

describe('published arrays', () => {
  it('a TPU shifts 256 rows of weights in behind as many cycles of work', () => {
    // "The matrix unit holds one 64 KiB tile of weights plus one for double buffering (to hide the 256 cycles it takes to shift a tile in)";
    // Jouppi et al., In-Datacenter Performance Analysis of a Tensor Processing Unit, ISCA 2017, section 2.
    const tpu = (isPreloading: boolean) => ({rows: 256, columns: 256, isPreloading})
    const cycles = (rows: number, folds: number, isPreloading = true): number =>
      arraySchedule(plainProduct(rows, 256 * folds, 256), tpu(isPreloading), dataflows['weight-stationary']).cycles
    expect(arraySchedule(plainProduct(1, 256, 256), tpu(true), dataflows['weight-stationary']).loadCycles).toBe(256)
    // From 256 rows of inputs on, another tile costs its stream alone; below, the shift shows.
    expect(cycles(256, 9) - cycles(256, 8)).toBe(256)
    expect(cycles(4096, 9) - cycles(4096, 8)).toBe(4096)
    expect(cycles(100, 9) - cycles(100, 8)).toBe(256)
    expect(cycles(256, 9, false) - cycles(256, 8, false)).toBe(256 + 256 + 510)
  })

  it('one fold that drains before the next takes 2h + w + T − 2 cycles', () => {
    // Samajdar et al., A Systematic Methodology for Characterizing Scalability of DNN Accelerators using SCALE-Sim, ISPASS 2020, equation 1.
    for (const name of dataflowNames) {
      const array = {rows: 12, columns: 20, isPreloading: false}
      const {cycles, drainCycles} = arraySchedule(plainProduct(7, 7, 7), array, dataflows[name])
      expect(cycles + drainCycles).toBe(2 * 12 + 20 + 7 - 2)
    }
  })
})
