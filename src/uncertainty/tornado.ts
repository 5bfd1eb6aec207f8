import type {Accelerator} from '../accelerator/accelerator.js'
import {operatingPoint} from '../cost/operating-point.js'
import type {Workload} from '../workload/operator.js'
import {constantsThatMove, type MovingConstant} from './moving-constants.js'
import {type SampledOptions, sampledPass} from './sampled-pass.js'

/** What one constant does to the energy of a pass between the ends of its range, the others as stated. */
export interface TornadoBar {
  /** In words: "tensor bf16 energy per operation". */
  readonly name: string
  readonly rangeText: string
  readonly pointers: readonly string[]
  /** Energy at the low and at the high end of the range. */
  readonly lowEndJoules: number
  readonly highEndJoules: number
  /** Share of the sum of all variances, each constant moved alone over its range. */
  readonly varianceRatio: number
}

/** Which constants the energy of a pass depends on most. */
export interface Tornado {
  readonly energyJoules: number
  /** Widest swing first; constants that leave the energy as it is are not among them. */
  readonly bars: readonly TornadoBar[]
  readonly unmovedCount: number
}

/** Where each constant is tried: at both ends, and in the middles of even strata, over which the variance is taken. */
const strataCount = 12
const places = [0, 1, ...Array.from({length: strataCount}, (_, index) => (index + 0.5) / strataCount)]

/** A swing below this share of the energy is one of rounding. */
const leastSwingRatio = 1e-9

/** Energy of a pass with each constant alone at the ends of its range, sorted by the swing. */
export function tornado(accelerator: Accelerator, workload: Workload, options: SampledOptions = {}): Tornado {
  operatingPoint(accelerator, options)
  const rowCapacity = 1 + places.length * constantsThatMove(accelerator).length
  const pass = sampledPass(accelerator, workload, options, rowCapacity)
  const {constants} = pass
  const rowCount = 1 + places.length * constants.length
  const columns = constants.map((_, index) => {
    const column = new Float64Array(rowCount).fill(Number.NaN)
    column.set(places, 1 + index * places.length)
    return column
  })
  pass.move(columns, rowCount)
  const joules = pass.evaluate(options, rowCount).energyJoules
  // The first row is the pass as stated.
  const energyJoules = joules[0]!
  const moved = constants
    .map((constant, index) => responseOf(constant, joules.subarray(1 + index * places.length, 1 + (index + 1) * places.length)))
    .filter(({swingJoules}) => swingJoules > leastSwingRatio * energyJoules)
    .sort((a, b) => b.swingJoules - a.swingJoules)
  const variance = moved.reduce((sum, each) => sum + each.variance, 0)
  return {
    energyJoules,
    bars: moved.map(({bar, variance: own}) => ({...bar, varianceRatio: own / variance})),
    unmovedCount: constants.length - moved.length,
  }
}

/** How the energy answers to one constant at all of its places. */
function responseOf({name, rangeText, members}: MovingConstant, joules: Float64Array) {
  const [lowEndJoules, highEndJoules] = [joules[0]!, joules[1]!]
  const inner = joules.subarray(2)
  const mean = inner.reduce((sum, each) => sum + each, 0) / strataCount
  const variance = inner.reduce((sum, each) => sum + (each - mean) ** 2, 0) / strataCount
  const bar = {name, rangeText, pointers: members.map(({pointer}) => pointer), lowEndJoules, highEndJoules}
  return {bar, variance, swingJoules: Math.abs(highEndJoules - lowEndJoules)}
}
