import {type OperandRole, operandRoles} from '../../foundation/resource.js'
import {type Dataflow, stationaryOperand, streamedAxis} from './dataflow.js'
import {evenFolds, foldCycles, type SystolicArray, skewCycles} from './fold-cycles.js'
import {operandAxes, type Product, type ProductAxis, thirdAxis} from './product.js'

/** How an array runs matrix products in one dataflow while nothing makes it wait. */
export interface ArraySchedule {
  /** Blocks of the axis on the rows, and of that on the columns. */
  readonly rowFoldCount: number
  readonly columnFoldCount: number
  /** Of all products. */
  readonly foldCount: number
  /** Of one fold: what stays moves in, operands stream, and the last cell is behind by the skew. */
  readonly loadCycles: number
  readonly streamCycles: number
  readonly skewCycles: number
  /** Of all products, up to the last multiply-add. */
  readonly cycles: number
  /** From there until the last sum has left; sums of earlier folds leave beside the work. */
  readonly drainCycles: number
  /** Cells that hold something, over all of them, on average over the folds. */
  readonly mappingEfficiencyRatio: number
  /** Multiply-adds over what all cells could do in these cycles. */
  readonly utilizationRatio: number
  /** Words of each tensor that cross the edge of the array: operands read, sums written. */
  readonly edgeWords: Readonly<Record<OperandRole, number>>
}

/** Folds, cycles and traffic of products on an array. */
export function arraySchedule(product: Product, array: SystolicArray, dataflow: Dataflow): ArraySchedule {
  const {rows, columns} = dataflow
  const rowFoldCount = Math.ceil(product[rows] / array.rows)
  const columnFoldCount = Math.ceil(product[columns] / array.columns)
  const foldCount = rowFoldCount * columnFoldCount * product.batchCount
  const streamCycles = product[streamedAxis(dataflow)]
  const isLoaded = stationaryOperand(dataflow) !== 'outputs'
  const cycles = foldCycles(array, evenFolds(array, foldCount, isLoaded ? foldCount : 0, streamCycles))
  const cellCount = array.rows * array.columns
  const folds = (axis: ProductAxis): number => (axis === rows ? rowFoldCount : axis === columns ? columnFoldCount : 1)
  return {
    rowFoldCount,
    columnFoldCount,
    foldCount,
    loadCycles: isLoaded ? array.rows : 0,
    streamCycles,
    skewCycles: skewCycles(array),
    cycles,
    drainCycles: isLoaded ? 0 : array.rows,
    mappingEfficiencyRatio: (product[rows] * product[columns]) / (rowFoldCount * columnFoldCount * cellCount),
    utilizationRatio: (product.m * product.n * product.k * product.batchCount) / (cycles * cellCount),
    edgeWords: Object.fromEntries(operandRoles.map((operand) => [operand, edgeWords(product, operand, folds)])) as Record<
      OperandRole,
      number
    >,
  }
}

/** A tensor crosses the edge once for each block of the axis that does not index it. */
function edgeWords(product: Product, operand: OperandRole, folds: (axis: ProductAxis) => number): number {
  const [one, other] = operandAxes[operand]
  return product[one] * product[other] * product.batchCount * folds(thirdAxis(one, other))
}
