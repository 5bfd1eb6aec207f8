import type {Goal} from '../frontier/pareto-front.js'

/** Ways to judge a design that serves several workloads; the least score is the best. */
const robustMeasures = {
  /** The worst of its results: Wald, "Statistical decision functions", 1950. */
  worst: (results, goal) => results.reduce((most, {value}) => Math.max(most, cost(value, goal)), Number.NEGATIVE_INFINITY),
  /** The mean of its results, each counted by its workload's weight. */
  weighted: (results, goal) => {
    const weight = results.reduce((sum, {weightValue}) => sum + weightValue, 0)
    return results.reduce((sum, {value, weightValue}) => sum + weightValue * cost(value, goal), 0) / weight
  },
  /** The most that it loses on any workload beside the best design for that one: Savage, "The theory of statistical decision", 1951. */
  regret: (results, goal) => results.reduce((most, {value, bestValue}) => Math.max(most, regretRatio(value, bestValue, goal)), 0),
} satisfies Record<string, (results: readonly WorkloadResult[], goal: Goal) => number>

export type RobustMeasure = keyof typeof robustMeasures

export const robustMeasureNames = Object.keys(robustMeasures) as readonly RobustMeasure[]

/** What one design gives on one workload. */
export interface WorkloadResult {
  readonly value: number
  /** What the best design for this workload alone gives. */
  readonly bestValue: number
  readonly weightValue: number
}

function cost(value: number, goal: Goal): number {
  return goal === 'min' ? value : -value
}

/** By which share of the best a result falls short of it: 0.2 is a fifth more time, or a fifth less speed; below 0 where it is better. */
export function regretRatio(value: number, bestValue: number, goal: Goal): number {
  const shortfall = cost(value, goal) - cost(bestValue, goal)
  return shortfall === 0 ? 0 : shortfall / Math.abs(bestValue)
}

/** Results of designs on one workload; NaN where a design can't serve it. */
export interface WorkloadColumn {
  readonly values: Float64Array
  readonly weightValue: number
}

/** Scores of designs over workloads, the least best; NaN for a design that can't serve them all. */
export function robustScores(workloads: readonly WorkloadColumn[], goal: Goal, by: RobustMeasure): Float64Array {
  const measure = robustMeasures[by]
  const bests = workloads.map(({values}) => bestOf(values, goal))
  return (workloads[0]?.values ?? new Float64Array(0)).map((_, design) => {
    const results = workloads.map(({values, weightValue}, index) => ({value: values[design]!, bestValue: bests[index]!, weightValue}))
    return results.some(({value}) => Number.isNaN(value)) ? Number.NaN : measure(results, goal)
  })
}

/** Scores that differ by less are alike: a share of the score, or of the best result where the score is itself such a share. */
const alikeRatio = 1e-9

/** Designs that have a score, the best first; of those whose scores are alike, `before` says which comes first. */
export function rankedDesigns(scores: Float64Array, by: RobustMeasure, before: (a: number, b: number) => number): Int32Array {
  const ranked = Int32Array.from(scores.keys())
    .filter((design) => !Number.isNaN(scores[design]!))
    .sort((a, b) => scores[a]! - scores[b]! || a - b)
  for (let start = 0, end = 0; start < ranked.length; start = end) {
    const best = scores[ranked[start]!]!
    const limit = best + alikeRatio * Math.max(Math.abs(best), by === 'regret' ? 1 : 0)
    while (end < ranked.length && scores[ranked[end]!]! <= limit) end++
    if (end - start > 1) ranked.subarray(start, end).sort((a, b) => before(a, b) || a - b)
  }
  return ranked
}

/** The best of values, those that are not known left out; NaN where none is. */
export function bestOf(values: Float64Array, goal: Goal): number {
  let best = Number.NaN
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (Number.isNaN(best) || (goal === 'min' ? value < best : value > best)) best = value
  }
  return best
}
