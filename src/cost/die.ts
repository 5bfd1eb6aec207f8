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
  made(machine, machine.memoryDollarsPerByte, ({waferDollars}, row) => waferDollars[row]!, out, rowCount)
}

/** Carbon dioxide equivalent of making good dies and main memory of each design; NaN where either is not described. */
export function embodiedCarbon(machine: Machine<Column>, out: Column, rowCount: number): void {
  const ofWafer = ({gramsPerSquareMillimetre, diameterMillimetres}: Wafer, row: number): number =>
    gramsPerSquareMillimetre === undefined ? Number.NaN : gramsPerSquareMillimetre[row]! * Math.PI * (diameterMillimetres[row]! / 2) ** 2
  made(machine, machine.memoryGramsPerByte, ofWafer, out, rowCount)
}

type Wafer = NonNullable<Machine<Column>['dies'][number]['wafer']>

/** What good dies and main memory take of something, of which a wafer takes so much, and a byte of memory. */
function made(
  {dies, memories}: Machine<Column>,
  perByte: Column | undefined,
  ofWafer: (wafer: Wafer, row: number) => number,
  out: Column,
  rowCount: number,
): void {
  if (perByte === undefined || dies.length === 0 || dies.some(({wafer}) => wafer === undefined)) {
    out.fill(Number.NaN, 0, rowCount)
    return
  }
  const main = memories.at(-1)!
  for (let row = 0; row < rowCount; row++) {
    let sum = main.capacityBytes[row]! * main.instanceCount[row]! * perByte[row]!
    for (const die of dies) sum += (die.dieCount[row]! * ofWafer(die.wafer!, row)) / goodDies(die, row)
    out[row] = sum
  }
}

function goodDies(die: Machine<Column>['dies'][number], row: number): number {
  const {diameterMillimetres, defectsPerSquareMillimetre, clusterExponent} = die.wafer!
  const area = oneDie(die, row)
  return diesPerWafer(area, diameterMillimetres[row]!) * yieldRatio(area, defectsPerSquareMillimetre[row]!, clusterExponent[row]!)
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
