/** A coordinate of rows, and of the place that they are compared with. */
export interface Coordinate {
  readonly values: ArrayLike<number>
  readonly fromValue: number
  /** What counts as 1 along this coordinate; 0 where only equal and different are told apart. */
  readonly spanValue: number
}

/**
 * The allowed row with the shortest straight way from a place, coordinates counted in their spans; of equally near rows the first.
 * −1 where no row is allowed.
 */
export function nearestRow(coordinates: readonly Coordinate[], rowCount: number, isAllowed: (row: number) => boolean): number {
  let [nearest, leastSquare] = [-1, Number.POSITIVE_INFINITY]
  for (let row = 0; row < rowCount; row++) {
    if (!isAllowed(row)) continue
    let square = 0
    for (let index = 0; index < coordinates.length; index++) {
      const {values, fromValue, spanValue} = coordinates[index]!
      const value = values[row]!
      square += spanValue === 0 ? Number(value !== fromValue) : ((value - fromValue) / spanValue) ** 2
    }
    if (square < leastSquare) [nearest, leastSquare] = [row, square]
  }
  return nearest
}
