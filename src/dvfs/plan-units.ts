import type {Points} from '../frontier/frontier.js'
import type {PassKernels} from './kernel-points.js'

export const planLevels = ['single', 'stage', 'kernel'] as const
/** What has a clock of its own: all of the pass together, each of its stages (forward, backward, optimizer), or each run of a kernel. */
export type PlanLevel = (typeof planLevels)[number]

/** Runs that share a clock, one unit after the other. */
export interface PlanUnits {
  /** Time and energy of all runs of a unit together, by clock; units of the same kernels share a set. */
  readonly sets: readonly Points<number>[]
  /** For each unit its set. */
  readonly setIndex: Int32Array
  /** The first run of each unit, and at the end the count of runs. */
  readonly runStarts: Int32Array
}

/** Past this many runs, where switches cost, the turns of a repeated stretch have a clock each, or whole stages. */
const mostUnits = 4096

/** The units of a level, of which all together may also run at the clock that a power limit leaves; free switches leave all runs on their own, however many. */
export function planUnits(pass: PassKernels, level: PlanLevel, isFree = false): PlanUnits {
  const {kernels, runs} = pass
  const all = Array.from(runs.kernelIndex.keys())
  const stageOf = (run: number): string => kernels[runs.kernelIndex[run]!]!.stage
  const stages = all.filter((run) => run === 0 || stageOf(run) !== stageOf(run - 1))
  if (level === 'single') return unitsBetween(pass, [0], pass.clockHertz.length)
  if (level === 'stage') return unitsBetween(pass, stages)
  return unitsBetween(pass, [all, runs.repeatStarts].find(({length}) => isFree || length <= mostUnits) ?? stages)
}

/** Units that begin at these runs. */
function unitsBetween({kernels, runs, stateCount}: PassKernels, starts: ArrayLike<number>, clockCount = stateCount): PlanUnits {
  const runStarts = Int32Array.from([...Array.from(starts), runs.kernelIndex.length])
  const [sets, known]: [Points<number>[], Map<string, number>] = [[], new Map()]
  const setIndex = new Int32Array(runStarts.length - 1)
  for (let unit = 0; unit < setIndex.length; unit++) {
    const kernelIndex = runs.kernelIndex.subarray(runStarts[unit]!, runStarts[unit + 1]!)
    const key = kernelIndex.join()
    const index =
      known.get(key) ??
      sets.push(
        pointsInTurn(
          Array.from(kernelIndex, (kernel) => kernels[kernel]!.points),
          clockCount,
        ),
      ) - 1
    known.set(key, index)
    setIndex[unit] = index
  }
  return {sets, setIndex, runStarts}
}

/** Units gathered into groups that begin at these; what stands before the first belongs to the last, as passes follow each other. */
export function gathered({sets, setIndex}: PlanUnits, starts: readonly number[]): Pick<PlanUnits, 'sets' | 'setIndex'> {
  const members = (group: number): Int32Array => {
    const next = starts[group + 1]
    if (next !== undefined) return setIndex.subarray(starts[group]!, next)
    return Int32Array.of(...setIndex.subarray(starts[group]!), ...setIndex.subarray(0, starts[0]!))
  }
  return {
    sets: starts.map((_, group) =>
      pointsInTurn(
        Array.from(members(group), (set) => sets[set]!),
        sets[0]!.knobs.length,
      ),
    ),
    setIndex: Int32Array.from(starts, (_, group) => group),
  }
}

/** Parts one after the other at one clock, for each of the first so many clocks. */
function pointsInTurn(parts: readonly Points<number>[], clockCount: number): Points<number> {
  const knobs = parts[0]!.knobs.slice(0, clockCount)
  const latencySeconds = new Float64Array(knobs.length)
  const energyJoules = new Float64Array(knobs.length)
  for (const part of parts) {
    for (let state = 0; state < knobs.length; state++) {
      latencySeconds[state]! += part.latencySeconds[state]!
      energyJoules[state]! += part.energyJoules[state]!
    }
  }
  return {latencySeconds, energyJoules, knobs}
}
