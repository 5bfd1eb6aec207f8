import type {Accelerator} from '../accelerator/accelerator.js'
import {idleWatts, voltageAt} from '../accelerator/clock.js'
import {type LimitedDevice, type WorkPrior, type WorkTable, workTable} from './limited-work.js'

/** What was measured of some work under one power limit. */
export interface LimitPoint {
  readonly powerLimitWatts: number
  readonly latencySeconds: number
  readonly averageWatts: number
}

/** What is predicted of it under a limit. */
export interface LimitState extends LimitPoint {
  readonly energyJoules: number
  /** Relative standard deviations. */
  readonly latencyDeviationRatio: number
  readonly energyDeviationRatio: number
}

/**
 * What trainings are like: busy devices near their highest limit, half or more of their time paced by the clock; epochs of busy devices repeat
 * within 0.4 %, those of waiting ones within 5 %. Estimates, chosen by hand with all of Zeus's trainings on V100 and A40 (NSDI 2023) in view.
 */
export const workPrior: WorkPrior = {
  pacedLogit: {center: 0.5, spread: 0.4},
  busyLogRatio: {center: -0.05, spread: 0.25},
  busyShareLogit: {center: 1.3, spread: 1.2},
  busyScatterRatio: 0.004,
  waitingScatterRatio: 0.05,
  powerScatterRatio: 0.02,
}

/** A device as its file describes it: waiting work keeps the highest clock, throttled work is near the voltage floor. */
export function limitedDevice({machine}: Accelerator): LimitedDevice {
  const core = machine.clocks[0]!
  const topVolts = voltageAt(core, core.maximumHertz)
  return {
    staticWatts: idleWatts(machine, core.minimumHertz),
    waitingWatts: idleWatts(machine, core.maximumHertz),
    lowestClockRatio: core.minimumHertz / core.maximumHertz,
    energyRatioAt: (clockRatio) => (voltageAt(core, clockRatio * core.maximumHertz) / topVolts) ** core.energyExponent,
    highestLimitWatts: machine.power.maximumLimitWatts,
    heldRatio: machine.power.regulationRatio,
  }
}

/** Time and power under other limits, from what is known of work in general and what these points tell of theirs. */
export function statesAtLimits(points: readonly LimitPoint[], device: LimitedDevice, limitsWatts: readonly number[]): LimitState[] {
  const limits = [...points.map(({powerLimitWatts}) => powerLimitWatts), ...limitsWatts]
  return statesFromTable(points, workTable(device, workPrior, limits), limits, workPrior).slice(points.length)
}

/** States under all limits of a table, of which the points' come first: the mean over all kinds of work, each as likely as the points make it. */
export function statesFromTable(
  points: readonly LimitPoint[],
  table: WorkTable,
  limitsWatts: readonly number[],
  prior: WorkPrior,
): LimitState[] {
  const {logSeconds, logWatts, limitCount} = table
  const {weights, secondsOffsets, wattsOffsets} = weighed(points, table, prior)
  return limitsWatts.map((powerLimitWatts, limit) => {
    let [time, timeSquare, energy, energySquare] = [0, 0, 0, 0]
    for (let kind = 0; kind < weights.length; kind++) {
      const weight = weights[kind]!
      if (weight === 0) continue
      const seconds = logSeconds[kind * limitCount + limit]! + secondsOffsets[kind]!
      const joules = seconds + logWatts[kind * limitCount + limit]! + wattsOffsets[kind]!
      time += weight * seconds
      timeSquare += weight * seconds * seconds
      energy += weight * joules
      energySquare += weight * joules * joules
    }
    return {
      powerLimitWatts,
      latencySeconds: Math.exp(time),
      averageWatts: Math.exp(energy - time),
      energyJoules: Math.exp(energy),
      latencyDeviationRatio: Math.sqrt(Math.max(timeSquare - time * time, 0)),
      energyDeviationRatio: Math.sqrt(Math.max(energySquare - energy * energy, 0)),
    }
  })
}

/** Kinds less likely than this, against the likeliest, are left out. */
const leastWeight = 1e-6

/** How likely each kind of work is, and what it lacks of the points on average. */
function weighed(
  points: readonly LimitPoint[],
  {logSeconds, logWatts, limitCount, logPriorRatio, waitingRatio}: WorkTable,
  prior: WorkPrior,
) {
  const [weights, secondsOffsets, wattsOffsets] = [logPriorRatio.slice(), logPriorRatio.slice(), logPriorRatio.slice()]
  const measured = points.map(({latencySeconds, averageWatts}) => [Math.log(latencySeconds), Math.log(averageWatts)] as const)
  const pointCount = points.length
  let highest = Number.NEGATIVE_INFINITY
  for (let kind = 0; kind < weights.length; kind++) {
    const [timeVariance, powerVariance] = [
      prior.busyScatterRatio ** 2 + (prior.waitingScatterRatio * waitingRatio[kind]!) ** 2,
      prior.powerScatterRatio ** 2,
    ]
    let [seconds, secondsSquare, watts, wattsSquare] = [0, 0, 0, 0]
    for (let point = 0; point < pointCount; point++) {
      const lackedSeconds = measured[point]![0] - logSeconds[kind * limitCount + point]!
      const lackedWatts = measured[point]![1] - logWatts[kind * limitCount + point]!
      seconds += lackedSeconds
      secondsSquare += lackedSeconds * lackedSeconds
      watts += lackedWatts
      wattsSquare += lackedWatts * lackedWatts
    }
    // The time of the whole is unknown, so that only differences between points count.
    const timeMisfit = (secondsSquare - (seconds * seconds) / pointCount) / timeVariance + (pointCount - 1) * Math.log(timeVariance)
    weights[kind]! -= 0.5 * (timeMisfit + wattsSquare / powerVariance)
    secondsOffsets[kind] = seconds / pointCount
    wattsOffsets[kind] = watts / pointCount
    highest = Math.max(highest, weights[kind]!)
  }
  let sum = 0
  for (let kind = 0; kind < weights.length; kind++) {
    const weight = Math.exp(weights[kind]! - highest)
    weights[kind] = weight < leastWeight ? 0 : weight
    sum += weights[kind]!
  }
  return {weights: weights.map((weight) => weight / sum), secondsOffsets, wattsOffsets}
}
