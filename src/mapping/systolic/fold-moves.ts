import {type OperandRole, operandRoles} from '../../foundation/resource.js'
import type {ArraySchedule} from './array-schedule.js'
import type {Dataflow} from './dataflow.js'
import type {SystolicArray} from './fold-cycles.js'
import {operandAxes, type Product, type ProductAxis} from './product.js'

/** Words that must be there before a fold, or a part of one, and sums that it leaves. */
export interface FoldMove {
  readonly readWords: Readonly<Record<OperandRole, number>>
  readonly writtenWords: number
}

interface Fold {
  readonly product: number
  readonly row: number
  readonly column: number
}

/** Words by operand that a buffer holds. */
export type Capacities = Readonly<Record<OperandRole, number>>

/**
 * What each fold moves between main memory and double buffers, blocks of rows fastest. An operand that fits whole comes once; a block that
 * fits half a buffer stays while folds in turn use it; a larger one passes through in parts while its fold runs, and again in the next.
 */
export function foldMoves(product: Product, array: SystolicArray, dataflow: Dataflow, schedule: ArraySchedule, capacities: Capacities) {
  const blocks = {} as Record<OperandRole, Blocks>
  for (const role of operandRoles) blocks[role] = blocksOf(role, product, array, dataflow, capacities[role])
  const partCount = Math.max(...operandRoles.map((role) => blocks[role].partCount))
  const {rowFoldCount, columnFoldCount, foldCount} = schedule
  const foldAt = (index: number): Fold | undefined =>
    index < 0 || index >= foldCount
      ? undefined
      : {
          row: index % rowFoldCount,
          column: Math.floor(index / rowFoldCount) % columnFoldCount,
          product: Math.floor(index / (rowFoldCount * columnFoldCount)),
        }
  const moveOf = (index: number, part: number): FoldMove => {
    const [before, fold, after] = [foldAt(index - 1), foldAt(index)!, foldAt(index + 1)]
    const share = ({partCount: own}: Blocks, words: number, at: number): number => (own > 1 ? words / partCount : part === at ? words : 0)
    const read = (role: OperandRole): number => share(blocks[role], blocks[role].readWords(fold, before), 0)
    return {
      readWords: {inputs: read('inputs'), weights: read('weights'), outputs: read('outputs')},
      writtenWords: share(blocks.outputs, blocks.outputs.writtenWords(fold, after), partCount - 1),
    }
  }
  return {partCount, moveOf}
}

interface Blocks {
  /** Parts in which a block passes through its buffer. */
  readonly partCount: number
  readonly readWords: (fold: Fold, before: Fold | undefined) => number
  readonly writtenWords: (fold: Fold, after: Fold | undefined) => number
}

function blocksOf(role: OperandRole, product: Product, array: SystolicArray, {rows, columns}: Dataflow, capacityWords: number): Blocks {
  const [hasRows, hasColumns] = [rows, columns].map((axis) => (operandAxes[role] as readonly ProductAxis[]).includes(axis))
  const extent = (axis: ProductAxis, fold: Fold): number => {
    const [side, index] = axis === rows ? [array.rows, fold.row] : axis === columns ? [array.columns, fold.column] : [product[axis], 0]
    return Math.min(side, product[axis] - index * side)
  }
  const words = (fold: Fold): number => operandAxes[role].reduce((all, axis) => all * extent(axis, fold), 1)
  const isSame = (fold: Fold, other: Fold | undefined): boolean =>
    other?.product === fold.product && (!hasRows || other.row === fold.row) && (!hasColumns || other.column === fold.column)
  const isFirst = ({row, column}: Fold): boolean => (hasRows || row === 0) && (hasColumns || column === 0)
  const isLast = ({row, column}: Fold): boolean =>
    (hasRows || row === Math.ceil(product[rows] / array.rows) - 1) &&
    (hasColumns || column === Math.ceil(product[columns] / array.columns) - 1)

  const wholeWords = product.distinctWords[role] / product.batchCount
  const unfoldedWords = operandAxes[role].reduce((all, axis) => all * product[axis], 1)
  const fitsWhole = wholeWords <= capacityWords
  const blockWords = words({product: 0, row: 0, column: 0})
  const partCount = fitsWhole ? 1 : Math.ceil(blockWords / Math.max(1, Math.floor(capacityWords / 2)))
  const isNew = (fold: Fold, neighbour: Fold | undefined): boolean => partCount > 1 || !isSame(fold, neighbour)
  return {
    partCount,
    readWords: (fold, before) => {
      // Sums come back only where they have left.
      if (role === 'outputs') return !fitsWhole && !isFirst(fold) && isNew(fold, before) ? words(fold) : 0
      if (fitsWhole) return isFirst(fold) ? words(fold) * (wholeWords / unfoldedWords) : 0
      return isNew(fold, before) ? words(fold) : 0
    },
    writtenWords: (fold, after) => ((fitsWhole ? isLast(fold) : isNew(fold, after)) ? words(fold) : 0),
  }
}
