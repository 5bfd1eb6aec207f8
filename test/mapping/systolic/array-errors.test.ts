import {describe, expect, it} from 'vitest'
import {loadHierarchy, parseHierarchy} from '../../../src/accelerator/load-hierarchy.js'
import {parseMapping} from '../../../src/mapping/load-mapping.js'
import {mappedProblem} from '../../../src/mapping/mapped-problem.js'
import {arrayConstraints} from '../../../src/mapping/systolic/array-constraints.js'
import {dataflows} from '../../../src/mapping/systolic/dataflows/table.js'
import {productOf} from '../../../src/mapping/systolic/product.js'
import {strategies} from '../../../src/search/strategies/strategies.js'
import {parseProblem} from '../../../src/workload/load-problem.js'
import {gemm, systolicLevels, systolicText} from '../../support/systolic-nests.js'

const array = {rows: 16, columns: 16, isPreloading: false}
const conv = (sizes: string, head = '') =>
  parseProblem('conv', `${head}dtype: int8\nconv2d: {r: 5, s: 5, c: 8, k: 16, stride: 2, ${sizes}}\n`)
const thrown = (run: () => unknown): {code: string; message: string; suggestions: string[]} => {
  try {
    run()
  } catch (error) {
    return error as {code: string; message: string; suggestions: string[]}
  }
  throw new Error('nothing was thrown')
}

describe('a systolic array in a file of levels', () => {
  it('has the rows and columns of the innermost level that spreads', () => {
    expect(parseHierarchy('array', systolicText)).toMatchObject({arithmetic: {instanceCount: 256, systolic: {isPreloading: false}}})
  })

  it('needs a level that spreads', () => {
    const {message, suggestions} = thrown(() => parseHierarchy('array', systolicText.replace('    fanout: {x: columns, y: rows}\n', '')))
    expect(message).toContain('array.yaml:22:13 /arithmetic/systolic\n  no level spreads over several cells')
    expect(suggestions).toEqual(['add `fanout: {x: 16, y: 16}` to the level that feeds the array'])
  })

  it.each(['multicast', 'reduction'])('hands words on, which %s says', (key) => {
    const {message, suggestions} = thrown(() => parseHierarchy('array', systolicText.replace(`${key}: true`, `${key}: false`)))
    expect(message).toContain(`/levels/scratchpad/${key}\n  cells of a systolic array hand words on to their neighbours`)
    expect(suggestions).toEqual([`write \`${key}: true\`, or leave out systolic`])
  })
})

describe('loops on a systolic array', () => {
  it('are refused where no tensor can stay in the cells', () => {
    const text =
      'levels:\n  dram:\n    temporal: [M 2, N 2, K 2]\n  scratchpad:\n    x: [N 8]\n    y: [M 4, K 4]\n    temporal: [M 2, K 2]\n'
    const {code, message} = thrown(() => parseMapping(text, gemm(16, 16, 16), systolicLevels(array)))
    expect(code).toBe('MAPPING_INVALID')
    expect(message).toContain('mapping.yaml:6:9 /levels/scratchpad/y/0')
    expect(message).toContain('no tensor can stay in the cells of a systolic array with N along x and M, K along y')
  })

  it('of a dataflow fill its sides, and stream the third axis innermost', () => {
    const {levels, allowsImperfect} = arrayConstraints(
      'weight-stationary',
      dataflows['weight-stationary'],
      gemm(100, 60, 32),
      systolicLevels(array),
    )
    expect(levels[1]).toMatchObject({x: {counts: [1, 16, 1]}, y: {counts: [1, 1, 16]}, temporal: {innermost: [0]}})
    expect(levels[2]!.temporal.counts).toEqual([1, 1, 1])
    expect(allowsImperfect).toBe(true)
    const even = arrayConstraints('weight-stationary', dataflows['weight-stationary'], gemm(100, 64, 32), systolicLevels(array))
    expect(even.allowsImperfect).toBe(false)
  })

  it('are no rows of a filter', () => {
    expect(thrown(() => strategies['row-stationary'].constraintsOf(gemm(8, 8, 8), systolicLevels(array)))).toMatchObject({
      code: 'STRATEGY_UNFIT',
      message: 'row-stationary does not run on the systolic array of array',
      suggestions: ['choose output-stationary, weight-stationary, input-stationary'],
    })
  })
})

describe('convolutions by their inputs', () => {
  it('have the outputs of whole windows, or as many as the named tool counts, unfolded', () => {
    expect(conv('h: 28, w: 28').dimensions).toContainEqual({name: 'P', size: 12})
    const unfolded = conv('h: 28, w: 28', 'counting: scale-sim-2\n')
    expect(unfolded.dimensions).toEqual([
      {name: 'M', size: 13 * 13},
      {name: 'N', size: 16},
      {name: 'K', size: 200},
    ])
    expect(
      parseProblem('conv', 'dtype: int8\nconv2d: {h: 14, w: 14, r: 3, s: 3, c: 16, k: 32}\n', {counting: 'scale-sim-2'}).dimensions[0]!
        .size,
    ).toBe(144)
  })

  it.each([
    ['h: 28, p: 12, w: 28', '/conv2d/h', '`p` and `h` exclude each other', 'keep one of the two'],
    ['h: 28', '/conv2d', 'nothing says how many outputs there are along Q', 'add q, or w for the inputs'],
    ['h: 4, w: 28', '/conv2d/h', '4 inputs hold no window of 5', 'count its padding in'],
  ])('%s is refused', (sizes, pointer, reason, hint) => {
    const {message, suggestions} = thrown(() => conv(sizes))
    expect(message).toContain(pointer)
    expect(message).toContain(reason)
    expect(suggestions).toEqual([hint])
  })

  it('are products on an array: outputs by filters, summed over windows', () => {
    const {m, n, k, batchCount, distinctWords} = productOf(conv('p: 12, q: 12'))
    expect([m, n, k, batchCount]).toEqual([144, 16, 200, 1])
    // Windows overlap: 27 × 27 inputs of 8 channels are all that 144 of them need.
    expect(distinctWords).toEqual({inputs: 27 * 27 * 8, weights: 3200, outputs: 2304})
  })
})

describe('what is no product', () => {
  it('has no place on an array', () => {
    const sum = parseProblem('sum', 'dtype: int8\ndimensions: {I: 4}\ntensors: {a: {indices: [I]}, z: {indices: [], output: true}}\n')
    expect(thrown(() => productOf(sum))).toMatchObject({
      code: 'NO_PRODUCT',
      message: 'sum is no matrix product: it has 2 tensors, not two operands and their product',
    })
  })
})

describe('the arrays of accelerators', () => {
  it.each(['systolic-edge', 'chiplet-npu', 'tpu-v4', 'tpu-v5e'])(
    '%s: cells under the edge of each array, tiles move in beside the work',
    (name) => {
      const {levels, arithmetic} = loadHierarchy(name, {dtype: 'bf16'})
      const [edge, cells] = levels.slice(-2)
      expect(arithmetic).toMatchObject({cyclesPerStep: 1, systolic: {isPreloading: true}, instanceCount: cells!.instanceCount})
      expect(edge!.fanout.x * edge!.fanout.y * edge!.instanceCount).toBe(cells!.instanceCount)
      expect(arithmetic.tile).toBeUndefined()
    },
  )

  it('are not those of processing elements with memories of their own', () => {
    expect(loadHierarchy('eyeriss', {dtype: 'int16'}).arithmetic.systolic).toBeUndefined()
  })

  it('run two multiply-adds a cell and cycle where the format is half as wide', () => {
    expect(loadHierarchy('tpu-v5e', {dtype: 'int8'}).arithmetic.cyclesPerStep).toBe(0.5)
  })
})

it('cycles counted from 0 are one less, and only where that is asked for', () => {
  const text = 'levels:\n  scratchpad:\n    temporal: [N 4, K 3, M 100]\n    x: [N 16]\n    y: [K 16]\n'
  const cyclesOf = (counting?: 'scale-sim-2') => {
    const problem = {...gemm(100, 60, 35), ...(counting && {counting})}
    const hierarchy = systolicLevels(array)
    return mappedProblem(parseMapping(text, problem, hierarchy), problem, hierarchy)
  }
  expect(cyclesOf()).toMatchObject({cycles: 12 * (16 + 100 + 30), systolic: {stationary: 'weights', foldCount: 12}})
  expect(cyclesOf('scale-sim-2')).toMatchObject({cycles: 1751, counting: 'scale-sim-2'})
})
