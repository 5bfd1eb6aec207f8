/**
 * By how many percent a result changes where a value grows by one percent, from two values and their results: the exponent of the power
 * law through both. NaN unless all four have a logarithm and the values differ.
 */
export function elasticityBetween(lowValue: number, highValue: number, lowResult: number, highResult: number): number {
  if (!(lowValue > 0 && highValue > 0 && lowResult > 0 && highResult > 0) || lowValue === highValue) return Number.NaN
  return Math.log(highResult / lowResult) / Math.log(highValue / lowValue)
}
