import type {PlanUnits} from './plan-units.js'

/** By when a pass must end, the limit on its mean power, and what a change of clock costs. */
export interface PlanLimits {
  readonly deadlineSeconds: number
  readonly powerLimitWatts: number
  readonly switchSeconds: number
  readonly switchJoules: number
}

/**
 * An energy that no clocks of these units undercut within deadline and power limit, unless they switch fewer than twice: the
 * limits are priced instead of held, and the prices that say the most are taken. Everett, "Generalized Lagrange multiplier method
 * for solving problems of optimum allocation of resources", Operations Research 11(3), 1963.
 */
export function leastPricedJoules(units: PlanUnits, limits: PlanLimits): number {
  const {deadlineSeconds, powerLimitWatts, switchSeconds, switchJoules} = limits
  const runs = unitCounts(units)
  const mostJoules = runs.reduce((sum, {points, unitCount}) => sum + unitCount * Math.max(...Array.from(points.energyJoules)), 0)
  const scaleWatts = mostJoules / deadlineSeconds
  // Prices of a joule above the power limit and of a second, p, as the shares p / (1 + p) of an end that they never reach.
  const boundAt = (powerShare: number, timeShare: number): number => {
    const overPrice = powerShare / (1 - powerShare)
    const lateWatts = (scaleWatts * timeShare) / (1 - timeShare)
    const joulesPrice = 1 + overPrice
    const secondsPrice = lateWatts - (overPrice === 0 ? 0 : overPrice * powerLimitWatts)
    const switchPrice = joulesPrice * switchJoules + secondsPrice * switchSeconds
    let sum = Math.min(2 * switchPrice, units.setIndex.length * switchPrice) - lateWatts * deadlineSeconds
    for (const {points, unitCount} of runs) {
      let least = Number.POSITIVE_INFINITY
      for (let state = 0; state < points.knobs.length; state++) {
        const price = joulesPrice * points.energyJoules[state]! + secondsPrice * points.latencySeconds[state]!
        if (price < least) least = price
      }
      sum += unitCount * least
    }
    return sum
  }
  const boundUnder = (powerShare: number): number => greatest((timeShare) => boundAt(powerShare, timeShare))
  return Number.isFinite(powerLimitWatts) ? greatest(boundUnder) : boundUnder(0)
}

/** How many units there are of each set. */
function unitCounts({sets, setIndex}: PlanUnits) {
  const unitCount = new Int32Array(sets.length)
  for (const set of setIndex) unitCount[set]!++
  return sets.map((points, set) => ({points, unitCount: unitCount[set]!}))
}

const goldenRatio = (Math.sqrt(5) - 1) / 2
const searchSteps = 40
const highestShare = 0.999

/** The greatest value of a function that rises to one peak, by golden section. */
function greatest(valueAt: (share: number) => number): number {
  let [low, high] = [0, highestShare]
  let [left, right] = [high - goldenRatio * high, goldenRatio * high]
  let [leftValue, rightValue] = [valueAt(left), valueAt(right)]
  let best = Math.max(valueAt(0), leftValue, rightValue)
  for (let step = 0; step < searchSteps; step++) {
    if (leftValue > rightValue) {
      ;[high, right, rightValue] = [right, left, leftValue]
      left = high - goldenRatio * (high - low)
      leftValue = valueAt(left)
    } else {
      ;[low, left, leftValue] = [left, right, rightValue]
      right = low + goldenRatio * (high - low)
      rightValue = valueAt(right)
    }
    best = Math.max(best, leftValue, rightValue)
  }
  return best
}
