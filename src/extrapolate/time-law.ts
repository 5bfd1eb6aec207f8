import {nonNegativePair} from './least-squares.js'
import type {PassPace} from './pass-pace.js'

/** How long some work took at a clock that no limit lowered. */
export interface TimePoint {
  readonly clockHertz: number
  readonly latencySeconds: number
}

/** Time over the core clock: whichever is later through, the device or the host that issues its work. */
export interface TimeLaw {
  readonly secondsAt: (clockHertz: number) => number
  /** Of the device alone. */
  readonly deviceSecondsAt: (clockHertz: number) => number
  /** Of the host; zero where nothing tells of one. */
  readonly hostSeconds: number
  /** The measured clocks at which the device waits for the host. */
  readonly waitingHertz: readonly number[]
}

/**
 * Standard deviations of a logarithm. Of a graph's device time to measured ones, as a whole and from clock to clock, and of its host's, which
 * runs 1 or 1.24 to 1.3 times as long from one run to the next: the A100 PCIe's sweeps leave 0.03, 0.016 and 0.11; the whole is
 * widened for work that no trace holds. Without a graph: what a + b/f leaves of device-paced sweeps.
 */
const scatterRatios = {level: 0.1, shape: 0.016, host: 0.11, line: 0.013} as const

/** Squared deviations that a knee must save, for it is one thing more to choose. */
const kneeMisfit = 4

/**
 * T = max(host, device). The device paces all points below some clock, the host those from there on; which clock is likeliest is judged by
 * the graph of the work where one is known. The device takes a + b/f through two points or more, the graph's time scaled to one, or the graph's
 * own; the host takes the fastest of its points, for it only ever runs longer. Two points without a graph can't tell a host, so that
 * the device is taken to pace both.
 */
export function timeLaw(points: readonly TimePoint[], pace: PassPace | undefined): TimeLaw {
  const sorted = [...points].sort((a, b) => a.clockHertz - b.clockHertz)
  const fewest = pace === undefined ? 2 : 0
  const laws = Array.from({length: sorted.length + 1 - fewest}, (_, more) => lawOf(sorted, fewest + more, pace))
  // Of equals the one with the fewest that wait.
  return laws.reduceRight((best, law) => (law.misfit < best.misfit ? law : best)).law
}

function lawOf(points: readonly TimePoint[], pacedCount: number, pace: PassPace | undefined): {law: TimeLaw; misfit: number} {
  const [paced, waiting] = [points.slice(0, pacedCount), points.slice(pacedCount)]
  const fastestSeconds = Math.min(...(waiting.length > 0 ? waiting : points).map(({latencySeconds}) => latencySeconds))
  const hostSeconds = waiting.length > 0 ? fastestSeconds : Math.min(fastestSeconds, pace?.hostSeconds ?? 0)
  const deviceSecondsAt = deviceLaw(paced, pace)
  const secondsAt = (clockHertz: number): number => Math.max(hostSeconds, deviceSecondsAt(clockHertz))
  const isPossible =
    waiting.every(({clockHertz, latencySeconds}) => deviceSecondsAt(clockHertz) <= latencySeconds) &&
    paced.every(({latencySeconds}) => latencySeconds >= hostSeconds)
  const misfit = isPossible
    ? pacedMisfit(paced, deviceSecondsAt, pace) + waitingMisfit(waiting, hostSeconds, pace)
    : Number.POSITIVE_INFINITY
  return {law: {secondsAt, deviceSecondsAt, hostSeconds, waitingHertz: waiting.map(({clockHertz}) => clockHertz)}, misfit}
}

function deviceLaw(paced: readonly TimePoint[], pace: PassPace | undefined): TimeLaw['deviceSecondsAt'] {
  const [only, second] = paced
  if (pace !== undefined && second === undefined) {
    const scale = only === undefined ? 1 : only.latencySeconds / pace.deviceSecondsAt(only.clockHertz)
    return (clockHertz) => scale * pace.deviceSecondsAt(clockHertz)
  }
  const [fixedSeconds, cycles] = nonNegativePair(
    paced.map(({clockHertz, latencySeconds}) => ({firstValue: 1, secondValue: 1 / clockHertz, targetValue: latencySeconds})),
  )
  // What no clock moves was only ever held up.
  const leastSeconds = cycles === 0 ? Math.min(...paced.map(({latencySeconds}) => latencySeconds)) : fixedSeconds
  return (clockHertz) => leastSeconds + cycles / clockHertz
}

/** Minus twice the logarithm of how likely the points are, without what is common to all. */
function pacedMisfit(paced: readonly TimePoint[], deviceSecondsAt: TimeLaw['deviceSecondsAt'], pace: PassPace | undefined): number {
  if (pace === undefined)
    return sum(
      paced.map(({clockHertz, latencySeconds}) => square(Math.log(deviceSecondsAt(clockHertz) / latencySeconds) / scatterRatios.line)),
    )
  if (paced.length === 0) return 0
  const logs = paced.map(({clockHertz, latencySeconds}) => Math.log(latencySeconds / pace.deviceSecondsAt(clockHertz)))
  const mean = sum(logs) / logs.length
  const {level, shape} = scatterRatios
  return (
    square(mean / level) +
    2 * Math.log(level) +
    sum(logs.map((log) => square((log - mean) / shape))) +
    (logs.length - 1) * 2 * Math.log(shape)
  )
}

function waitingMisfit(waiting: readonly TimePoint[], hostSeconds: number, pace: PassPace | undefined): number {
  if (waiting.length === 0) return 0
  const {host} = scatterRatios
  const likelySeconds = pace?.hostSeconds ?? hostSeconds
  const misfit = sum(waiting.map(({latencySeconds}) => square(Math.log(latencySeconds / likelySeconds) / host)))
  return pace === undefined ? misfit + kneeMisfit : misfit + waiting.length * 2 * Math.log(host)
}

function square(value: number): number {
  return value * value
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
