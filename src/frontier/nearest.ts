/** A row, and the straight way to it. */
export interface NearRow {
  readonly rowIndex: number
  readonly distanceRatio: number
}

/**
 * The allowed row nearest to a place, by the straight way over coordinates of one scale; of equally near rows the first. Undefined where no
 * row is allowed.
 */
export function nearestRow(
  coordinates: readonly ArrayLike<number>[],
  place: readonly number[],
  rowCount: number,
  isAllowed: (row: number) => boolean,
): NearRow | undefined {
  let [rowIndex, leastSquare] = [-1, Number.POSITIVE_INFINITY]
  for (let row = 0; row < rowCount; row++) {
    let square = 0
    for (let index = 0; index < coordinates.length && square < leastSquare; index++)
      square += (coordinates[index]![row]! - place[index]!) ** 2
    if (square < leastSquare && isAllowed(row)) [rowIndex, leastSquare] = [row, square]
  }
  return rowIndex < 0 ? undefined : {rowIndex, distanceRatio: Math.sqrt(leastSquare)}
}
