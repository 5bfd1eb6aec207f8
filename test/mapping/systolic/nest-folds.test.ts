import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {analyseNest} from '../../../src/mapping/analyse-nest.js'
import type {Loop} from '../../../src/mapping/loop-nest.js'
import {mappingFaults} from '../../../src/mapping/mapping-fault.js'
import {arraySchedule} from '../../../src/mapping/systolic/array-schedule.js'
import {stationaryOperand} from '../../../src/mapping/systolic/dataflow.js'
import {dataflowNames, dataflows} from '../../../src/mapping/systolic/dataflows/table.js'
import {productOf} from '../../../src/mapping/systolic/product.js'
import {dataflowNest, gemm, systolicLevels} from '../../support/systolic-nests.js'
import {walkedFoldCycles} from '../../support/walked-folds.js'

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

describe('any nest on a systolic array', () => {
  const count = fc.integer({min: 1, max: 4})
  const order = fc.shuffledSubarray([0, 1, 2], {minLength: 3, maxLength: 3})
  const level = fc.tuple(order, fc.tuple(count, count, count))
  const small = fc.record({rows: fc.integer({min: 2, max: 5}), columns: fc.integer({min: 2, max: 5}), isPreloading: fc.boolean()})
  const loopsOf = ([dimensions, counts]: [number[], [number, number, number]]): Loop[] =>
    dimensions.map((dimension) => ({dimension, count: counts[dimension]!})).filter((loop) => loop.count > 1)

  it('takes the cycles of a walk through its steps, with the tensor held that takes the fewest', () => {
    let runCount = 0
    fc.assert(
      fc.property(
        level,
        level,
        fc.integer({min: 0, max: 2}),
        fc.integer({min: 0, max: 2}),
        small,
        fc.infiniteStream(fc.nat()),
        (outer, inner, x, y, array, spare) => {
          const keeps = [true, true, true]
          const levels = [
            {temporal: loopsOf(outer), x: [], y: [], keeps},
            {temporal: loopsOf(inner), x: [{dimension: x, count: array.columns}], y: [{dimension: y, count: array.rows}], keeps},
            {temporal: [], x: [], y: [], keeps},
          ]
          // Sizes that need every turn of every loop, though not all of the last one.
          const sizes = [0, 1, 2].map((dimension) => {
            const counts = levels.flatMap((each) => [...each.temporal, ...each.x, ...each.y]).filter((loop) => loop.dimension === dimension)
            const whole = counts.reduce((product, loop) => product * loop.count, 1)
            const inside = counts.reduce((product, loop, place) => (place === 0 ? product : product * loop.count), 1)
            return whole - (spare.next().value! % inside)
          })
          const problem = gemm(sizes[0]!, sizes[1]!, sizes[2]!)
          const nest = {levels}
          const hierarchy = systolicLevels(array)
          if (mappingFaults(nest, problem, hierarchy).length > 0) return
          runCount++
          const walked = problem.tensors.map((tensor, held) => {
            const on = tensor.ranks.flatMap(({terms}) => terms.map(({dimension}) => dimension))
            return on.includes(x) && on.includes(y) ? walkedFoldCycles(problem, nest, array, held) : Number.POSITIVE_INFINITY
          })
          expect(analyseNest(problem, hierarchy, nest).systolic?.cycles).toBe(Math.min(...walked))
        },
      ),
      {numRuns: 500},
    )
    expect(runCount).toBeGreaterThan(50)
  })
})
