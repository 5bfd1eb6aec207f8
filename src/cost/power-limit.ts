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
  readonly holdsPowerLimit: Column
}

/** Dynamic power goes about with the clock to this power where the voltage rises with it: where a search begins. */
const powerOfClock = 2.5

/**
 * Compiles the search for the highest clock state that holds the power limit, averaged over the pass as a device's
 * slow controller does. Rows that hold it at the clock asked for keep that clock; for the others a bracket of states
 * closes, guided by the power at its ends and halved every third round, since power rises with the clock. Where no
 * state holds the limit, the lowest one runs.
 */
export function compilePowerLimit(core: ClockDomain<Column>, passWatts: PassWatts, rowCapacity: number) {
  /** The highest state known to hold (or the lowest of all), the lowest known not to, and the one on trial. */
  const [low, high, tried] = [new Int32Array(rowCapacity), new Int32Array(rowCapacity), new Int32Array(rowCapacity)]
  const [lowWatts, highWatts] = [new Float64Array(rowCapacity), new Float64Array(rowCapacity)]

  const guess = (row: number, highHertz: number, limitWatts: number): number => {
    const isLowKnown = lowWatts[row]! > 0
    const share = (limitWatts - lowWatts[row]!) / (highWatts[row]! - lowWatts[row]!)
    const state = isLowKnown
      ? Math.floor(low[row]! + share * (high[row]! - low[row]!))
      : statesBelow(core, highHertz * (limitWatts / highWatts[row]!) ** (1 / powerOfClock), row)
    return Math.min(Math.max(state, low[row]! + (isLowKnown ? 1 : 0)), high[row]! - 1)
  }
  const isOpen = (row: number): boolean => high[row]! - low[row]! > 1

  const closeBrackets = (at: OperatingColumns, {hertz, seconds, watts, throttled}: HeldState, rowCount: number): void => {
    for (let round = 0, openCount = 1; openCount > 0; round++) {
      for (let row = 0; row < rowCount; row++) {
        if (throttled[row] !== 1) continue
        const isHalving = round % 3 === 2
        tried[row] = !isOpen(row) ? low[row]! : isHalving ? (low[row]! + high[row]!) >> 1 : guess(row, hertz[row]!, at.limitWatts[row]!)
        hertz[row] = stateHertz(core, tried[row]!, row)
      }
      passWatts(hertz, seconds, watts, rowCount)
      openCount = 0
      for (let row = 0; row < rowCount; row++) {
        if (throttled[row] !== 1 || !isOpen(row)) continue
        const isHeld = watts[row]! <= at.limitWatts[row]!
        if (isHeld || tried[row] === 0) [low[row], lowWatts[row]] = [tried[row]!, watts[row]!]
        if (!isHeld) [high[row], highWatts[row]] = [Math.max(tried[row]!, 1), watts[row]!]
        if (isOpen(row)) openCount++
      }
    }
    let isSettled = true
    for (let row = 0; row < rowCount; row++) {
      if (throttled[row] !== 1 || tried[row] === low[row]) continue
      isSettled = false
      hertz[row] = stateHertz(core, low[row]!, row)
    }
    if (!isSettled) passWatts(hertz, seconds, watts, rowCount)
  }

  return (at: OperatingColumns, out: HeldState, rowCount: number): void => {
    const {hertz, seconds, watts, throttled} = out
    for (let row = 0; row < rowCount; row++) hertz[row] = at.coreHertz[row]!
    passWatts(hertz, seconds, watts, rowCount)
    let throttledCount = 0
    for (let row = 0; row < rowCount; row++) {
      const isOver = watts[row]! > at.limitWatts[row]! && hertz[row]! > core.minimumHertz[row]!
      throttled[row] = isOver ? 1 : 0
      if (!isOver) continue
      throttledCount++
      low[row] = 0
      high[row] = statesBelow(core, hertz[row]!, row) + 1
      lowWatts[row] = 0
      highWatts[row] = watts[row]!
    }
    if (throttledCount > 0) closeBrackets(at, out, rowCount)
    for (let row = 0; row < rowCount; row++) out.holdsPowerLimit[row] = watts[row]! <= at.limitWatts[row]! ? 1 : 0
  }
}
