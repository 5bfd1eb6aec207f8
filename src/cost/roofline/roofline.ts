import type {Column} from '../../accelerator/machine.js'
import type {TimeStep} from '../explanation.js'
import {busySeconds, type Fidelity, type Load, type OperatorTime} from '../operator-time.js'

/**
 * The ideal bound: every resource works at once and the slowest sets the pace.
 * Williams, Waterman and Patterson, "Roofline", CACM 52(4), 2009.
 */
export function rooflineOperator(loads: readonly Load[]): OperatorTime {
  return {
    basis: 'ideal',
    from: 'the described machine',
    expectedMape: undefined,
    worstMape: undefined,
    beyond: [],
    kernel: (_, seconds, boundBy, rowCount) => {
      seconds.fill(0, 0, rowCount)
      boundBy.fill(loads[0]?.boundIndex ?? 0, 0, rowCount)
      for (let index = 0; index < loads.length; index++) raise(loads[index]!, seconds, boundBy, rowCount)
    },
    hostSeconds: () => 0,
    explain: () => ({facts: [], steps: [idealStep(longestSeconds(loads))]}),
  }
}

export const roofline: Fidelity = {
  summary: 'the ideal bound: the slowest resource sets the pace',
  compile: ({loads}) => rooflineOperator(loads),
  isAvailable: () => true,
}

/** The longest that any resource is busy, in the first row. */
export function longestSeconds(loads: readonly Load[]): number {
  return loads.reduce((longest, load) => Math.max(longest, busySeconds(load)), 0)
}

/** Raises times to that of one resource where it takes longer. */
function raise({boundIndex, amounts, secondsPerOne, and}: Load, seconds: Column, boundBy: Int32Array, rowCount: number): void {
  const {values, rowMask} = amounts
  if (and === undefined) {
    for (let row = 0; row < rowCount; row++) {
      const each = values[row & rowMask]! * secondsPerOne[row]!
      if (each > seconds[row]!) {
        seconds[row] = each
        boundBy[row] = boundIndex
      }
    }
    return
  }
  const [otherValues, otherMask, otherSeconds] = [and.amounts.values, and.amounts.rowMask, and.secondsPerOne]
  for (let row = 0; row < rowCount; row++) {
    const each = values[row & rowMask]! * secondsPerOne[row]! + otherValues[row & otherMask]! * otherSeconds[row]!
    if (each > seconds[row]!) {
      seconds[row] = each
      boundBy[row] = boundIndex
    }
  }
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
