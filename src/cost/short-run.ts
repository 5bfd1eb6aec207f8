import type {Column, Machine} from '../accelerator/machine.js'
import type {OperatingColumns, PassWatts} from './power-limit.js'

/**
 * Compiles what a limit's controller, which needs a while, leaves of its clock to work that is over soon: the time per
 * cycle goes from that of the clock asked for to that of the one that holds the limit, e^(−t/response) of the way left after t.
 */
export function compileShortRun(
  {power: {responseSeconds}}: Machine<Column>,
  passWatts: PassWatts,
  replayCount: number,
  rowCapacity: number,
) {
  const [seconds, watts] = [new Float64Array(rowCapacity), new Float64Array(rowCapacity)]
  return ({coreHertz}: OperatingColumns, hertz: Column, throttled: Column, rowCount: number): boolean => {
    if (responseSeconds === undefined || replayCount === Number.POSITIVE_INFINITY || !throttled.subarray(0, rowCount).includes(1))
      return false
    passWatts(coreHertz, seconds, watts, rowCount)
    for (let row = 0; row < rowCount; row++) {
      if (throttled[row] !== 1) continue
      const followed = 1 - Math.exp((-replayCount * seconds[row]!) / responseSeconds[row]!)
      const [asked, held] = [1 / coreHertz[row]!, 1 / hertz[row]!]
      hertz[row] = 1 / (asked + (held - asked) * followed)
    }
    return true
  }
}
