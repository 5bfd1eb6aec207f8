import type {Column} from '../accelerator/machine.js'

/**
 * One number for each row of a batch, or one for all of them, read at `values[row & rowMask]`: what follows from columns whose rows agree
 * is computed for the first row alone, and no loop has to ask.
 */
export interface Amounts {
  readonly values: Column
  rowMask: RowMask
}

/** All bits where rows differ, none where the first one stands for all. */
export type RowMask = typeof eachRow | typeof firstRow

export const eachRow = -1
export const firstRow = 0

/** Room for amounts that are still to be computed. */
export function amounts(rowCapacity: number): Amounts {
  return {values: new Float64Array(rowCapacity), rowMask: eachRow}
}

/** An amount that no design changes. */
export function fixedAmount(value: number): Amounts {
  return {values: Float64Array.of(value), rowMask: firstRow}
}

/** Compiles the mask under which to compute what follows from some columns, which are looked up once there is more than one row. */
export function compileRowMask(columnsOf: () => readonly Column[]): (rowCount: number) => RowMask {
  let columns: readonly Column[] | undefined
  let differing = 0
  return (rowCount) => {
    if (rowCount < 2) return firstRow
    columns ??= columnsOf()
    // The column that differed last most often differs again.
    for (let index = 0; index < columns.length; index++) {
      const turn = (index + differing) % columns.length
      if (agrees(columns[turn]!, rowCount)) continue
      differing = turn
      return eachRow
    }
    return firstRow
  }
}

/** The rows to compute under a mask. */
export function rowsUnder(rowMask: RowMask, rowCount: number): number {
  return rowMask === firstRow ? Math.min(1, rowCount) : rowCount
}

/** All rows of a column have the same value. */
export function agrees(column: Column, rowCount: number): boolean {
  const first = column[0]!
  for (let row = 1; row < rowCount; row++) if (column[row]! !== first) return false
  return true
}

/** Writes an amount of all rows to each of them. */
export function spread(amount: Amounts, rowCount: number): void {
  if (amount.rowMask === eachRow) return
  amount.values.fill(amount.values[0]!, 0, rowCount)
  amount.rowMask = eachRow
}
