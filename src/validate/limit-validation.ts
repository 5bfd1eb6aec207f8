import {loadAccelerator} from '../accelerator/load-accelerator.js'
import {limitedDevice} from '../extrapolate/power-limits.js'
import {shippedNames} from '../spec/catalogue.js'
import type {TraceRow} from '../trace/trace-row.js'
import {fromTwoLimits, fromTwoLimitsUnfitted, givenCount, type LowerLimits, plainMethods} from './limit-methods.js'
import {findLimitSweeps, type LimitSweep, unheldLimits} from './limit-sweeps.js'
import {type MeanErrors, meanErrors, meanOf} from './mean-errors.js'

const limitMethods = ['two-limits', 'two-limits-unfitted', 'constant-time', 'linear', 'fixed-limit'] as const
export type LimitMethod = (typeof limitMethods)[number]

/** How well a method predicts the lower power limits of a device's sweeps from their two highest, and the limit that it chooses for least energy. */
export interface LimitErrors {
  readonly device: string
  readonly method: LimitMethod
  readonly sweepCount: number
  /** Limits that were predicted, over all sweeps; errors are their means, null where a method predicts nothing. */
  readonly limitCount: number
  readonly errors: MeanErrors | null
  /** Without the limits that the device can't hold. */
  readonly heldCount: number
  readonly heldErrors: MeanErrors | null
  /** Sweeps whose lowest limit slows them down: there the choice of a limit matters. */
  readonly chosenCount: number
  /** Shares of them whose chosen limit is the best, or next to it. */
  readonly nearBestRatio: number | null
  /** Energy at the chosen limit over that at the best one, less 1. */
  readonly regretRatio: number | null
}

export interface LimitValidation {
  readonly sweepCount: number
  readonly unheld: readonly {readonly device: string; readonly powerLimitWatts: number}[]
  readonly skipped: readonly {readonly device: string; readonly reason: string}[]
  readonly methods: readonly LimitErrors[]
}

/** Scores predictions of work under lower power limits; null where nothing was measured under three or more. */
export function scoreLimits(rows: readonly TraceRow[], accelerator: string | undefined): LimitValidation | null {
  const sweeps = findLimitSweeps(rows)
  if (sweeps.length === 0) return null
  const known = new Set(shippedNames('accelerator'))
  const devices = [...new Set(sweeps.map(({device}) => device))]
  const described = devices.filter((device) => accelerator !== undefined || known.has(device))
  return {
    sweepCount: sweeps.length,
    unheld: devices.flatMap((device) => unheldLimits(ofDevice(sweeps, device)).map((powerLimitWatts) => ({device, powerLimitWatts}))),
    skipped: devices
      .filter((device) => !described.includes(device))
      .map((device) => ({device, reason: 'no accelerator file describes it'})),
    methods: described.flatMap((device) => deviceErrors(device, ofDevice(sweeps, device), accelerator ?? device)),
  }
}

function ofDevice(sweeps: readonly LimitSweep[], device: string): LimitSweep[] {
  return sweeps.filter((sweep) => sweep.device === device)
}

function deviceErrors(device: string, sweeps: readonly LimitSweep[], accelerator: string): LimitErrors[] {
  const unheld = unheldLimits(sweeps)
  const fixed = fixedLimits(sweeps)
  const described = limitedDevice(loadAccelerator(accelerator))
  const predictions: Record<Exclude<LimitMethod, 'fixed-limit'>, LowerLimits[]> = {
    'two-limits': fromTwoLimits(sweeps, described),
    'two-limits-unfitted': fromTwoLimitsUnfitted(sweeps, described),
    'constant-time': sweeps.map(({points}) => plainMethods['constant-time'](points, points.slice(givenCount))),
    linear: sweeps.map(({points}) => plainMethods.linear(points, points.slice(givenCount))),
  }
  return limitMethods.map((method) => {
    const predicted = method === 'fixed-limit' ? undefined : predictions[method]
    const pairs = sweeps.flatMap(({points}, index) =>
      (predicted?.[index] ?? []).map((state, row) => ({measured: points[givenCount + row]!, predicted: state})),
    )
    const held = pairs.filter(({measured}) => !unheld.includes(measured.powerLimitWatts))
    const choices = sweeps.flatMap((sweep, index) =>
      isSlowed(sweep) ? [choice(sweep, chosenIndex(sweep, predicted?.[index], fixed[index]!))] : [],
    )
    return {
      device,
      method,
      sweepCount: sweeps.length,
      limitCount: pairs.length,
      errors: meanErrors(pairs),
      heldCount: held.length,
      heldErrors: meanErrors(held),
      chosenCount: choices.length,
      nearBestRatio: meanOf(choices.map(({isNear}) => (isNear ? 1 : 0))),
      regretRatio: meanOf(choices.map(({regretRatio}) => regretRatio)),
    }
  })
}

/** Slower by more than epochs differ from one another. */
const slowedRatio = 0.05

/** The work draws more than the lowest limit lets it, and takes longer for it. */
function isSlowed({points}: LimitSweep): boolean {
  const [highest, lowest] = [points[0]!, points.at(-1)!]
  return highest.averageWatts > lowest.powerLimitWatts && lowest.latencySeconds > (1 + slowedRatio) * highest.latencySeconds
}

/** The limit of least energy, by the two that are measured and those that are predicted. */
function chosenIndex({points}: LimitSweep, predicted: LowerLimits | undefined, fixedWatts: number): number {
  if (predicted === undefined)
    return Math.max(
      points.findIndex(({powerLimitWatts}) => powerLimitWatts <= fixedWatts),
      0,
    )
  return leastIndex([...points.slice(0, givenCount), ...predicted].map(({energyJoules}) => energyJoules))
}

function choice({points}: LimitSweep, chosen: number) {
  const best = leastIndex(points.map(({energyJoules}) => energyJoules))
  return {isNear: Math.abs(chosen - best) <= 1, regretRatio: points[chosen]!.energyJoules / points[best]!.energyJoules - 1}
}

/** For each sweep the one limit that would have cost the other networks least. */
function fixedLimits(sweeps: readonly LimitSweep[]): number[] {
  const limits = [...new Set(sweeps.flatMap(({points}) => points.map(({powerLimitWatts}) => powerLimitWatts)))]
  return sweeps.map(({network}) => {
    const others = sweeps.filter((sweep) => sweep.network !== network && isSlowed(sweep))
    const regrets = limits.map((limit) =>
      others.reduce((sum, sweep) => sum + choice(sweep, chosenIndex(sweep, undefined, limit)).regretRatio, 0),
    )
    return limits[leastIndex(regrets)]!
  })
}

function leastIndex(values: readonly number[]): number {
  return values.indexOf(Math.min(...values))
}
