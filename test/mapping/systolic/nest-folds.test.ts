import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {analyseNest} from '../../../src/mapping/analyse-nest.js'
import {arraySchedule} from '../../../src/mapping/systolic/array-schedule.js'
import {stationaryOperand} from '../../../src/mapping/systolic/dataflow.js'
import {dataflowNames, dataflows} from '../../../src/mapping/systolic/dataflows/table.js'
import {productOf} from '../../../src/mapping/systolic/product.js'
import {dataflowNest, gemm, systolicLevels} from '../../support/systolic-nests.js'

const size = fc.integer({min: 1, max: 40})
const side = fc.integer({min: 2, max: 9})
const arrays = fc.record({rows: side, columns: side, isPreloading: fc.boolean()})

describe.each(dataflowNames)('a nest of loops that is %s', (name) => {
  const dataflow = dataflows[name]

  it('takes the cycles of its folds', () => {
    fc.assert(
      fc.property(size, size, size, arrays, (m, n, k, array) => {
        const problem = gemm(m, n, k)
        const {cycles, systolic} = analyseNest(problem, systolicLevels(array), dataflowNest({m, n, k}, array, dataflow))
        const schedule = arraySchedule(productOf(problem), array, dataflow)
        // Where sides are not used, another tensor may stay as well as this one, and the better one does.
        expect(cycles).toBeLessThanOrEqual(schedule.cycles)
        if (systolic?.stationary === stationaryOperand(dataflow)) expect(cycles).toBe(schedule.cycles)
        const sizes = {m, n, k}
        if (sizes[dataflow.rows] > 1 && sizes[dataflow.columns] > 1)
          expect(systolic).toMatchObject({
            stationary: stationaryOperand(dataflow),
            foldCount: schedule.foldCount,
            streamCycles: schedule.streamCycles,
            skewCycles: schedule.skewCycles,
          })
        expect(systolic?.mappingEfficiencyRatio).toBeCloseTo(schedule.mappingEfficiencyRatio, 12)
      }),
      {numRuns: 300},
    )
  })
})
