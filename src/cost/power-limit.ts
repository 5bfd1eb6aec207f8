import type {Column, Machine} from '../accelerator/machine.js'
import {heldWatts, thermalWatts} from './held-power.js'

/** What a design point runs at: the core clock asked for, the memory's, and the power limit to hold. */
export interface OperatingColumns {
  readonly coreHertz: Column
  /** The highest where not given. */
  readonly memoryHertz?: Column | undefined
  /** Infinity where nothing limits, not even heat. */
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
/** How near to the power to be held a search ends, and from below, as a ratio. */
const tolerance = 1e-9
/** A secant that has not ended by then leaves every other round to halving. */
const secantRounds = 8

/**
 * Compiles the search for the average clock at which a pass, over all of its kernels, takes just the power that its limits let
 * stand, as a device's slow controller does that dithers between the states beside it: time and power have no steps over the
 * limit. Rows below that power keep the clock asked for; where even the lowest clock exceeds it, the lowest one runs. The
 * search follows the secant of power over clock, both as logarithms, and halves its bracket where the secant leaves it.
 */
export function compilePowerLimit({clocks, power}: Machine<Column>, passWatts: PassWatts, rowCapacity: number) {
  const {minimumHertz} = clocks[0]!
  const column = (): Column => new Float64Array(rowCapacity)
  const [held, low, high] = [column(), column(), column()]
  /** The clock tried before, and the logarithm of its power over the one to be held. */
  const [before, overBefore] = [column(), column()]
  const [isOpen, isLowHeld] = [new Uint8Array(rowCapacity), new Uint8Array(rowCapacity)]

  const nextHertz = (row: number, hertz: number, watts: number, round: number): number => {
    const [least, most] = [low[row]!, high[row]!]
    if (most - least <= tolerance * most) return least
    const over = Math.log(watts / held[row]!)
    const slope = round === 0 ? powerOfClock : (over - overBefore[row]!) / Math.log(hertz / before[row]!)
    const secant = hertz * Math.exp(-over / slope)
    before[row] = hertz
    overBefore[row] = over
    if (isLowHeld[row] === 0 && secant <= least) return least
    const isHalving = round > secantRounds && round % 2 === 0
    return !isHalving && secant > least && secant < most ? secant : Math.sqrt(least * most)
  }
  const learn = (row: number, hertz: number, watts: number): void => {
    const isHeld = watts <= held[row]!
    if (Math.abs(watts / held[row]! - 1) <= tolerance || (hertz === low[row] && (!isHeld || isLowHeld[row] === 1))) isOpen[row] = 0
    else if (isHeld) [low[row], isLowHeld[row]] = [hertz, 1]
    else high[row] = hertz
  }

  return (at: OperatingColumns, {hertz, seconds, watts, throttled, holdsPowerLimit}: HeldState, rowCount: number): void => {
    hertz.set(at.coreHertz.subarray(0, rowCount))
    passWatts(hertz, seconds, watts, rowCount)
    let openCount = 0
    for (let row = 0; row < rowCount; row++) {
      const mostWatts = heldWatts(power, at.limitWatts[row]!, row)
      held[row] = mostWatts * (1 - tolerance)
      low[row] = minimumHertz[row]!
      high[row] = hertz[row]!
      isLowHeld[row] = 0
      isOpen[row] = watts[row]! > mostWatts && hertz[row]! > minimumHertz[row]! ? 1 : 0
      throttled[row] = isOpen[row]!
      openCount += isOpen[row]!
    }
    for (let round = 0; openCount > 0; round++) {
      for (let row = 0; row < rowCount; row++) if (isOpen[row] === 1) hertz[row] = nextHertz(row, hertz[row]!, watts[row]!, round)
      passWatts(hertz, seconds, watts, rowCount)
      openCount = 0
      for (let row = 0; row < rowCount; row++) {
        if (isOpen[row] === 1) learn(row, hertz[row]!, watts[row]!)
        openCount += isOpen[row]!
      }
    }
    for (let row = 0; row < rowCount; row++) {
      holdsPowerLimit[row] = watts[row]! <= Math.min(at.limitWatts[row]!, thermalWatts(power, row)) ? 1 : 0
    }
  }
}
