import type {Operating} from '../cost/operating-point.js'

/** Axes of the point a machine runs at; all others are parameters of the accelerator or settings of the pass. */
export const operatingAxes = {
  clock: {like: 'Hz', field: 'clockHertz'},
  memoryClock: {like: 'Hz', field: 'memoryClockHertz'},
  powerLimit: {like: 'W', field: 'powerLimitWatts'},
} as const satisfies Record<string, {like: string; field: keyof Operating}>

export type OperatingAxis = keyof typeof operatingAxes

/** Whether an axis is of the point that a machine runs at. */
export function isOperatingAxis(name: string): name is OperatingAxis {
  return Object.hasOwn(operatingAxes, name)
}
