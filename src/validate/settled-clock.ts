import {stateHertz, statesBelow} from '../accelerator/clock.js'
import type {Column, Machine} from '../accelerator/machine.js'
import {heldWatts} from '../cost/held-power.js'
import {type MetricColumns, metricColumns} from '../cost/metrics.js'
import type {PassWatts} from '../cost/power-limit.js'
import type {Program} from '../cost/program.js'
import {compileShortRun} from '../cost/short-run.js'

/** Finds the average clock at which a kernel takes just what its power limit lets stand, and its time there. */
export interface ClockSearch {
  /** Its result stands in `hertz` until the next call. */
  readonly settledSeconds: () => number
  readonly hertz: Column
}

/**
 * The search of the cost model for the clock under a power limit, for one kernel whose time changes and whose work does
 * not: what it does costs the same energy however long it takes, so that each state has a least time which holds the limit.
 */
export function clockSearch(
  machine: Machine<Column>,
  ideal: Program,
  asked: {readonly clockHertz: number; readonly powerLimitWatts: number; readonly replayCount: number},
  secondsAt: (hertz: Column) => number,
): ClockSearch {
  const core = machine.clocks[0]!
  const top = asked.clockHertz > core.minimumHertz[0]! ? statesBelow(core, asked.clockHertz, 0) + 1 : 0
  const hertz = Float64Array.of(asked.clockHertz)
  const [at, limited] = [
    {coreHertz: Float64Array.of(asked.clockHertz), limitWatts: Float64Array.of(asked.powerLimitWatts)},
    Float64Array.of(1),
  ]
  const time: PassWatts = (coreHertz, seconds) => {
    seconds[0] = secondsAt(coreHertz)
  }
  const shorten = compileShortRun(machine, time, asked.replayCount, 1)
  const leastSeconds = new Float64Array(top + 1).fill(Number.NaN)
  const out = metricColumns(1)
  const hertzOf = (state: number): number => (state === top ? asked.clockHertz : stateHertz(core, state, 0))
  const runAt = (state: number): number => {
    hertz[0] = hertzOf(state)
    return secondsAt(hertz)
  }
  /** By how much the time at a state exceeds the least that holds the limit, as a logarithm; below zero where it does not. */
  const marginAt = (state: number): number => {
    const seconds = runAt(state)
    if (Number.isNaN(leastSeconds[state])) {
      ideal.evaluate({coreHertz: hertz, limitWatts: Float64Array.of(Number.POSITIVE_INFINITY)}, out, 1)
      leastSeconds[state] = secondsWithin(
        out,
        heldWatts(machine.power, asked.powerLimitWatts, 0),
        machine.power.regulatorEfficiencyRatio?.[0],
      )
    }
    return Math.log(seconds / leastSeconds[state]!)
  }
  let settled = top
  const settledSeconds = (): number => {
    if (top === 0 || marginAt(top) >= 0) return runAt(top)
    // From where it stood before: between two steps of a fit it hardly moves.
    let [low, high, reach] = [0, top, 1]
    while (high - low > 1) {
      const tried = settled > low && settled < high ? settled : (low + high) >> 1
      const isHeld = marginAt(tried) >= 0
      if (isHeld) low = tried
      else high = tried
      settled = isHeld ? low + reach : high - reach
      reach *= 2
    }
    settled = low
    const [held, over] = [marginAt(low), marginAt(high)]
    // Between two states, both as logarithms, the margin is as good as straight.
    const share = held > 0 ? held / (held - over) : 0
    hertz[0] = hertzOf(low) * (hertzOf(high) / hertzOf(low)) ** share
    shorten(at, hertz, limited, 1)
    return secondsAt(hertz)
  }
  return {settledSeconds, hertz}
}

/** The time from which on an average power is within the limit, given the energy at any time: a part of it goes with time. */
function secondsWithin(at: MetricColumns, limitWatts: number, regulatorEfficiencyRatio = 1): number {
  const restJoules = at.idleJoules[0]! + (at.staticJoules[0]! + at.clockingJoules[0]!) / regulatorEfficiencyRatio
  const spareWatts = limitWatts - restJoules / at.latencySeconds[0]!
  return spareWatts > 0 ? (at.energyJoules[0]! - restJoules) / spareWatts : Number.POSITIVE_INFINITY
}
