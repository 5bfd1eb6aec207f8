import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn} from '../cli/table.js'
import {formatPercent, formatQuantity} from '../cli/text.js'
import type {ArrayComparison, DataflowRun} from '../mapping/systolic/array-comparison.js'
import {blocks} from './layout.js'

/** The dataflows of an array side by side: what a fold takes, what crosses the edge, and what waits behind buffers. */
export function arrayComparisonText({problem, array, product, runs, counting}: ArrayComparison, colours: Palette): string {
  const {m, n, k, batchCount} = product
  const times = batchCount === 1 ? '' : `, ${batchCount} times`
  const counted = counting === 'hardware' ? '' : `, counted as ${counting}`
  const preloads = array.isPreloading ? ', tiles move in beside the work' : ''
  const head = `${colours.bold(problem)} on ${array.rows} × ${array.columns} cells: M ${m}, N ${n}, K ${k}${times}${preloads}${counted}`
  return blocks(head, formatTable(foldColumns, runs), formatTable([name, ...edgeColumns], runs), ...bufferedTable(runs))
}

const number = (header: string, value: (run: DataflowRun) => number, dropOrder?: number): TableColumn<DataflowRun> => ({
  header,
  cell: (run) => formatQuantity(value(run), ''),
  align: 'right',
  ...(dropOrder === undefined ? {} : {dropOrder}),
})

const name: TableColumn<DataflowRun> = {header: 'dataflow', cell: ({dataflow}) => dataflow, align: 'left'}

const foldColumns: readonly TableColumn<DataflowRun>[] = [
  name,
  number('folds', ({foldCount}) => foldCount),
  number('load', ({loadCycles}) => loadCycles, 2),
  number('stream', ({streamCycles}) => streamCycles, 2),
  number('skew', ({skewCycles}) => skewCycles, 2),
  number('cycles', ({cycles}) => cycles),
  number('last drain', ({drainCycles}) => drainCycles, 3),
  {header: 'cells used', cell: ({mappingEfficiencyRatio}) => formatPercent(mappingEfficiencyRatio), align: 'right', dropOrder: 1},
  {header: 'utilization', cell: ({utilizationRatio}) => formatPercent(utilizationRatio), align: 'right'},
]

const edgeColumns: readonly TableColumn<DataflowRun>[] = [
  number('inputs read', ({edgeWords}) => edgeWords.inputs),
  number('weights read', ({edgeWords}) => edgeWords.weights),
  number('sums written', ({edgeWords}) => edgeWords.outputs),
]

function bufferedTable(runs: readonly DataflowRun[]): string[] {
  if (runs[0]?.buffered === undefined) return []
  return [
    formatTable(
      [
        name,
        number('cycles, buffered', ({buffered}) => buffered!.cycles),
        number('stalls', ({buffered}) => buffered!.stallCycles),
        number('first fetch', ({buffered}) => buffered!.firstFetchCycles, 2),
        number('last write', ({buffered}) => buffered!.lastWriteCycles, 2),
        number('inputs fetched', ({buffered}) => buffered!.readWords.inputs, 1),
        number('weights fetched', ({buffered}) => buffered!.readWords.weights, 1),
        number('sums back', ({buffered}) => buffered!.readWords.outputs, 1),
        number('words out', ({buffered}) => buffered!.writtenWords, 1),
      ],
      runs,
    ),
  ]
}
