import type {Column} from '../../accelerator/machine.js'
import {firstRow} from '../amounts.js'
import type {TimeStep} from '../explanation.js'
import {busySeconds, type Fidelity, type Load, type OperatorTime} from '../operator-time.js'

/**
 * The ideal bound: every resource works at once and the slowest sets the pace.
 * Williams, Waterman and Patterson, "Roofline", CACM 52(4), 2009.
 */
export function rooflineOperator(loads: readonly Load[]): OperatorTime {
  let able = loads
  return {
    prepare: () => {
      able = loads.filter((load) => !loads.some((other) => isLongerEverywhere(other, load)))
    },
    basis: 'ideal',
    from: 'the described machine',
    expectedMape: undefined,
    worstMape: undefined,
    beyond: [],
    kernel: (_, seconds, boundBy, rowCount) => {
      seconds.fill(0, 0, rowCount)
      boundBy.fill(able[0]?.boundIndex ?? 0, 0, rowCount)
      for (let index = 0; index < able.length; index++) raise(able[index]!, seconds, boundBy, rowCount)
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

/** Whether one load of a clock domain takes longer than another in every row, so that the other never sets the pace. */
function isLongerEverywhere(one: Load, other: Load): boolean {
  if (one.pace.secondsPerCycle !== other.pace.secondsPerCycle) return false
  const amountsAgree = [one, one.and, other, other.and].every((part) => part === undefined || part.amounts.rowMask === firstRow)
  return amountsAgree && cyclesOf(one, 'least') > cyclesOf(other, 'most')
}

function cyclesOf({amounts, pace, and}: Load, extreme: 'least' | 'most'): number {
  const cycles = amounts.values[0]! * pace[extreme]
  return and === undefined ? cycles : cycles + and.amounts.values[0]! * and.pace[extreme]
}

/** Raises times to that of one resource where it takes longer. */
function raise({boundIndex, amounts, pace, and}: Load, seconds: Column, boundBy: Int32Array, rowCount: number): void {
  const {values, rowMask} = amounts
  const {cyclesPerOne, secondsPerCycle} = pace
  if (and === undefined) {
    for (let row = 0; row < rowCount; row++) {
      const each = values[row & rowMask]! * cyclesPerOne[row]! * secondsPerCycle[row]!
      if (each > seconds[row]!) {
        seconds[row] = each
        boundBy[row] = boundIndex
      }
    }
    return
  }
  const [otherValues, otherMask, otherCycles] = [and.amounts.values, and.amounts.rowMask, and.pace.cyclesPerOne]
  for (let row = 0; row < rowCount; row++) {
    const cycles = values[row & rowMask]! * cyclesPerOne[row]! + otherValues[row & otherMask]! * otherCycles[row]!
    const each = cycles * secondsPerCycle[row]!
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
