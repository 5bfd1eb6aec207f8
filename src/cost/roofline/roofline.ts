import type {TimeStep} from '../explanation.js'
import type {Busy, Fidelity, OperatorTime} from '../operator-time.js'

/**
 * The ideal bound: every resource works at once and the slowest sets the pace.
 * Williams, Waterman and Patterson, "Roofline", CACM 52(4), 2009.
 */
export function rooflineOperator(busy: readonly Busy[]): OperatorTime {
  return {
    basis: 'ideal',
    from: 'the described machine',
    expectedMape: undefined,
    worstMape: undefined,
    beyond: [],
    kernel: (_, seconds, boundBy, rowCount) => {
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
    },
    hostSeconds: () => 0,
    explain: () => ({facts: [], steps: [idealStep(longestSeconds(busy))]}),
  }
}

export const roofline: Fidelity = {
  summary: 'the ideal bound: the slowest resource sets the pace',
  compile: ({busy}) => rooflineOperator(busy),
  isAvailable: () => true,
}

/** The longest that any resource is busy, in the first row. */
export function longestSeconds(busy: readonly Busy[]): number {
  return busy.reduce((longest, {seconds}) => Math.max(longest, seconds[0]!), 0)
}

/** The step that every explanation begins with. */
export function idealStep(seconds: number): TimeStep {
  return {
    name: 'ideal',
    meaning: 'the slowest resource at its peak',
    source: 'Williams, Waterman and Patterson, CACM 52(4), 2009',
    seconds,
  }
}
