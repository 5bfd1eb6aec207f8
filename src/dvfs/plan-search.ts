import {type Frontier, frontierOf} from '../frontier/frontier.js'
import {type Chosen, pickByDeadline} from '../frontier/pick.js'
import {knobsInOrder} from '../frontier/plan.js'
import {sequence} from '../frontier/sequence.js'
import {sequenceWithSwitching} from '../frontier/switching.js'
import {leastPricedJoules, type PlanLimits} from './plan-bound.js'
import {gathered, type PlanUnits} from './plan-units.js'

/** The clock state of each unit. Passes follow each other, so one that ends at another clock than it began pays that switch too. */
export interface UnitPlan {
  readonly stateIndex: readonly number[]
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly switchCount: number
}

/** The best plan found, and an energy that no plan undercuts. */
export interface Search {
  readonly plan: UnitPlan | undefined
  readonly leastJoules: number
}

/** Of so few units every way to place the switches is tried, which is exact. */
const exactUnitCount = 4
/** Lets the clocks of as few units be chosen exactly: 81 states in each of three take half a million pairs. */
const exactPairCount = 1_000_000
/** Of a long chain so many rows before and behind the deadline are looked at, and so many ways to place the switches among them tried. */
const triedRows = 64
const triedPlacements = 8

/**
 * The clocks of least energy for units in a row, within deadline and power limit; `singleJoules` is what the best single clock
 * takes. A switch is never looked for as a pause that lowers the mean power.
 */
export function searchedPlan(units: PlanUnits, limits: PlanLimits, singleJoules: number): Search {
  const {plan, leastJoules} = searched(units, limits)
  return {plan, leastJoules: Math.max(leastJoules, Math.min(singleJoules, leastPricedJoules(units, limits)))}
}

function searched(units: PlanUnits, limits: PlanLimits): Search {
  if (isFree(limits)) return bestClocks(units, [], limits)
  const unitCount = units.setIndex.length
  if (unitCount <= exactUnitCount) return bestPlacement(units, allPlacements(unitCount), limits)
  return searchedChain(units, limits)
}

function isFree({switchSeconds, switchJoules}: PlanLimits): boolean {
  return switchSeconds === 0 && switchJoules === 0
}

/** The best of these ways to place the switches. */
function bestPlacement(units: PlanUnits, placements: Iterable<readonly number[]>, limits: PlanLimits): Search {
  let best: Search = {plan: undefined, leastJoules: Number.POSITIVE_INFINITY}
  for (const switches of placements) {
    const {plan, leastJoules} = placed(units, switches, limits, best.plan?.energyJoules)
    best = {plan: better(best.plan, plan), leastJoules: Math.min(best.leastJoules, leastJoules)}
  }
  return best
}

function better(best: UnitPlan | undefined, other: UnitPlan | undefined): UnitPlan | undefined {
  return best === undefined || (other !== undefined && other.energyJoules < best.energyJoules) ? other : best
}

/** Every set of units before which the clock may change; a pass that changes it once changes it back. */
function allPlacements(unitCount: number): number[][] {
  const units = Array.from({length: unitCount}, (_, unit) => unit)
  const subsets = Array.from({length: 2 ** unitCount}, (_, bits) => units.filter((unit) => (bits >> unit) & 1))
  return subsets.filter(({length}) => length !== 1)
}

/** The best clocks where the clock changes before these units and nowhere else; from the last of them on to the first it is one. */
function placed(units: PlanUnits, switches: readonly number[], limits: PlanLimits, knownJoules?: number): Search {
  return bestClocks(units, switches.length === 0 ? [0] : switches, limits, knownJoules)
}

/**
 * The best clocks of the groups of units that begin at these, switches between them paid; of each unit on its own where none is
 * given. Where they can't undercut a known plan, none that holds the power limit is looked for.
 */
function bestClocks(units: PlanUnits, starts: readonly number[], limits: PlanLimits, knownJoules = Number.POSITIVE_INFINITY): Search {
  const groups = starts.length === 0 ? units : gathered(units, starts)
  const switchCount = starts.length > 1 ? starts.length : 0
  const statesOf = (set: Frontier<number>, row: number): number[] => ungrouped([...knobsInOrder(set.planOf(row))], units, starts)
  const isExact = units.setIndex.length <= exactUnitCount
  const plain = inTurn(groups, 0, isExact)
  const cheapest = cheapestInTime(plain, limits.deadlineSeconds - switchCount * limits.switchSeconds)
  if (cheapest === undefined) return {plan: undefined, leastJoules: Number.POSITIVE_INFINITY}
  const leastJoules = cheapest.energyJoules - plain.boundJoules + switchCount * limits.switchJoules
  const plan = costOf(statesOf(plain, cheapest.rowIndex), units, limits)
  if (plan !== undefined || leastJoules >= knownJoules) return {plan, leastJoules}
  // Over the power limit: what a faster and cheaper way beats can be the best that holds it.
  const kept = inTurn(groups, limits.powerLimitWatts, isExact)
  return {plan: cheapestRow(kept, limits, switchCount, (row) => costOf(statesOf(kept, row), units, limits)), leastJoules}
}

/** All ways to run units one after the other, a clock each, switches free. */
function inTurn({sets, setIndex}: Pick<PlanUnits, 'sets' | 'setIndex'>, keptToWatts: number, isExact: boolean): Frontier<number> {
  const frontiers = sets.map((points) => frontierOf(points, {keptToWatts}))
  const parts = Array.from(setIndex, (set) => frontiers[set]!)
  return sequence(parts, isExact ? {exactPairCount} : {})
}

function cheapestInTime(set: Frontier<number>, deadlineSeconds: number): Chosen<number> | undefined {
  const cheapest = deadlineSeconds < 0 ? undefined : pickByDeadline(set, deadlineSeconds)
  return cheapest?.kind === 'chosen' ? cheapest : undefined
}

/** The row of least energy within the limits, once its switches are paid. */
function cheapestRow(
  {latencySeconds, energyJoules}: Frontier<number>,
  {deadlineSeconds, switchSeconds, switchJoules}: PlanLimits,
  switchCount: number,
  planOf: (row: number) => UnitPlan | undefined,
  mostRows = Number.POSITIVE_INFINITY,
): UnitPlan | undefined {
  let best: UnitPlan | undefined
  // From the slowest on: it takes the least energy, or nearly so, and faster rows need not be unfolded.
  for (let row = latencySeconds.length - 1, tried = 0; row >= 0 && tried < mostRows; row--) {
    if (latencySeconds[row]! + switchCount * switchSeconds > deadlineSeconds) continue
    if (best !== undefined && energyJoules[row]! + switchCount * switchJoules >= best.energyJoules) continue
    best = better(best, planOf(row))
    tried++
  }
  return best
}

/** The states of units from those of groups; units before the first group belong to the last, as passes follow each other. */
function ungrouped(stateOfGroup: readonly number[], {setIndex}: PlanUnits, starts: readonly number[]): number[] {
  if (starts.length === 0) return [...stateOfGroup]
  let group = -1
  return Array.from(setIndex, (_, unit) => {
    if (unit === starts[group + 1]) group++
    return stateOfGroup.at(group)!
  })
}

/** What these clocks cost, switches paid; nothing where they break a limit. */
function costOf(stateOfUnit: readonly number[], {sets, setIndex}: PlanUnits, limits: PlanLimits): UnitPlan | undefined {
  const switchCount = stateOfUnit.filter((state, unit) => state !== stateOfUnit.at(unit - 1)).length
  let [latencySeconds, energyJoules] = [switchCount * limits.switchSeconds, switchCount * limits.switchJoules]
  for (const [unit, state] of stateOfUnit.entries()) {
    const points = sets[setIndex[unit]!]!
    latencySeconds += points.latencySeconds[state]!
    energyJoules += points.energyJoules[state]!
  }
  if (latencySeconds > limits.deadlineSeconds || energyJoules > limits.powerLimitWatts * latencySeconds) return undefined
  return {stateIndex: stateOfUnit, latencySeconds, energyJoules, switchCount}
}

/**
 * A long chain: the algebra's chains in time, and for those around the deadline other clocks between the same switches, which
 * the convex hull misses. No plan undercuts the hull.
 */
function searchedChain(units: PlanUnits, limits: PlanLimits): Search {
  const {deadlineSeconds, powerLimitWatts, switchSeconds, switchJoules} = limits
  const chains = (keptToWatts: number): Frontier<number> => {
    const parts = Array.from(units.setIndex, (set) => units.sets[set]!)
    return sequenceWithSwitching(parts, switchSeconds, switchJoules, (state) => state, {keptToWatts})
  }
  const plain = chains(0)
  const cheapest = cheapestInTime(plain, deadlineSeconds)
  const leastJoules = cheapest === undefined ? Number.POSITIVE_INFINITY : cheapest.energyJoules - plain.boundJoules
  const isCapped = cheapest !== undefined && cheapest.energyJoules > powerLimitWatts * cheapest.latencySeconds
  return {plan: chainPlan(isCapped ? chains(powerLimitWatts) : plain, units, limits), leastJoules}
}

function chainPlan(set: Frontier<number>, units: PlanUnits, limits: PlanLimits): UnitPlan | undefined {
  const statesOf = (row: number): number[] => [...knobsInOrder(set.planOf(row))]
  const rows = Array.from(set.latencySeconds, (_, row) => row)
  const lateRow = rows.find((row) => set.latencySeconds[row]! > limits.deadlineSeconds) ?? rows.length
  let best = cheapestRow(set, limits, 0, (row) => costOf(statesOf(row), units, limits), triedRows)
  for (const around of [rows.slice(Math.max(0, lateRow - triedRows), lateRow).reverse(), rows.slice(lateRow, lateRow + triedRows)])
    for (const switches of placements(around, statesOf)) best = better(best, placed(units, switches, limits, best?.energyJoules).plan)
  return best
}

/** The first few ways in which rows place their switches: the units before which they switch. */
function* placements(rows: readonly number[], statesOf: (row: number) => number[]): Generator<number[], void, undefined> {
  const tried = new Set<string>()
  for (const row of rows) {
    if (tried.size === triedPlacements) return
    const states = statesOf(row)
    const switches = [...states.keys()].filter((unit) => states[unit] !== states.at(unit - 1))
    const key = switches.join()
    if (!tried.has(key)) yield switches
    tried.add(key)
  }
}
