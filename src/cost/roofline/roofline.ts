import type {Column} from '../../accelerator/machine.js'
import {firstRow} from '../amounts.js'
import type {TimeStep} from '../explanation.js'
import {busySeconds, type Fidelity, type Load, type OperatorTime} from '../operator-time.js'

/**
 * The ideal bound: every resource works at once and the slowest sets the pace.
 * Williams, Waterman and Patterson, "Roofline", CACM 52(4), 2009.
 */
export function rooflineOperator(loads: readonly Load[]): OperatorTime {
  const able: Load[] = []
  const [least, most] = [new Float64Array(loads.length), new Float64Array(loads.length)]
  return {
    prepare: () => {
      able.length = 0
      for (let index = 0; index < loads.length; index++) {
        least[index] = leastCycles(loads[index]!)
        most[index] = mostCycles(loads[index]!)
      }
      for (let index = 0; index < loads.length; index++) if (!isOutlasted(loads, index, least, most)) able.push(loads[index]!)
    },
    basis: 'ideal',
    from: 'the described machine',
    expectedMape: undefined,
    worstMape: undefined,
    beyond: [],
    kernel: (_, seconds, boundBy, rowCount) => {
      if (able.length === 0) seconds.fill(0, 0, rowCount)
      else busy(able[0]!, seconds, rowCount)
      boundBy.fill(able[0]?.boundIndex ?? 0, 0, rowCount)
      for (let index = 1; index < able.length; index++) raise(able[index]!, seconds, boundBy, rowCount)
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

/** Whether another load of the same clock takes longer in every row, so that this one never sets the pace. */
function isOutlasted(loads: readonly Load[], index: number, least: Float64Array, most: Float64Array): boolean {
  const {secondsPerCycle} = loads[index]!.pace
  for (let other = 0; other < loads.length; other++) {
    if (least[other]! > most[index]! && loads[other]!.pace.secondsPerCycle === secondsPerCycle) return true
  }
  return false
}

function leastCycles({amounts, pace, and}: Load): number {
  const one = amounts.rowMask === firstRow ? amounts.values[0]! * pace.least : 0
  return and === undefined || and.amounts.rowMask !== firstRow ? one : one + and.amounts.values[0]! * and.pace.least
}

function mostCycles({amounts, pace, and}: Load): number {
  const one = amounts.rowMask === firstRow ? amounts.values[0]! * pace.most : Number.POSITIVE_INFINITY
  if (and === undefined) return one
  return and.amounts.rowMask === firstRow ? one + and.amounts.values[0]! * and.pace.most : Number.POSITIVE_INFINITY
}

/** The times of one resource; nothing where it has no number. */
function busy({amounts, pace, and}: Load, seconds: Column, rowCount: number): void {
  const {values, rowMask} = amounts
  const {cyclesPerOne, secondsPerCycle} = pace
  if (and === undefined) {
    for (let row = 0; row < rowCount; row++) {
      const each = values[row & rowMask]! * cyclesPerOne[row]! * secondsPerCycle[row]!
      seconds[row] = each > 0 ? each : 0
    }
    return
  }
  const [otherValues, otherMask, otherCycles] = [and.amounts.values, and.amounts.rowMask, and.pace.cyclesPerOne]
  for (let row = 0; row < rowCount; row++) {
    const cycles = values[row & rowMask]! * cyclesPerOne[row]! + otherValues[row & otherMask]! * otherCycles[row]!
    const each = cycles * secondsPerCycle[row]!
    seconds[row] = each > 0 ? each : 0
  }
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
