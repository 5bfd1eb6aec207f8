import {exitCodes, UserError} from '../foundation/user-error.js'
import {type Frontier, frontierOf} from '../frontier/frontier.js'
import {choose, pickByDeadline} from '../frontier/pick.js'
import {knobsInOrder} from '../frontier/plan.js'
import {restrict} from '../frontier/restrict.js'
import {sequence} from '../frontier/sequence.js'
import {sequenceWithSwitching} from '../frontier/switching.js'
import type {PassKernels} from './kernel-points.js'
import {type PlanLevel, type PlanUnits, planLevels, planUnits, unitsBetween} from './plan-units.js'

/** By when a pass must end, the limit on its mean power, and what a change of clock costs. */
export interface PlanLimits {
  readonly deadlineSeconds: number
  readonly powerLimitWatts: number
  readonly switchSeconds: number
  readonly switchJoules: number
}

/** The clock state of every run of a pass. Passes follow each other, so one that ends at another clock than it began pays that switch too. */
export interface ClockPlan {
  readonly stateOfRun: Int32Array
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly switchCount: number
}

/** The plan of a level. */
export interface LevelPlan extends ClockPlan {
  readonly level: PlanLevel
  /** No plan of this level takes less energy than this one less so much. */
  readonly gapJoules: number
}

/** So few units are combined exactly: 81 states in each of three take half a million pairs. */
const exactUnitCount = 4
const exactPairCount = 1_000_000
/** Sums of the same times in another order differ by this much at the most. */
const rounding = 1e-9
/** How many ways to place the switches, around the deadline, are tried with other clocks between them. */
const triedPlacements = 8

/** The fastest single clock that holds the power limit, to which plans are compared. */
export function fastestClock(pass: PassKernels, powerLimitWatts: number): ClockPlan {
  if (pass.clockHertz.length < 2)
    throw new UserError('a device with one clock leaves nothing to plan', {
      code: 'PLAN_NOTHING',
      suggestions: ['choose an accelerator whose core clock has states'],
    })
  const units = planUnits(pass, 'pass')
  const held = restrict(frontierOf(units.sets[0]!, {keptToWatts: powerLimitWatts}), {powerCapWatts: powerLimitWatts})
  if (held.kind === 'infeasible')
    throw new UserError(`no single clock holds ${powerLimitWatts} W in this pass, so there is nothing to plan`, {
      code: 'PLAN_POWER_LIMIT',
      suggestions: ['give a higher power limit'],
      exitCode: exitCodes.infeasible,
    })
  const {latencySeconds, energyJoules, plan} = choose(held, 0)
  return {stateOfRun: statesOfRuns(units, [...knobsInOrder(plan)]), latencySeconds, energyJoules, switchCount: 0}
}

/** For each level the plan of least energy within the deadline and the power limit; a level may also follow the plan of the one before it. */
export function clockPlans(pass: PassKernels, limits: PlanLimits): LevelPlan[] {
  const rounded = {
    ...limits,
    deadlineSeconds: limits.deadlineSeconds * (1 + rounding),
    powerLimitWatts: limits.powerLimitWatts * (1 + rounding),
  }
  const plans: LevelPlan[] = []
  for (const level of planLevels) {
    const {plan, leastJoules} = bestPlan(planUnits(pass, level, isFree(limits)), pass, rounded)
    const before = plans.at(-1)
    const best = plan === undefined || (before !== undefined && before.energyJoules <= plan.energyJoules) ? before : plan
    if (best === undefined)
      throw new UserError(`no clock ends this pass in ${limits.deadlineSeconds * 1e3} ms within ${limits.powerLimitWatts} W`, {
        code: 'DEADLINE_UNMET',
        suggestions: ['give it more time, or a higher power limit'],
        exitCode: exitCodes.infeasible,
      })
    plans.push({...best, level, gapJoules: Math.max(0, best.energyJoules - leastJoules)})
  }
  return plans
}

/** The best of the plans that the algebra finds, and an energy that no plan undercuts. */
function bestPlan(units: PlanUnits, pass: PassKernels, limits: PlanLimits): {plan: ClockPlan | undefined; leastJoules: number} {
  const free = {...limits, switchSeconds: 0, switchJoules: 0}
  const relaxed = unitFrontier(units, free, 0)
  const plain = isFree(limits) ? relaxed : unitFrontier(units, limits, 0)
  const leastJoules = Math.max(leastInTime(relaxed, limits), leastInTime(plain, limits))
  const plan = cheapestWithin(plain, units, pass, limits)
  const cheapest = pickByDeadline(plain, limits.deadlineSeconds)
  const isCapped = cheapest.kind === 'chosen' && cheapest.energyJoules > limits.powerLimitWatts * cheapest.latencySeconds
  if (!isCapped) return {plan, leastJoules}
  // Points that a faster and cheaper one beats can be the best that hold the limit.
  return {plan: cheapestWithin(unitFrontier(units, limits, limits.powerLimitWatts), units, pass, limits), leastJoules}
}

/** What no way within the deadline undercuts, whatever its power. */
function leastInTime(set: Frontier<number>, {deadlineSeconds}: PlanLimits): number {
  const cheapest = pickByDeadline(set, deadlineSeconds)
  return cheapest.kind === 'infeasible' ? 0 : cheapest.energyJoules - set.boundJoules
}

/**
 * The plan of least energy within deadline and power limit: of all rows in time, and of the rows around the deadline with
 * other clocks between the same switches, which the convex hull of a long chain misses.
 */
function cheapestWithin(set: Frontier<number>, units: PlanUnits, pass: PassKernels, limits: PlanLimits): ClockPlan | undefined {
  const statesOf = (row: number): number[] => [...knobsInOrder(set.planOf(row))]
  const rows = Array.from(set.latencySeconds, (_, row) => row)
  const lateRow = rows.find((row) => set.latencySeconds[row]! > limits.deadlineSeconds) ?? rows.length
  let best: ClockPlan | undefined
  for (let row = lateRow - 1; row >= 0; row--)
    if (best === undefined || set.energyJoules[row]! < best.energyJoules) best = better(best, planOf(statesOf(row), units, limits))
  if (isFree(limits)) return best
  for (const around of [rows.slice(0, lateRow).reverse(), rows.slice(lateRow)])
    for (const starts of placements(around, statesOf)) best = better(best, respaced(starts, units, pass, limits))
  return best
}

/** The first few ways in which rows place their switches: the units before which they switch. */
function* placements(rows: readonly number[], statesOf: (row: number) => number[]): Generator<number[], void, undefined> {
  const tried = new Set<string>()
  for (const row of rows) {
    const states = statesOf(row)
    const starts = [...states.keys()].filter((unit) => unit === 0 || states[unit] !== states[unit - 1])
    const size = tried.size
    if (tried.add(starts.join()).size > size) yield starts
    if (tried.size === triedPlacements) return
  }
}

function better(best: ClockPlan | undefined, other: ClockPlan | undefined): ClockPlan | undefined {
  return best === undefined || (other !== undefined && other.energyJoules < best.energyJoules) ? other : best
}

/** The best clocks between switches at these places. */
function respaced(starts: readonly number[], units: PlanUnits, pass: PassKernels, limits: PlanLimits): ClockPlan | undefined {
  const runStarts = starts.map((unit) => units.runStarts[unit]!)
  const stretches = unitsBetween(pass, runStarts)
  const set = unitFrontier(stretches, {...limits, switchSeconds: 0, switchJoules: 0}, 0)
  const switchCount = starts.length > 1 ? starts.length : 0
  const chosen = pickByDeadline(set, limits.deadlineSeconds - switchCount * limits.switchSeconds)
  return chosen.kind === 'infeasible' ? undefined : planOf([...knobsInOrder(chosen.plan)], stretches, limits)
}

/** What these clocks cost, switches paid; nothing where they break a limit. */
function planOf(states: readonly number[], units: PlanUnits, limits: PlanLimits): ClockPlan | undefined {
  const switchCount = switchCountOf(states)
  let [latencySeconds, energyJoules] = [switchCount * limits.switchSeconds, switchCount * limits.switchJoules]
  for (const [unit, state] of states.entries()) {
    const points = units.sets[units.setIndex[unit]!]!
    latencySeconds += points.latencySeconds[state]!
    energyJoules += points.energyJoules[state]!
  }
  if (latencySeconds > limits.deadlineSeconds || energyJoules > limits.powerLimitWatts * latencySeconds) return undefined
  return {stateOfRun: statesOfRuns(units, states), latencySeconds, energyJoules, switchCount}
}

function isFree({switchSeconds, switchJoules}: Pick<PlanLimits, 'switchSeconds' | 'switchJoules'>): boolean {
  return switchSeconds === 0 && switchJoules === 0
}

/** All ways to run the units one after the other, a clock each. */
function unitFrontier({sets, setIndex}: PlanUnits, limits: PlanLimits, keptToWatts: number): Frontier<number> {
  const exactness = setIndex.length <= exactUnitCount ? {exactPairCount} : {}
  if (isFree(limits)) {
    const frontiers = sets.map((points) => frontierOf(points, {keptToWatts}))
    return sequence(
      Array.from(setIndex, (set) => frontiers[set]!),
      exactness,
    )
  }
  const parts = Array.from(setIndex, (set) => sets[set]!)
  return sequenceWithSwitching(parts, limits.switchSeconds, limits.switchJoules, (state) => state, {keptToWatts, ...exactness})
}

function statesOfRuns({runStarts}: PlanUnits, stateOfUnit: readonly number[]): Int32Array {
  const states = new Int32Array(runStarts.at(-1)!)
  for (const [unit, state] of stateOfUnit.entries()) states.fill(state, runStarts[unit]!, runStarts[unit + 1]!)
  return states
}

/** Changes from one unit to the next, and from the last to the first of the next pass. */
function switchCountOf(states: readonly number[]): number {
  return states.filter((state, unit) => state !== states.at(unit - 1)).length
}
