import type {ClockPlan} from './clock-plan.js'
import type {PassKernels} from './kernel-points.js'

/** Consecutive runs of one kernel at one clock, on the time of a pass. */
export interface PlanSegment {
  readonly operator: string
  readonly boundBy: string
  readonly clockHertz: number
  readonly startSeconds: number
  readonly endSeconds: number
}

/** A plan over the time of its pass, a switch before each change of clock. */
export function planSegments({kernels, runs, clockHertz}: PassKernels, {stateOfRun}: ClockPlan, switchSeconds: number): PlanSegment[] {
  const segments: PlanSegment[] = []
  let seconds = 0
  for (const [run, index] of runs.kernelIndex.entries()) {
    const {name, boundBy, points} = kernels[index]!
    const state = stateOfRun[run]!
    const isSwitch = run > 0 && state !== stateOfRun[run - 1]
    if (isSwitch) seconds += switchSeconds
    const endSeconds = seconds + points.latencySeconds[state]!
    const last = segments.at(-1)
    if (last !== undefined && !isSwitch && index === runs.kernelIndex[run - 1]) segments[segments.length - 1] = {...last, endSeconds}
    else segments.push({operator: name, boundBy: boundBy[state]!, clockHertz: clockHertz[state]!, startSeconds: seconds, endSeconds})
    seconds = endSeconds
  }
  return segments
}

/** The middle turns of the stretches that run over and over, such as a layer of the forward pass, on the time of a plan; none where nothing repeats. */
export function middleTurn({kernels, runs}: PassKernels, {stateOfRun}: ClockPlan, switchSeconds: number): [number, number] | undefined {
  const {repeatStarts, kernelIndex} = runs
  const isTurn = (turn: number): boolean => {
    const [start, next, end] = [repeatStarts[turn]!, repeatStarts[turn + 1], repeatStarts[turn + 2] ?? kernelIndex.length]
    return next !== undefined && end - next === next - start && kernelIndex[start] === kernelIndex[next]
  }
  const turns = Array.from(repeatStarts.keys()).filter(isTurn)
  const firstKernel = kernelIndex[repeatStarts[turns[0] ?? 0]!]!
  const own = turns.filter((turn) => kernelIndex[repeatStarts[turn]!] === firstKernel)
  const middle = own[own.length >> 1]
  if (middle === undefined) return undefined
  let seconds = 0
  const secondsAt = new Map<number, number>()
  for (const [run, index] of kernelIndex.entries()) {
    if (run > 0 && stateOfRun[run] !== stateOfRun[run - 1]) seconds += switchSeconds
    secondsAt.set(run, seconds)
    seconds += kernels[index]!.points.latencySeconds[stateOfRun[run]!]!
  }
  return [secondsAt.get(repeatStarts[middle]!)!, secondsAt.get(repeatStarts[middle + 1]!)!]
}
