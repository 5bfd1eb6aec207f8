import type {Points} from '../frontier/frontier.js'
import type {Kernel, PassKernels} from './kernel-points.js'

export const planLevels = ['pass', 'stage', 'kernel'] as const
/** What may have a clock of its own: the whole pass, each of its stages (forward, backward, optimizer), or each run of a kernel. */
export type PlanLevel = (typeof planLevels)[number]

/** Runs that share a clock, one unit after the other. */
export interface PlanUnits {
  /** Time and energy of all runs of a unit together, by state; units of the same kernels share a set. */
  readonly sets: readonly Points<number>[]
  /** For each unit its set. */
  readonly setIndex: Int32Array
  /** The first run of each unit, and at the end the count of runs. */
  readonly runStarts: Int32Array
}

/** Past this many runs, where switches cost, the turns of a repeated stretch have a clock each, or whole stages. */
const mostUnits = 4096

/** The units of a level; free switches leave all runs on their own, however many. */
export function planUnits(pass: PassKernels, level: PlanLevel, isFree = false): PlanUnits {
  const {kernels, runs} = pass
  const all = Array.from(runs.kernelIndex.keys())
  const stageOf = (run: number): string => kernels[runs.kernelIndex[run]!]!.stage
  const stages = all.filter((run) => run === 0 || stageOf(run) !== stageOf(run - 1))
  if (level === 'pass') return unitsBetween(pass, [0])
  if (level === 'stage') return unitsBetween(pass, stages)
  return unitsBetween(pass, [all, runs.repeatStarts].find(({length}) => isFree || length <= mostUnits) ?? stages)
}

/** Units that begin at these runs. */
export function unitsBetween({kernels, runs}: PassKernels, starts: ArrayLike<number>): PlanUnits {
  const runStarts = Int32Array.from([...Array.from(starts), runs.kernelIndex.length])
  const [sets, known]: [Points<number>[], Map<string, number>] = [[], new Map()]
  const setIndex = new Int32Array(runStarts.length - 1)
  for (let unit = 0; unit < setIndex.length; unit++) {
    const kernelIndex = runs.kernelIndex.subarray(runStarts[unit]!, runStarts[unit + 1]!)
    const key = kernelIndex.join()
    const index = known.get(key) ?? sets.push(pointsOfAll(kernels, kernelIndex)) - 1
    known.set(key, index)
    setIndex[unit] = index
  }
  return {sets, setIndex, runStarts}
}

/** Kernels one after the other at one clock, state by state. */
function pointsOfAll(kernels: readonly Kernel[], kernelIndex: Int32Array): Points<number> {
  const {knobs} = kernels[kernelIndex[0]!]!.points
  const latencySeconds = new Float64Array(knobs.length)
  const energyJoules = new Float64Array(knobs.length)
  for (const index of kernelIndex) {
    const {points} = kernels[index]!
    for (let state = 0; state < knobs.length; state++) {
      latencySeconds[state]! += points.latencySeconds[state]!
      energyJoules[state]! += points.energyJoules[state]!
    }
  }
  return {latencySeconds, energyJoules, knobs}
}
