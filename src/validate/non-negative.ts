import {Matrix, solve} from 'ml-matrix'

/**
 * Weighed least squares with no value below zero: the active set of Lawson and Hanson, "Solving Least Squares Problems", 1974,
 * chapter 23, on the normal equations, which are a handful.
 */
export function nonNegative(columns: readonly Float64Array[], targets: Float64Array, weights: Float64Array): number[] {
  const lengths = columns.map((column) => Math.sqrt(dot(column, column, weights)) || 1)
  const normal = columns.map((a, i) => columns.map((b, j) => dot(a, b, weights) / (lengths[i]! * lengths[j]!)))
  const right = columns.map((column, i) => dot(column, targets, weights) / lengths[i]!)
  const values = columns.map(() => 0)
  const passive = new Set<number>()
  const pull = (i: number): number => right[i]! - normal[i]!.reduce((sum, value, j) => sum + value * values[j]!, 0)
  const scale = right.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
  for (let round = 0; round < roundsPerColumn * columns.length; round++) {
    const candidates = columns.flatMap((_, i) => (passive.has(i) || normal[i]![i] === 0 || !(pull(i) > 1e-10 * scale) ? [] : [i]))
    if (candidates.length === 0) break
    passive.add(candidates.reduce((best, i) => (pull(i) > pull(best) ? i : best)))
    descend(passive, normal, right, values)
  }
  return values.map((value, i) => value / lengths[i]!)
}

/** Each column enters once or twice; rounding could make two columns alike take turns without end. */
const roundsPerColumn = 10

/** Moves the values to the best of the passive set; those that would pass zero on the way leave it. */
function descend(passive: Set<number>, normal: readonly (readonly number[])[], right: readonly number[], values: number[]): void {
  while (passive.size > 0) {
    const own = [...passive]
    const best = solve(new Matrix(own.map((i) => own.map((j) => normal[i]![j]!))), Matrix.columnVector(own.map((i) => right[i]!)))
    const steps = own.map((i, place) => (best.get(place, 0) > 0 ? 1 : values[i]! / (values[i]! - best.get(place, 0))))
    const step = Math.min(...steps)
    for (const [place, i] of own.entries()) values[i] = values[i]! + step * (best.get(place, 0) - values[i]!)
    if (step === 1) return
    for (const [place, i] of own.entries()) {
      if (steps[place]! > step) continue
      values[i] = 0
      passive.delete(i)
    }
  }
}

function dot(a: Float64Array, b: Float64Array, weights: Float64Array): number {
  let sum = 0
  for (let row = 0; row < a.length; row++) sum += a[row]! * b[row]! * weights[row]!
  return sum
}
