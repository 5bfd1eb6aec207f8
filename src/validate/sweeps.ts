import {heldScatterRatio, mayBeThrottled} from '../cost/held-power.js'
import type {TraceRow} from '../trace/trace-row.js'

/** A sweep needs this many clocks, each no farther than this from the next. */
const fewestClockCount = 11
const widestGapHertz = 90e6

/** A pass whose row states all that is scored: its energy, and the clock and limit that it ran under. */
export type MeteredPass = TraceRow & {
  readonly energyJoules: number
  readonly powerWatts: number
  readonly clockHertz: number
  readonly powerLimitWatts: number
}

/** A pass at one clock of a sweep. */
export interface SweepPoint {
  readonly clockHertz: number
  readonly latencySeconds: number
  readonly energyJoules: number
  /** The power limit kept it from this clock. */
  readonly throttled: boolean
}

export const passBounds = ['gpu', 'host'] as const
/** What paces a pass: the device, or the host that issues its kernels. */
export type PassBound = (typeof passBounds)[number]

/** What the rows of a sweep have in common. */
export interface SweptWorkload {
  readonly device: string
  readonly framework: string
  readonly op: string
  readonly model: string
  readonly dtype: string
  readonly batch: number | null
  readonly tokens: number | null
  readonly attention: string
  readonly powerLimitWatts: number
}

/** One workload measured over the core clock. */
export interface Sweep {
  readonly workload: SweptWorkload
  readonly bound: PassBound
  readonly rows: readonly MeteredPass[]
  /** Lowest clock first; a clock that was measured more than once stands at the mean of its rows. */
  readonly points: readonly SweepPoint[]
}

/** The workload of a row; rows of equal workloads differ in the clock alone. */
export function workloadOf(row: MeteredPass): SweptWorkload {
  const {device, framework, op, model, dtype = 'unstated', batch = null, seqQ = null, powerLimitWatts, notes} = row
  return {device, framework, op, model, dtype, batch, tokens: seqQ, attention: notes.values.get('attention') ?? '', powerLimitWatts}
}

/** The sweeps among measured passes: workloads of at least 11 clocks, none farther than 90 MHz from the next. */
export function findSweeps(rows: readonly MeteredPass[]): Sweep[] {
  const boundOf = passBound(rows)
  return grouped(rows, (row) => JSON.stringify(workloadOf(row))).flatMap((ofWorkload) => {
    const clocksHertz = [...new Set(ofWorkload.map(({clockHertz}) => clockHertz))].sort((a, b) => a - b)
    const isDense = clocksHertz.every((hertz, index) => index === 0 || hertz - clocksHertz[index - 1]! <= widestGapHertz)
    if (clocksHertz.length < fewestClockCount || !isDense) return []
    const points = sweepPoints(ofWorkload, clocksHertz)
    const last = points.findLast(({throttled}) => !throttled) ?? points[0]!
    const bound = boundOf(ofWorkload.find(({clockHertz}) => clockHertz === last.clockHertz)!)
    return [{workload: workloadOf(ofWorkload[0]!), bound, rows: ofWorkload, points}]
  })
}

/** The lowest share of a limit that a measured device holds on average, an A100 PCIe: measured sweeps may be of a device without a file. */
const lowestRegulationRatio = 0.964
/** Work that the limit throttles draws the same at every clock beyond: no less than its highest clock by all of the scatter. */
const leastHeldRatio = 1 - 2 * heldScatterRatio

function sweepPoints(rows: readonly MeteredPass[], clocksHertz: readonly number[]): SweepPoint[] {
  const points = clocksHertz.map((clockHertz) => {
    const same = rows.filter((row) => row.clockHertz === clockHertz)
    return {clockHertz, latencySeconds: mean(same, 'latencySeconds'), energyJoules: mean(same, 'energyJoules')}
  })
  const wattsOf = ({energyJoules, latencySeconds}: (typeof points)[number]): number => energyJoules / latencySeconds
  const topWatts = wattsOf(points.at(-1)!)
  const isLimited = mayBeThrottled(topWatts, rows[0]!.powerLimitWatts, lowestRegulationRatio)
  const lastFree = isLimited ? points.findLastIndex((point) => wattsOf(point) < leastHeldRatio * topWatts) : points.length
  return points.map((point, index) => ({...point, throttled: index > lastFree}))
}

/**
 * The clock from which on a power limit holds a sweep: where time, as a + b/f through the last two clocks below, has fallen to what it
 * stays at; the highest clock where nothing throttles. Undefined with fewer than two clocks below the limit.
 */
export function throttleOnsetHertz(points: readonly SweepPoint[]): number | undefined {
  const first = points.findIndex(({throttled}) => throttled)
  if (first < 0) return points.at(-1)?.clockHertz
  if (first < 2) return undefined
  const [lower, upper, held] = [points[first - 2]!, points[first - 1]!, points.slice(first)]
  const heldSeconds = mean(held, 'latencySeconds')
  const cycles = (lower.latencySeconds - upper.latencySeconds) / (1 / lower.clockHertz - 1 / upper.clockHertz)
  const fixedSeconds = upper.latencySeconds - cycles / upper.clockHertz
  const onsetHertz = cycles > 0 && heldSeconds > fixedSeconds ? cycles / (heldSeconds - fixedSeconds) : held[0]!.clockHertz
  return Math.min(Math.max(onsetHertz, upper.clockHertz), held[0]!.clockHertz)
}

/** Times of passes that wait for the host differ by up to 1.3 from one run to the next, whatever they compute. */
const hostScatterRatio = 1.35

/**
 * Tells from measurements alone whether a pass waits for its host. Passes within 1.35 of the least time of their model, at any clock, are
 * the host's if their tokens differ by two or more, so that work had no part in their time. Passes that only stream their weights look
 * the same, and are counted with them.
 */
export function passBound(rows: readonly MeteredPass[]): (row: MeteredPass) => PassBound {
  const keyOf = ({device, framework, model}: MeteredPass): string => JSON.stringify([device, framework, model])
  const hostSeconds = new Map(grouped(rows, keyOf).map((ofModel) => [keyOf(ofModel[0]!), hostFloorSeconds(ofModel)]))
  return (row) => (row.latencySeconds <= hostScatterRatio * (hostSeconds.get(keyOf(row)) ?? 0) ? 'host' : 'gpu')
}

function hostFloorSeconds(rows: readonly MeteredPass[]): number | undefined {
  const leastSeconds = Math.min(...rows.map(({latencySeconds}) => latencySeconds))
  const tokenCounts = rows.filter(({latencySeconds}) => latencySeconds <= hostScatterRatio * leastSeconds).map(tokenCount)
  return Math.max(...tokenCounts) >= 2 * Math.min(...tokenCounts) ? leastSeconds : undefined
}

function tokenCount({batch = 1, seqQ = 1}: MeteredPass): number {
  return batch * seqQ
}

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Row[][] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const known = groups.get(keyOf(row))
    if (known === undefined) groups.set(keyOf(row), [row])
    else known.push(row)
  }
  return [...groups.values()]
}

function mean<Name extends string>(rows: readonly Readonly<Record<Name, number>>[], name: Name): number {
  return rows.reduce((sum, row) => sum + row[name], 0) / rows.length
}
