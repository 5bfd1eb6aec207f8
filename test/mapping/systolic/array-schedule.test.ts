import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {arraySchedule} from '../../../src/mapping/systolic/array-schedule.js'
import {dataflowNames, dataflows} from '../../../src/mapping/systolic/dataflows/table.js'
import {walkedProduct} from '../../support/cell-by-cell.js'
import {plainProduct} from '../../support/plain-product.js'

const size = fc.integer({min: 1, max: 9})
const side = fc.integer({min: 1, max: 5})
const arrays = fc.record({rows: side, columns: side, isPreloading: fc.boolean()})

/** Whole numbers that differ, so that a word in a wrong place shows. */
const matrix = (rows: number, columns: number, seed: number): number[][] =>
  Array.from({length: rows}, (_, row) => Array.from({length: columns}, (__, column) => ((row * 31 + column * 17 + seed) % 23) - 11))

describe.each(dataflowNames)('%s', (name) => {
  const dataflow = dataflows[name]

  it('takes the cycles, crosses the edge and fills the cells as an array does that is walked cell by cell', () => {
    fc.assert(
      fc.property(size, size, size, arrays, (m, n, k, array) => {
        const [inputs, weights] = [matrix(m, k, 1), matrix(k, n, 5)]
        const walk = walkedProduct(inputs, weights, array, dataflow)
        const expected = inputs.map((row) => weights[0]!.map((_, n1) => row.reduce((sum, a, k1) => sum + a * weights[k1]![n1]!, 0)))
        expect(walk.outputs).toEqual(expected)

        const schedule = arraySchedule(plainProduct(m, n, k), array, dataflow)
        expect(schedule.cycles).toBe(walk.cycles)
        expect(schedule.drainCycles).toBe(walk.cyclesWithDrain - walk.cycles)
        expect(schedule.edgeWords).toEqual(walk.edgeWords)
        const cellCount = schedule.foldCount * array.rows * array.columns
        expect(schedule.mappingEfficiencyRatio).toBeCloseTo(walk.usedCellCount / cellCount, 12)
      }),
      {numRuns: 400},
    )
  })
})
