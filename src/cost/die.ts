import type {Column, Machine} from '../accelerator/machine.js'

/** Silicon area of all dies of each design; NaN where no die is described. */
export function dieArea(machine: Machine<Column>, out: Column, rowCount: number): void {
  if (machine.dies.length === 0) {
    out.fill(Number.NaN, 0, rowCount)
    return
  }
  for (let row = 0; row < rowCount; row++) {
    let squareMillimetres = 0
    for (const die of machine.dies) squareMillimetres += die.dieCount[row]! * oneDie(die, row)
    out[row] = squareMillimetres
  }
}

/** Cost of good dies and main memory of each design; NaN where a wafer or the memory's price is not described, or no die fits on a wafer. */
export function deviceCost(machine: Machine<Column>, out: Column, rowCount: number): void {
  const main = machine.memories.at(-1)!
  const {dies, memoryDollarsPerByte} = machine
  const isPriced = memoryDollarsPerByte !== undefined && dies.length > 0 && dies.every((die) => die.wafer !== undefined)
  if (!isPriced) {
    out.fill(Number.NaN, 0, rowCount)
    return
  }
  for (let row = 0; row < rowCount; row++) {
    let dollars = main.capacityBytes[row]! * main.instanceCount[row]! * memoryDollarsPerByte[row]!
    for (const die of dies) {
      const {waferDollars, diameterMillimetres, defectsPerSquareMillimetre, clusterExponent} = die.wafer!
      const area = oneDie(die, row)
      const grossCount = diesPerWafer(area, diameterMillimetres[row]!)
      const good = grossCount * yieldRatio(area, defectsPerSquareMillimetre[row]!, clusterExponent[row]!)
      dollars += (die.dieCount[row]! * waferDollars[row]!) / good
    }
    out[row] = dollars
  }
}

/** Gross dies of a round wafer: area over area, less the rim; NaN below one, which can't be made. LLMCompass (ISCA 2024) and common practice. */
export function diesPerWafer(squareMillimetres: number, diameterMillimetres: number): number {
  const radius = diameterMillimetres / 2
  const count = (Math.PI * radius * radius) / squareMillimetres - (Math.PI * diameterMillimetres) / Math.sqrt(2 * squareMillimetres)
  return count < 1 ? Number.NaN : count
}

/** Negative binomial yield with clustered defects. Cunningham, IEEE TSM 3(2), 1990. */
export function yieldRatio(squareMillimetres: number, defectsPerSquareMillimetre: number, clusterExponent: number): number {
  return (1 + (squareMillimetres * defectsPerSquareMillimetre) / clusterExponent) ** -clusterExponent
}

function oneDie(die: Machine<Column>['dies'][number], row: number): number {
  let squareMillimetres = 0
  for (const {componentCount, squareMillimetres: each} of die.components) squareMillimetres += componentCount[row]! * each[row]!
  return squareMillimetres
}
