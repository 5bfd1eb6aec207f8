/** One equation: `first`·p + `second`·q should be `target`, which is above zero. */
export interface PairEquation {
  readonly firstValue: number
  readonly secondValue: number
  readonly targetValue: number
}

/** The p and q, neither below zero, that leave the least relative error over some equations. */
export function nonNegativePair(equations: readonly PairEquation[]): readonly [p: number, q: number] {
  let [firstFirst, firstSecond, secondSecond, firstSum, secondSum] = [0, 0, 0, 0, 0]
  for (const {firstValue, secondValue, targetValue} of equations) {
    const [first, second] = [firstValue / targetValue, secondValue / targetValue]
    firstFirst += first * first
    firstSecond += first * second
    secondSecond += second * second
    firstSum += first
    secondSum += second
  }
  const determinant = firstFirst * secondSecond - firstSecond * firstSecond
  const alone = [
    [firstSum / firstFirst, 0],
    [0, secondSum / secondSecond],
  ] as const
  // Equations that only differ by rounding have no pair of their own.
  if (determinant > 1e-12 * firstFirst * secondSecond) {
    const p = (firstSum * secondSecond - secondSum * firstSecond) / determinant
    const q = (secondSum * firstFirst - firstSum * firstSecond) / determinant
    if (p >= 0 && q >= 0) return [p, q]
  }
  return squaredError(equations, alone[0]) <= squaredError(equations, alone[1]) ? alone[0] : alone[1]
}

/** Sum of squared relative errors that a pair leaves. */
function squaredError(equations: readonly PairEquation[], [p, q]: readonly [p: number, q: number]): number {
  return equations.reduce((sum, {firstValue, secondValue, targetValue}) => {
    const error = (p * firstValue + q * secondValue) / targetValue - 1
    return sum + error * error
  }, 0)
}
