import type {Accelerator} from '../accelerator/accelerator.js'
import type {Measurable} from '../accelerator/refuse-estimates.js'
import {chosenFidelity} from '../cost/fidelity.js'
import {memoryClockToChoose, operatingPoint} from '../cost/operating-point.js'
import {UserError} from '../foundation/user-error.js'
import type {Workload} from '../workload/operator.js'
import {type ClockPlan, clockPlans, fastestClock, type LevelPlan} from './clock-plan.js'
import {kernelPoints, type PassKernels} from './kernel-points.js'
import {type PassHeader, passHeader} from './pass-header.js'
import type {PlanLevel} from './plan-units.js'
import {boundSeconds, type TimeBound} from './time-bound.js'

export interface PlanOptions extends TimeBound {
  readonly powerLimitWatts?: number | undefined
  readonly memoryClockHertz?: number | undefined
  /** Refuses what rests on estimates of these. */
  readonly measuredOnly?: readonly Measurable[] | undefined
  readonly fidelity?: string | undefined
  /** Times that a change of clock takes, each planned for. */
  readonly switchSeconds?: readonly number[] | undefined
}

/** All runs of an operator at one clock. */
export interface PlanGroup {
  readonly operator: string
  readonly stage: string
  readonly clockHertz: number
  readonly runCount: number
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly boundBy: string
}

/** What kernels that one resource bounds at the fastest single clock take of its time, and what a plan saves or spends in them. */
export interface BoundShare {
  readonly boundBy: string
  readonly timeRatio: number
  readonly savedJoules: number
  readonly addedSeconds: number
}

/** A plan of one level beside the fastest single clock. */
export interface LevelRecord {
  readonly level: PlanLevel
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly averageWatts: number
  readonly slowdownRatio: number
  readonly savedEnergyRatio: number
  /** No plan of this level saves more than this beyond. */
  readonly gapRatio: number
  readonly switchCount: number
  readonly switchSeconds: number
  readonly switchJoules: number
  readonly groups: readonly PlanGroup[]
  readonly byBound: readonly BoundShare[]
}

/** The plans of all levels where a change of clock takes this long. */
export interface SwitchingRecord {
  readonly switchSeconds: number
  readonly switchJoules: number
  readonly levels: readonly LevelRecord[]
}

/** Which clock every kernel of a pass should run at, for one clock, one a stage and one a kernel. */
export interface DvfsPlan extends PassHeader {
  /** Null where the memory has no clock to choose. */
  readonly memoryClockHertz: number | null
  readonly powerLimitWatts: number
  /** The average power that a pass may take under the limit. */
  readonly heldWatts: number
  readonly boundSeconds: number
  readonly stateCount: number
  readonly runCount: number
  /** Drawn while the clock changes: idle, static and clocking power at the highest clock. */
  readonly switchWatts: number
  /** The fastest single clock that holds the power limit: the highest, or the average that the limit leaves of it. */
  readonly reference: {
    readonly throttled: boolean
    readonly clockHertz: number
    readonly latencySeconds: number
    readonly energyJoules: number
    readonly averageWatts: number
  }
  readonly switchings: readonly SwitchingRecord[]
}

/** A record of plans, and behind it the clock of every run. */
export interface PlannedPass {
  readonly record: DvfsPlan
  readonly kernels: PassKernels
  readonly plans: readonly {readonly switchSeconds: number; readonly levels: readonly LevelPlan[]}[]
}

/** Kernels are slowed by no more than this unless a bound is asked for: next to nothing, as a person would accept without being asked. */
const defaultSlowdownRatio = 0.01

/**
 * A change of clock may cost nothing, 1 ms or 10 ms: an ideal, and orders of magnitude around what is measured, which differs by device
 * and by pair of clocks (Velicka, Vysocky and Riha, "Methodology for GPU frequency switching latency measurement", arXiv:2502.20075, 2025).
 */
export const plannedSwitchSeconds: readonly number[] = [0, 1e-3, 1e-2]

/** Plans the clocks of a pass at every level and switching time. */
export function plannedPass(accelerator: Accelerator, workload: Workload, options: PlanOptions): PlannedPass {
  const {powerLimitWatts: asked, measuredOnly} = options
  const at = operatingPoint(accelerator, {powerLimitWatts: asked, memoryClockHertz: options.memoryClockHertz})
  const {powerLimitWatts} = at
  const fidelity = chosenFidelity(accelerator, options.fidelity)
  const kernels = kernelPoints(accelerator, workload, {...at, fidelity, measuredOnly})
  const reference = fastestClock(kernels)
  const clockHertz = kernels.clockHertz[reference.stateOfRun[0]!]!
  const isUnbounded = options.slowdownRatio === undefined && options.deadlineSeconds === undefined
  const bound = isUnbounded ? {slowdownRatio: defaultSlowdownRatio} : options
  const deadlineSeconds = boundSeconds(bound, reference.latencySeconds, `${Number((clockHertz / 1e6).toPrecision(4))} MHz`)!
  refuseNegativeSwitches(options)
  const plans = (options.switchSeconds ?? plannedSwitchSeconds).map((switchSeconds) => {
    const switchJoules = switchSeconds * kernels.waitingWatts
    return {switchSeconds, switchJoules, levels: clockPlans(kernels, {deadlineSeconds, switchSeconds, switchJoules})}
  })
  const record = {
    ...passHeader(accelerator, workload, fidelity),
    memoryClockHertz: memoryClockToChoose(accelerator, at),
    powerLimitWatts,
    heldWatts: kernels.heldWatts,
    boundSeconds: deadlineSeconds,
    stateCount: kernels.stateCount,
    runCount: kernels.runs.kernelIndex.length,
    switchWatts: kernels.waitingWatts,
    reference: {
      throttled: reference.stateOfRun[0] === kernels.stateCount,
      clockHertz,
      latencySeconds: reference.latencySeconds,
      energyJoules: reference.energyJoules,
      averageWatts: reference.energyJoules / reference.latencySeconds,
    },
    switchings: plans.map(({switchSeconds, switchJoules, levels}) => ({
      switchSeconds,
      switchJoules,
      levels: levels.map((plan) => levelRecord(kernels, plan, reference, {switchSeconds, switchJoules})),
    })),
  }
  return {record, kernels, plans}
}

function refuseNegativeSwitches({switchSeconds = []}: PlanOptions): void {
  const wrong = switchSeconds.find((seconds) => !(seconds >= 0 && Number.isFinite(seconds)))
  if (wrong === undefined) return
  throw new UserError(`a change of clock can't take ${wrong} s`, {code: 'SWITCH_INVALID', suggestions: ['give 0 s or more']})
}

function levelRecord(
  pass: PassKernels,
  plan: LevelPlan,
  reference: ClockPlan,
  {switchSeconds, switchJoules}: {readonly switchSeconds: number; readonly switchJoules: number},
): LevelRecord {
  const {level, latencySeconds, energyJoules, gapJoules, switchCount} = plan
  return {
    level,
    latencySeconds,
    energyJoules,
    averageWatts: energyJoules / latencySeconds,
    slowdownRatio: latencySeconds / reference.latencySeconds - 1,
    savedEnergyRatio: 1 - energyJoules / reference.energyJoules,
    gapRatio: gapJoules / reference.energyJoules,
    switchCount,
    switchSeconds: switchCount * switchSeconds,
    switchJoules: switchCount * switchJoules,
    groups: planGroups(pass, plan),
    byBound: boundShares(pass, plan, reference),
  }
}

/** Runs of an operator at one clock together, in the order in which they first run. */
function planGroups({kernels, runs, clockHertz}: PassKernels, {stateOfRun}: ClockPlan): PlanGroup[] {
  const counts = new Map<number, number>()
  for (const [run, index] of runs.kernelIndex.entries()) {
    const key = index * clockHertz.length + stateOfRun[run]!
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return Array.from(counts, ([key, runCount]) => {
    const [{name, stage, points, boundBy}, state] = [kernels[Math.floor(key / clockHertz.length)]!, key % clockHertz.length]
    return {
      operator: name,
      stage,
      clockHertz: clockHertz[state]!,
      runCount,
      latencySeconds: runCount * points.latencySeconds[state]!,
      energyJoules: runCount * points.energyJoules[state]!,
      boundBy: boundBy[state]!,
    }
  })
}

function boundShares({kernels, runs}: PassKernels, {stateOfRun}: ClockPlan, reference: ClockPlan): BoundShare[] {
  const shares = new Map<string, {seconds: number; savedJoules: number; addedSeconds: number}>()
  for (const [run, index] of runs.kernelIndex.entries()) {
    const {points, boundBy} = kernels[index]!
    const [from, to] = [reference.stateOfRun[run]!, stateOfRun[run]!]
    const share = shares.get(boundBy[from]!) ?? {seconds: 0, savedJoules: 0, addedSeconds: 0}
    share.seconds += points.latencySeconds[from]!
    share.savedJoules += points.energyJoules[from]! - points.energyJoules[to]!
    share.addedSeconds += points.latencySeconds[to]! - points.latencySeconds[from]!
    shares.set(boundBy[from]!, share)
  }
  return Array.from(shares, ([boundBy, {seconds, savedJoules, addedSeconds}]) => ({
    boundBy,
    timeRatio: seconds / reference.latencySeconds,
    savedJoules,
    addedSeconds,
  }))
}
