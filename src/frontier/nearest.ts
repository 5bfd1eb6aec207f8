/** A row, and the straight way to it. */
export interface NearRow {
  readonly rowIndex: number
  readonly distanceRatio: number
}

/** The row nearest to a place, by the straight way over coordinates of one scale; of equally near rows the first, undefined of none. */
export function nearestRow(coordinates: readonly ArrayLike<number>[], place: readonly number[], rowCount: number): NearRow | undefined {
  let [rowIndex, leastSquare] = [-1, Number.POSITIVE_INFINITY]
  for (let row = 0; row < rowCount; row++) {
    let square = 0
    for (let index = 0; index < coordinates.length && square < leastSquare; index++)
      square += (coordinates[index]![row]! - place[index]!) ** 2
    if (square < leastSquare) [rowIndex, leastSquare] = [row, square]
  }
  return rowIndex < 0 ? undefined : {rowIndex, distanceRatio: Math.sqrt(leastSquare)}
}
