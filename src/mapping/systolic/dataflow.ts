import {type OperandRole, operandRoles} from '../../foundation/resource.js'
import {operandAxes, type ProductAxis, thirdAxis} from './product.js'

/**
 * What a systolic array holds still, by the axes of a product that lie on its rows and columns: the tensor that both index stays in the
 * cells, the third axis streams, and the other two tensors move by one cell a cycle.
 */
export interface Dataflow {
  readonly summary: string
  readonly rows: ProductAxis
  readonly columns: ProductAxis
}

/** The axis that passes in time. */
export function streamedAxis({rows, columns}: Dataflow): ProductAxis {
  return thirdAxis(rows, columns)
}

/** The tensor that stays in the cells. */
export function stationaryOperand({rows, columns}: Dataflow): OperandRole {
  return operandRoles.find((operand) => {
    const axes: readonly ProductAxis[] = operandAxes[operand]
    return axes.includes(rows) && axes.includes(columns)
  })!
}
