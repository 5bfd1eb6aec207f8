import type {Busy, Fidelity, TimeKernel} from '../operator-time.js'

/**
 * The ideal bound: every resource works at once and the slowest sets the pace.
 * Williams, Waterman and Patterson, "Roofline", CACM 52(4), 2009.
 */
export function rooflineTime(busy: readonly Busy[]): TimeKernel {
  return (_, seconds, boundBy, rowCount) => {
    seconds.fill(0, 0, rowCount)
    boundBy.fill(busy[0]?.boundIndex ?? 0, 0, rowCount)
    for (const {seconds: each, boundIndex} of busy) {
      for (let row = 0; row < rowCount; row++) {
        if (each[row]! > seconds[row]!) {
          seconds[row] = each[row]!
          boundBy[row] = boundIndex
        }
      }
    }
  }
}

export const roofline: Fidelity = {
  summary: 'the ideal bound: the slowest resource sets the pace',
  compile: ({busy}) => ({basis: 'ideal', from: 'the described machine', kernel: rooflineTime(busy)}),
  isAvailable: () => true,
}
