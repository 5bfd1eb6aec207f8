import type {LimitedDevice} from '../extrapolate/limited-work.js'
import {workTable} from '../extrapolate/limited-work.js'
import {statesFromTable, workPrior} from '../extrapolate/power-limits.js'
import type {LimitedPoint, LimitSweep} from './limit-sweeps.js'

/** Time and energy of the lower limits of a sweep, in its order. */
export type LowerLimits = readonly {readonly latencySeconds: number; readonly energyJoules: number}[]

/** How many of the highest limits are measured; the others are predicted from them. */
export const givenCount = 2

/** What the lower limits would take if a limit acted on nothing, or as between the two highest. */
export const plainMethods = {
  'constant-time': ([highest]: readonly LimitedPoint[], lower: readonly LimitedPoint[]): LowerLimits => lower.map(() => highest!),
  linear: ([highest, second]: readonly LimitedPoint[], lower: readonly LimitedPoint[]): LowerLimits =>
    lower.map(({powerLimitWatts}) => {
      const share = (powerLimitWatts - highest!.powerLimitWatts) / (second!.powerLimitWatts - highest!.powerLimitWatts)
      const along = (name: 'latencySeconds' | 'energyJoules'): number => highest![name] + share * (second![name] - highest![name])
      return {latencySeconds: along('latencySeconds'), energyJoules: along('energyJoules')}
    }),
} as const

/**
 * What the description of a device may be off by: factors on its file's values, of which idle power is mostly an estimate, and so is how low a limit
 * takes the clock. Averages of work that waits at times are below what its busy time is held to, which is between the file's ratio and all of a limit.
 */
const [staticFactors, waitingFactors, lowestFactors, heldShares] = [
  [0.8, 0.9, 1, 1.15, 1.3, 1.4, 1.5],
  [0.85, 1, 1.15, 1.3],
  [1, 1.35, 1.8],
  [0, 1],
]

interface Candidate {
  readonly device: LimitedDevice
  readonly predicted: readonly LowerLimits[]
}

/** Predicts all lower limits of each sweep from its two highest and the device as its file has it: what `ridge extrapolate` does. */
export function fromTwoLimitsUnfitted(sweeps: readonly LimitSweep[], described: LimitedDevice): LowerLimits[] {
  return predictedBy(described, sweeps)
}

/**
 * Predicts all lower limits of each sweep from its two highest. The device's static and waiting power, lowest clock and held ratio are those,
 * near its file's, that err least on the sweeps of the other networks; where there is no other network, they are its file's.
 */
export function fromTwoLimits(sweeps: readonly LimitSweep[], described: LimitedDevice): LowerLimits[] {
  const candidates = candidateDevices(described).map((device): Candidate => ({device, predicted: predictedBy(device, sweeps)}))
  const errors = candidates.map(({predicted}) => sweeps.map((sweep, index) => summedError(sweep, predicted[index]!)))
  const bestWithout = (network: string): Candidate => {
    const others = sweeps.flatMap((sweep, index) => (sweep.network === network ? [] : [index]))
    if (others.length === 0) return {device: described, predicted: predictedBy(described, sweeps)}
    const sums = errors.map((ofCandidate) => others.reduce((sum, index) => sum + ofCandidate[index]!, 0))
    return candidates[sums.indexOf(Math.min(...sums))]!
  }
  const best = new Map([...new Set(sweeps.map(({network}) => network))].map((network) => [network, bestWithout(network)]))
  return sweeps.map(({network}, index) => best.get(network)!.predicted[index]!)
}

function candidateDevices(described: LimitedDevice): LimitedDevice[] {
  return staticFactors!.flatMap((statics) =>
    waitingFactors!.flatMap((waiting) =>
      lowestFactors!.flatMap((lowest) =>
        heldShares!.map((held) => ({
          ...described,
          staticWatts: described.staticWatts * statics,
          waitingWatts: described.waitingWatts * waiting,
          lowestClockRatio: described.lowestClockRatio * lowest,
          heldRatio: described.heldRatio + held * (1 - described.heldRatio),
        })),
      ),
    ),
  )
}

function predictedBy(device: LimitedDevice, sweeps: readonly LimitSweep[]): LowerLimits[] {
  const tables = new Map<string, ReturnType<typeof workTable>>()
  return sweeps.map(({points}) => {
    const limits = points.map(({powerLimitWatts}) => powerLimitWatts)
    const table = tables.get(limits.join()) ?? workTable(device, workPrior, limits)
    tables.set(limits.join(), table)
    return statesFromTable(points.slice(0, givenCount), table, limits, workPrior).slice(givenCount)
  })
}

function summedError({points}: LimitSweep, predicted: LowerLimits): number {
  return predicted.reduce((sum, {latencySeconds, energyJoules}, index) => {
    const measured = points[givenCount + index]!
    return sum + Math.abs(latencySeconds / measured.latencySeconds - 1) + Math.abs(energyJoules / measured.energyJoules - 1)
  }, 0)
}
