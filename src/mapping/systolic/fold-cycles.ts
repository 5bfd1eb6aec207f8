/** Rows and columns of multiply-adders, each of which hands operands and sums to its neighbours, one cell a cycle. */
export interface SystolicArray {
  readonly rows: number
  readonly columns: number
  /** Cells have two sets of registers for what stays, so that the next tile moves in, and sums move out, while the present one is used. */
  readonly isPreloading: boolean
}

/** Uses of the array, one after the other, with one tile held still in each. */
export interface Folds {
  readonly foldCount: number
  /** Of them, those that begin with words moving in: all where an operand stays, those with returning partial sums where sums stay. */
  readonly loadCount: number
  /** Of all folds together. */
  readonly streamCycles: number
  /** By which folds stream for less than a tile moves through all rows; not of the last fold, after which none follows. */
  readonly shortCycles: number
}

/** Folds that all stream for as long. */
export function evenFolds({rows}: SystolicArray, foldCount: number, loadCount: number, streamCycles: number): Folds {
  return {foldCount, loadCount, streamCycles: foldCount * streamCycles, shortCycles: (foldCount - 1) * Math.max(0, rows - streamCycles)}
}

/** Cycles from the corner where operands come in to the opposite one. */
export function skewCycles({rows, columns}: SystolicArray): number {
  return rows + columns - 2
}

/**
 * Cycles of an array that runs folds: a fold moves its tile in, a row a cycle, then streams, and ends when the last cell, behind by the
 * skew, has done its last multiply-add. Where tiles move in and out beside the work, the next fold follows at once, though no sooner
 * than its tile has moved through all rows. Cells that a fold leaves unused are passed through all the same.
 */
export function foldCycles(array: SystolicArray, {foldCount, loadCount, streamCycles, shortCycles}: Folds): number {
  const skew = skewCycles(array)
  if (!array.isPreloading) return streamCycles + foldCount * skew + loadCount * array.rows
  return (loadCount === foldCount ? array.rows : 0) + streamCycles + shortCycles + skew
}
