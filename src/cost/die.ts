import type {Column, Die, Machine} from '../accelerator/machine.js'
import {columnsIn} from '../accelerator/machine-row.js'
import {power} from '../foundation/power.js'
import {compileRowMask, rowsUnder} from './amounts.js'

/** What it takes to make one device. */
export interface MadeColumns {
  /** Silicon of all dies; NaN where no die is described. */
  readonly dieSquareMillimetres: Column
  /** Good dies and main memory; NaN where a wafer's price or the memory's is not described, or no die fits on a wafer. */
  readonly deviceDollars: Column
  /** Carbon dioxide equivalent of making them; NaN where it is not described. */
  readonly embodiedGrams: Column
}

/** Compiles area, cost and carbon of each design of a batch. */
export function compileMaking(machine: Machine<Column>, rowCapacity: number): (out: MadeColumns, rowCount: number) => void {
  const {dies, memoryDollarsPerByte, memoryGramsPerByte} = machine
  const {capacityBytes, instanceCount} = machine.memories.at(-1)!
  const rowMask = compileRowMask(() => columnsIn([dies, memoryDollarsPerByte, memoryGramsPerByte, capacityBytes, instanceCount]))
  const squareMillimetres = new Float64Array(rowCapacity)
  return (out, rowCount) => {
    const rows = rowsUnder(rowMask(rowCount), rowCount)
    out.dieSquareMillimetres.fill(dies.length === 0 ? Number.NaN : 0, 0, rows)
    ofMemory(machine, memoryDollarsPerByte, out.deviceDollars, rows)
    ofMemory(machine, memoryGramsPerByte, out.embodiedGrams, rows)
    for (const die of dies) {
      areaOf(die, squareMillimetres, rows)
      addDies(die, squareMillimetres, out, rows)
    }
    if (rows === rowCount) return
    for (const column of [out.dieSquareMillimetres, out.deviceDollars, out.embodiedGrams]) column.fill(column[0]!, 0, rowCount)
  }
}

/** What the main memory takes of something, of which a byte takes so much. */
function ofMemory({dies, memories}: Machine<Column>, perByte: Column | undefined, out: Column, rowCount: number): void {
  const {capacityBytes, instanceCount} = memories.at(-1)!
  if (perByte === undefined || dies.length === 0) out.fill(Number.NaN, 0, rowCount)
  else for (let row = 0; row < rowCount; row++) out[row] = capacityBytes[row]! * instanceCount[row]! * perByte[row]!
}

function areaOf({components}: Die<Column>, out: Column, rowCount: number): void {
  out.fill(0, 0, rowCount)
  for (const {componentCount, squareMillimetres} of components) {
    for (let row = 0; row < rowCount; row++) out[row]! += componentCount[row]! * squareMillimetres[row]!
  }
}

/** Adds the dies of one kind, of which only the good ones count. */
function addDies({dieCount, wafer}: Die<Column>, squareMillimetres: Column, out: MadeColumns, rowCount: number): void {
  const {dieSquareMillimetres, deviceDollars, embodiedGrams} = out
  for (let row = 0; row < rowCount; row++) {
    const area = squareMillimetres[row]!
    dieSquareMillimetres[row]! += dieCount[row]! * area
    const wafers = wafer === undefined ? Number.NaN : dieCount[row]! / goodDies(wafer, area, row)
    deviceDollars[row]! += wafers * (wafer?.waferDollars[row] ?? Number.NaN)
    embodiedGrams[row]! += wafers * gramsOf(wafer, row)
  }
}

type Wafer = NonNullable<Die<Column>['wafer']>

function goodDies({diameterMillimetres, defectsPerSquareMillimetre, clusterExponent}: Wafer, area: number, row: number): number {
  return diesPerWafer(area, diameterMillimetres[row]!) * yieldRatio(area, defectsPerSquareMillimetre[row]!, clusterExponent[row]!)
}

function gramsOf(wafer: Wafer | undefined, row: number): number {
  if (wafer?.gramsPerSquareMillimetre === undefined) return Number.NaN
  const radius = wafer.diameterMillimetres[row]! / 2
  return wafer.gramsPerSquareMillimetre[row]! * Math.PI * radius * radius
}

/** Gross dies of a round wafer: area over area, less the rim; NaN below one, which can't be made. LLMCompass (ISCA 2024) and common practice. */
export function diesPerWafer(squareMillimetres: number, diameterMillimetres: number): number {
  const radius = diameterMillimetres / 2
  const count = (Math.PI * radius * radius) / squareMillimetres - (Math.PI * diameterMillimetres) / Math.sqrt(2 * squareMillimetres)
  return count < 1 ? Number.NaN : count
}

/** Negative binomial yield with clustered defects. Cunningham, IEEE TSM 3(2), 1990. */
export function yieldRatio(squareMillimetres: number, defectsPerSquareMillimetre: number, clusterExponent: number): number {
  return power(1 + (squareMillimetres * defectsPerSquareMillimetre) / clusterExponent, -clusterExponent)
}
