import {describe, expect, it} from 'vitest'
import {parseHierarchy} from '../../../src/accelerator/load-hierarchy.js'
import {mappedProblem} from '../../../src/mapping/mapped-problem.js'
import {type ArraySchedule, arraySchedule} from '../../../src/mapping/systolic/array-schedule.js'
import {dataflows} from '../../../src/mapping/systolic/dataflows/table.js'
import type {CountingName} from '../../../src/spec/schemas/problem-shapes.js'
import {countings} from '../../../src/workload/counting.js'
import {parseProblem} from '../../../src/workload/load-problem.js'
import {caseName, dataflowOf, problemText, productOfCase, type ScaleSimCase, scaleSimCases} from '../../support/scale-sim-cases.js'
import {dataflowNest, systolicText} from '../../support/systolic-nests.js'

const named = scaleSimCases.map((run) => ({name: caseName(run), run}))
const stallFree = named.filter(({run}) => run.interface === 'CALC')

function scheduleOf(run: ScaleSimCase, counting: CountingName): ArraySchedule {
  const array = {rows: run.array_h, columns: run.array_w, isPreloading: false}
  return arraySchedule(productOfCase(run, counting), array, dataflows[dataflowOf[run.dataflow]])
}

describe.skipIf(stallFree.length === 0)('SCALE-Sim 2, whose cycles stall nowhere', () => {
  it('has 18 such cases', () => expect(stallFree).toHaveLength(18))

  it.each(stallFree)('$name: cycles and mapping efficiency are equal, counted its way', ({run}) => {
    const {cycles, mappingEfficiencyRatio} = scheduleOf(run, 'scale-sim-2')
    expect(countings['scale-sim-2'].countedCycles(cycles)).toBe(run.outputs['total_cycles'])
    expect(100 * mappingEfficiencyRatio).toBeCloseTo(run.outputs['mapping_eff']!, 12)
  })

  it.each(stallFree)(
    '$name: words that cross the edge are equal, but for what it adds to the sums of an output-stationary fold',
    ({run}) => {
      const {edgeWords, foldCount} = scheduleOf(run, 'scale-sim-2')
      // It adds the rows and the columns of the array to the written sums of each fold, beside their product.
      const addedWords = run.dataflow === 'os' ? foldCount * (run.array_h + run.array_w) : 0
      expect(edgeWords.inputs).toBe(run.outputs['ifmap_sram_reads'])
      expect(edgeWords.weights).toBe(run.outputs['filter_sram_reads'])
      expect(edgeWords.outputs + addedWords).toBe(run.outputs['ofmap_sram_writes'])
    },
  )

  it.each(stallFree)('$name: its utilization is ours where sums stay, and over longer folds than it counts elsewhere', ({run}) => {
    const {utilizationRatio, loadCycles, streamCycles, skewCycles} = scheduleOf(run, 'scale-sim-2')
    const foldedCycles = loadCycles + streamCycles + skewCycles
    // It skews the operand that stays as well, which adds the columns less one to the fold, though not to its cycles.
    const itsCycles = foldedCycles + (run.dataflow === 'os' ? 0 : run.array_w - 1)
    expect((100 * utilizationRatio * foldedCycles) / itsCycles).toBeCloseTo(run.outputs['compute_util']!, 9)
  })

  it('counts one window too many where the stride does not end at the edge, and hardware does not', () => {
    const strided = stallFree.filter(({run}) => run.kind === 'conv' && run.dims.stride === 2).map(({run}) => run)
    expect(strided).toHaveLength(1)
    // 28 wide, 5 wide, every 2: the last whole window begins at 22, the 12th.
    expect(productOfCase(strided[0]!, 'hardware').m).toBe(12 * 12)
    expect(productOfCase(strided[0]!, 'scale-sim-2').m).toBe(13 * 13)
    // ⌈200 / 8⌉ · ⌈16 / 8⌉ folds of 8 + 144 + 14 cycles.
    expect(scheduleOf(strided[0]!, 'hardware').cycles).toBe(25 * 2 * 166)
  })
})

describe.skipIf(stallFree.length === 0)('a mapping of a SCALE-Sim case, from files', () => {
  it.each(stallFree)('$name: has its cycles and mapping efficiency', ({run}) => {
    const array = {rows: run.array_h, columns: run.array_w, isPreloading: false}
    const hierarchy = parseHierarchy('array', systolicText, {set: {rows: `${array.rows}`, columns: `${array.columns}`}})
    const problem = parseProblem('case', problemText(run), {counting: 'scale-sim-2'})
    const [m, n, k] = problem.dimensions.map(({size}) => size) as [number, number, number]
    const mapped = mappedProblem(dataflowNest({m, n, k}, array, dataflows[dataflowOf[run.dataflow]]), problem, hierarchy)
    expect(mapped).toMatchObject({fits: true, cycles: run.outputs['total_cycles']})
    expect(mapped.fits && mapped.systolic!.mappingEfficiencyRatio * 100).toBeCloseTo(run.outputs['mapping_eff']!, 12)
  })
})
