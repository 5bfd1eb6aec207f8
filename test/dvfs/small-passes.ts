import fc from 'fast-check'
import type {PassKernels} from '../../src/dvfs/kernel-points.js'
import type {PlanLimits as Limits} from '../../src/dvfs/plan-bound.js'

/** Limits but for that on power, which a pass has with it. */
export type PlanLimits = Omit<Limits, 'powerLimitWatts'>

export const stateCount = 4

/** Three kernels at four states, in a few runs of two stages; times and energies are any that a meter might show. */
export function passOf(
  rows: readonly (readonly [seconds: number, joules: number])[],
  kernelIndex: readonly number[],
  heldWatts = Number.MAX_VALUE,
): PassKernels {
  const knobs = [0, 1, 2, 3]
  const kernels = [0, 1, 2].map((kernel) => {
    const own = rows.slice(kernel * stateCount, (kernel + 1) * stateCount)
    return {
      name: `kernel ${kernel}`,
      stage: kernel < 2 ? 'forward' : 'backward',
      points: {latencySeconds: own.map(([seconds]) => seconds), energyJoules: own.map(([, joules]) => joules), knobs},
      boundBy: knobs.map(() => 'array'),
    }
  })
  const runs = {kernelIndex: Int32Array.from(kernelIndex), repeatStarts: Int32Array.of(0)}
  return {clockHertz: knobs.map((state) => (state + 1) * 1e8), stateCount, kernels, runs, heldWatts, waitingWatts: 1}
}

const number = fc.double({min: 0.1, max: 10, noNaN: true, noDefaultInfinity: true})

/** Passes of so many runs; no two points are alike, as a change between two that are would be a pause. */
export function passes(runCount: number): fc.Arbitrary<PassKernels> {
  const rows = fc
    .array(fc.tuple(number, number), {minLength: 3 * stateCount, maxLength: 3 * stateCount})
    .map((points) => points.map(([seconds, joules], index) => [seconds + 0.0137 * index, joules + 0.0173 * index] as const))
  return fc.tuple(rows, fc.array(fc.nat(2), {minLength: runCount, maxLength: runCount})).map(([points, runs]) => passOf(points, runs))
}

/** What each state of a pass at one clock costs. */
export function singles(pass: PassKernels): {latencySeconds: number; energyJoules: number; watts: number}[] {
  return Array.from({length: stateCount}, (_, state) => {
    const {latencySeconds, energyJoules} = costOf(
      pass,
      Array.from(pass.runs.kernelIndex, () => state),
      {switchSeconds: 0, switchJoules: 0},
    )
    return {latencySeconds, energyJoules, watts: energyJoules / latencySeconds}
  })
}

/** What a pass costs with these clocks, added up run by run, the switch back to the first clock included. */
export function costOf(
  {kernels, runs}: PassKernels,
  states: ArrayLike<number>,
  {switchSeconds, switchJoules}: Pick<PlanLimits, 'switchSeconds' | 'switchJoules'>,
): {latencySeconds: number; energyJoules: number; switchCount: number} {
  let [latencySeconds, energyJoules, switchCount] = [0, 0, 0]
  for (const [run, kernel] of runs.kernelIndex.entries()) {
    latencySeconds += kernels[kernel]!.points.latencySeconds[states[run]!]!
    energyJoules += kernels[kernel]!.points.energyJoules[states[run]!]!
    if (states[run] !== states[(run + 1) % runs.kernelIndex.length]) switchCount++
  }
  return {
    latencySeconds: latencySeconds + switchCount * switchSeconds,
    energyJoules: energyJoules + switchCount * switchJoules,
    switchCount,
  }
}

/** The least energy among all ways to give each group of runs a clock that keep the limits. */
export function bruteForce(pass: PassKernels, limits: PlanLimits, groupOf: (run: number) => number): number {
  const groupCount = Math.max(...Array.from(pass.runs.kernelIndex, (_, run) => groupOf(run))) + 1
  let least = Number.POSITIVE_INFINITY
  for (let way = 0; way < stateCount ** groupCount; way++) {
    const states = Array.from(pass.runs.kernelIndex, (_, run) => Math.floor(way / stateCount ** groupOf(run)) % stateCount)
    const {latencySeconds, energyJoules} = costOf(pass, states, limits)
    const isWithin = latencySeconds <= limits.deadlineSeconds * (1 + 1e-9) && energyJoules <= pass.heldWatts * latencySeconds * (1 + 1e-9)
    if (isWithin && energyJoules < least) least = energyJoules
  }
  return least
}

/** The stretch of equal stages that a run lies in. */
export function stageGroups({kernels, runs}: PassKernels): number[] {
  const stages = Array.from(runs.kernelIndex, (kernel) => kernels[kernel]!.stage)
  let group = 0
  return stages.map((stage, run) => (run > 0 && stage !== stages[run - 1] ? ++group : group))
}
