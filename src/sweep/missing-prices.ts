import type {Accelerator} from '../accelerator/accelerator.js'

/** What an accelerator's file does not describe of what it is made of, where results need it. */
export function missingOf(resultNames: readonly string[], {name, machine}: Accelerator): readonly string[] {
  const {dies, memoryDollarsPerByte, memoryGramsPerByte} = machine
  const needs = (...results: readonly string[]): boolean => results.some((result) => resultNames.includes(result))
  const missing: string[] = []
  if (needs('dieSquareMillimetres', 'deviceDollars', 'embodiedGrams') && dies.length === 0) missing.push('dies')
  if (needs('deviceDollars', 'embodiedGrams') && dies.some(({wafer}) => wafer === undefined)) missing.push('wafer of its dies')
  if (needs('deviceDollars') && memoryDollarsPerByte === undefined) missing.push('memoryPrice')
  if (needs('embodiedGrams')) {
    if (dies.some(({wafer}) => wafer !== undefined && wafer.gramsPerSquareMillimetre === undefined)) missing.push('carbon of its wafers')
    if (memoryGramsPerByte === undefined) missing.push('memoryCarbon')
  }
  return missing.length === 0 ? [] : [`${name} describes no ${missing.join(', no ')}`]
}
