/**
 * The row of the least sum, of columns scaled so that 0 is the best of a front and 1 its worst. Of two objectives that is the knee, the
 * point farthest below the line through the front's ends: Das, "On characterizing the 'knee' of the Pareto curve based on
 * normal-boundary intersection", Structural Optimization 18, 1999. Of more, the point farthest along the same direction, all objectives
 * improving alike. Of equal rows the first; −1 where no row has all objectives.
 */
export function deepestRow(scaled: readonly ArrayLike<number>[]): number {
  const rowCount = scaled[0]?.length ?? 0
  let [deepest, leastSum] = [-1, Number.POSITIVE_INFINITY]
  for (let row = 0; row < rowCount; row++) {
    let sum = 0
    for (let index = 0; index < scaled.length; index++) sum += scaled[index]![row]!
    if (sum < leastSum) [deepest, leastSum] = [row, sum]
  }
  return deepest
}
