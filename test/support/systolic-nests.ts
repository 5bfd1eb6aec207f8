import type {Hierarchy, HierarchyLevel} from '../../src/accelerator/hierarchy.js'
import {parseHierarchy} from '../../src/accelerator/load-hierarchy.js'
import type {Loop, LoopNest, NestLevel} from '../../src/mapping/loop-nest.js'
import {type Dataflow, streamedAxis} from '../../src/mapping/systolic/dataflow.js'
import type {SystolicArray} from '../../src/mapping/systolic/fold-cycles.js'
import type {ProductAxis} from '../../src/mapping/systolic/product.js'
import {parseProblem} from '../../src/workload/load-problem.js'
import type {Problem} from '../../src/workload/problem.js'

/** A memory without limits over a scratchpad that feeds an array, whose cells hold one word of each tensor. */
export const systolicText = `title: Systolic array
sources:
  book: {title: a book}
source: book
clock: 1 GHz
parameters:
  rows: {value: 16, describes: rows of cells}
  columns: {value: 16, describes: columns of cells}
levels:
  dram: {kind: dram, capacity: unlimited, bandwidth: unlimited, energy: 100 pJ/B}
  scratchpad:
    kind: scratchpad
    capacity: unlimited
    bandwidth: unlimited
    energy: 1 pJ/B
    fanout: {x: columns, y: rows}
    multicast: true
    reduction: true
  cells: {kind: register, capacity: 6 B, bandwidth: unlimited, energy: 0 pJ/B}
arithmetic:
  name: macs
  energy: 1 pJ
  systolic: {preload: false}
`

const described = parseHierarchy('array', systolicText)

/** That hierarchy with an array of another size. */
export function systolicLevels({rows, columns, isPreloading}: SystolicArray): Hierarchy {
  const [dram, scratchpad, cells] = described.levels as [HierarchyLevel, HierarchyLevel, HierarchyLevel]
  const instanceCount = rows * columns
  return {
    ...described,
    levels: [dram, {...scratchpad, fanout: {x: columns, y: rows}}, {...cells, instanceCount}],
    arithmetic: {...described.arithmetic, instanceCount, systolic: {isPreloading}},
  }
}

const product = parseProblem('gemm', 'dtype: int8\ngemm: {m: 2, n: 2, k: 2}\n')

/** A product of bytes. */
export function gemm(m: number, n: number, k: number): Problem {
  const sizes = new Map(Object.entries({M: m, N: n, K: k}))
  return {...product, dimensions: product.dimensions.map(({name}) => ({name, size: sizes.get(name)!}))}
}

/** Folds in turn at the scratchpad, rows of the array fastest, and the third axis streams; for products with dimensions M, N, K. */
export function dataflowNest(sizes: Readonly<Record<ProductAxis, number>>, array: SystolicArray, dataflow: Dataflow): LoopNest {
  const along = {[dataflow.rows]: array.rows, [dataflow.columns]: array.columns} as Partial<Record<ProductAxis, number>>
  const loop = (axis: ProductAxis, count: number): Loop[] => (count > 1 ? [{dimension: ['m', 'n', 'k'].indexOf(axis), count}] : [])
  const side = (axis: ProductAxis): Loop[] => loop(axis, Math.min(sizes[axis], along[axis]!))
  const folds = (axis: ProductAxis): Loop[] => loop(axis, Math.ceil(sizes[axis] / along[axis]!))
  const streamed = streamedAxis(dataflow)
  const empty: NestLevel = {temporal: [], x: [], y: [], keeps: [true, true, true]}
  const temporal = [...folds(dataflow.columns), ...folds(dataflow.rows), ...loop(streamed, sizes[streamed])]
  return {levels: [empty, {...empty, temporal, x: side(dataflow.columns), y: side(dataflow.rows)}, empty]}
}
