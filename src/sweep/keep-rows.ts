/** Rows of a batch, as columns. */
interface Rows {
  rowCount: number
  readonly indices: Float64Array
  readonly columns: readonly Float64Array[]
}

/** Leaves the rows of a batch that are marked with 1, in their order, and of columns beside it. */
export function keepRows(batch: Rows, isKept: Uint8Array, beside: readonly Float64Array[] = []): void {
  const {rowCount, indices, columns} = batch
  let first = 0
  while (first < rowCount && isKept[first] === 1) first++
  if (first === rowCount) return
  for (const column of [indices, ...columns, ...beside]) {
    let kept = first
    for (let row = first; row < rowCount; row++) if (isKept[row] === 1) column[kept++] = column[row]!
  }
  for (let row = first; row < rowCount; row++) first += isKept[row]!
  batch.rowCount = first
}
