import {stateHertz, statesBelow} from '../accelerator/clock.js'
import type {ClockDomain, Column} from '../accelerator/machine.js'

/** What a design point runs at: the core clock asked for, and the power limit to hold. */
export interface OperatingColumns {
  readonly coreHertz: Column
  readonly limitWatts: Column
}

/** Time and average power of a pass at these core clocks. */
export type PassWatts = (coreHertz: Column, seconds: Column, watts: Column, rowCount: number) => void

/** The clock that each row runs at, and the pass at it. */
export interface HeldState {
  readonly hertz: Column
  readonly seconds: Column
  readonly watts: Column
  readonly throttled: Column
}

/**
 * Compiles the search for the highest clock state that holds the power limit, averaged over the pass as a device's
 * slow controller does. Rows that hold it at the clock asked for keep that clock; the others are bisected over the
 * states below it, since power rises with the clock. Where no state holds the limit, the lowest one runs.
 */
export function compilePowerLimit(core: ClockDomain<Column>, passWatts: PassWatts, rowCapacity: number) {
  const low = new Int32Array(rowCapacity)
  const high = new Int32Array(rowCapacity)

  const bisect = (at: OperatingColumns, out: HeldState, rowCount: number, rounds: number): void => {
    const {hertz, seconds, watts, throttled} = out
    const run = (middle: boolean): void => {
      for (let row = 0; row < rowCount; row++) {
        const state = middle ? (low[row]! + high[row]!) >> 1 : low[row]!
        if (throttled[row] === 1) hertz[row] = stateHertz(core, state, row)
      }
      passWatts(hertz, seconds, watts, rowCount)
    }
    for (let round = 0; round < rounds; round++) {
      run(true)
      for (let row = 0; row < rowCount; row++) {
        if (throttled[row] !== 1) continue
        const middle = (low[row]! + high[row]!) >> 1
        if (watts[row]! <= at.limitWatts[row]!) low[row] = middle
        else high[row] = middle > 0 ? middle : 1
      }
    }
    run(false)
  }

  return (at: OperatingColumns, out: HeldState, rowCount: number): void => {
    const {hertz, seconds, watts, throttled} = out
    for (let row = 0; row < rowCount; row++) hertz[row] = at.coreHertz[row]!
    passWatts(hertz, seconds, watts, rowCount)
    let mostStates = 0
    for (let row = 0; row < rowCount; row++) {
      const isOver = watts[row]! > at.limitWatts[row]! && hertz[row]! > core.minimumHertz[row]!
      throttled[row] = isOver ? 1 : 0
      low[row] = 0
      high[row] = isOver ? statesBelow(core, hertz[row]!, row) + 1 : 1
      if (high[row]! > mostStates && isOver) mostStates = high[row]!
    }
    if (mostStates > 0) bisect(at, out, rowCount, Math.ceil(Math.log2(mostStates)))
  }
}
