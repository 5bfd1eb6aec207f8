import {exitCodes, UserError} from '../foundation/user-error.js'
import {frontierOf} from '../frontier/frontier.js'
import {choose} from '../frontier/pick.js'
import {knobsInOrder} from '../frontier/plan.js'
import {restrict} from '../frontier/restrict.js'
import type {PassKernels} from './kernel-points.js'
import type {PlanLimits} from './plan-bound.js'
import {searchedPlan} from './plan-search.js'
import {type PlanLevel, type PlanUnits, planLevels, planUnits} from './plan-units.js'

/** The clock state of every run of a pass. */
export interface ClockPlan {
  readonly stateOfRun: Int32Array
  readonly latencySeconds: number
  readonly energyJoules: number
  /** From one run to the next, and from the last to the first of the next pass. */
  readonly switchCount: number
}

/** The plan of a level. */
export interface LevelPlan extends ClockPlan {
  readonly level: PlanLevel
  /** No plan of this level takes less energy than this one less so much. */
  readonly gapJoules: number
}

/** Sums of the same numbers in another order differ by this much at the most. */
const rounding = 1e-9

/** The fastest single clock that holds the power limit, to which plans are compared: the highest, or what the limit leaves of it. */
export function fastestClock(pass: PassKernels): ClockPlan {
  if (pass.stateCount < 2)
    throw new UserError('a device with one clock leaves nothing to plan', {
      code: 'PLAN_NOTHING',
      suggestions: ['choose an accelerator whose core clock has states'],
    })
  const units = planUnits(pass, 'single')
  const held = restrict(frontierOf(units.sets[0]!, {keptToWatts: pass.heldWatts}), {powerCapWatts: pass.heldWatts})
  if (held.kind === 'infeasible') {
    const leastWatts = held.limit === 'power' ? Math.ceil(held.demandWatts) : pass.heldWatts
    throw new UserError(`no clock holds ${Number(pass.heldWatts.toPrecision(4))} W in this pass, so there is nothing to plan`, {
      code: 'PLAN_POWER_LIMIT',
      suggestions: [`the lowest power of any clock is ${leastWatts} W: give a higher power limit`],
      exitCode: exitCodes.infeasible,
    })
  }
  const {latencySeconds, energyJoules, plan} = choose(held, 0)
  return {stateOfRun: statesOfRuns(units, [...knobsInOrder(plan)]), latencySeconds, energyJoules, switchCount: 0}
}

/**
 * For each level the plan of least energy within the deadline and the power limit; a level may also follow the plan of the one
 * before it. The deadline is at least the time of the fastest single clock.
 */
export function clockPlans(pass: PassKernels, limits: Omit<PlanLimits, 'powerLimitWatts'>): LevelPlan[] {
  const rounded = {
    ...limits,
    deadlineSeconds: limits.deadlineSeconds * (1 + rounding),
    powerLimitWatts: pass.heldWatts * (1 + rounding),
  }
  const areSwitchesFree = limits.switchSeconds === 0 && limits.switchJoules === 0
  const plans: LevelPlan[] = []
  for (const level of planLevels) {
    const units = planUnits(pass, level, areSwitchesFree)
    const {plan, leastJoules} = searchedPlan(units, rounded, plans[0]?.energyJoules ?? 0)
    const own = plan === undefined ? undefined : {...plan, stateOfRun: statesOfRuns(units, plan.stateIndex)}
    const before = plans.at(-1)
    const best = own === undefined || (before !== undefined && before.energyJoules <= own.energyJoules) ? before : own
    if (best === undefined) throw new RangeError('the deadline leaves no single clock')
    const {stateOfRun, latencySeconds, energyJoules, switchCount} = best
    const gapJoules = Math.max(0, energyJoules - leastJoules)
    plans.push({level, stateOfRun, latencySeconds, energyJoules, switchCount, gapJoules})
  }
  return plans
}

function statesOfRuns({runStarts}: PlanUnits, stateOfUnit: readonly number[]): Int32Array {
  const states = new Int32Array(runStarts.at(-1)!)
  for (const [unit, state] of stateOfUnit.entries()) states.fill(state, runStarts[unit]!, runStarts[unit + 1]!)
  return states
}
