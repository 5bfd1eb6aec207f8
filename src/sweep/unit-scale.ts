import {type DimensionVector, unitSize} from '../foundation/quantity.js'

/** The size of an axis's unit in base units. */
export function unitScale(unit: string): number {
  return sizeOf(unit).baseValue
}

/** The dimension of an axis's unit. */
export function unitVector(unit: string): DimensionVector {
  return sizeOf(unit).vector
}

function sizeOf(unit: string): ReturnType<typeof unitSize> {
  return unitSize(unit === 'base units' ? '' : unit)
}
