import {frontierOf} from '#ridge/frontier/frontier.js'
import {pickBySlowdown} from '#ridge/frontier/pick.js'
import {knobsInOrder} from '#ridge/frontier/plan.js'
import {sequence} from '#ridge/frontier/sequence.js'
import {sequenceWithSwitching} from '#ridge/frontier/switching.js'

const operatorCount = 1000
const stateCount = 60

export interface Composition {
  readonly name: string
  readonly milliseconds: number
  readonly energyJoules: number
}

interface Operator {
  readonly latencySeconds: Float64Array
  readonly energyJoules: Float64Array
  readonly knobs: readonly number[]
}

/** A thousand operators, no two alike, at 60 clocks: time a + b/f, energy idle · time + c · V² with a voltage floor. */
function operators(): Operator[] {
  const knobs = Array.from({length: stateCount}, (_, state) => 510 + 15 * state)
  return Array.from({length: operatorCount}, (_, index) => {
    const [fixed, scaled, charge] = [Math.SQRT2, Math.sqrt(3), Math.sqrt(5)].map((step) => 0.2 + ((index * step) % 1))
    const latencySeconds = Float64Array.from(knobs, (megahertz) => 1e-4 * fixed! + (0.1 * scaled!) / megahertz)
    const energyJoules = Float64Array.from(knobs, (megahertz, state) => {
      const volts = 0.7 + Math.max(0, megahertz - 900) * 6e-4
      return 60 * latencySeconds[state]! + 0.05 * charge! * volts ** 2
    })
    return {latencySeconds, energyJoules, knobs}
  })
}

/** A plan at 5 % slowdown from points to knobs, by the algebra, and by the loop that a person would write for this one deadline. */
export function compositions(): {plain: Composition; composed: Composition; switched: Composition} {
  const parts = operators()
  return {
    plain: best('plain greedy loop', () => plainGreedy(parts)),
    composed: best('1,000 operators × 60 states', () => energyOf(sequence(parts.map((part) => frontierOf(part))))),
    switched: best('  with switching, 10 µs and 1 mJ', () => energyOf(sequenceWithSwitching(parts, 1e-5, 1e-3, (clock) => clock))),
  }
}

function energyOf(set: Parameters<typeof pickBySlowdown<number>>[0]): number {
  const chosen = pickBySlowdown(set, 0.05)
  if (chosen.kind === 'infeasible') throw new Error('a slowdown of 5 % can be had')
  if ([...knobsInOrder(chosen.plan)].length !== operatorCount) throw new Error('a plan has the knobs of each operator')
  return chosen.energyJoules
}

/** Hull of each operator, all steps as objects in one sorted list, taken until the deadline. */
function plainGreedy(parts: readonly Operator[]): number {
  const steps: {slope: number; seconds: number; joules: number}[] = []
  let [seconds, joules] = [0, 0]
  for (const part of parts) {
    const points = Array.from(part.latencySeconds, (time, row) => ({time, energy: part.energyJoules[row]!})).sort((a, b) => a.time - b.time)
    const hull: typeof points = []
    const slope = (a: {time: number; energy: number}, b: {time: number; energy: number}): number =>
      (b.energy - a.energy) / (b.time - a.time)
    for (const point of points) {
      if (hull.length > 0 && point.energy >= hull.at(-1)!.energy) continue
      while (hull.length > 1 && slope(hull.at(-2)!, hull.at(-1)!) >= slope(hull.at(-1)!, point)) hull.pop()
      hull.push(point)
    }
    seconds += hull[0]!.time
    joules += hull[0]!.energy
    for (let i = 1; i < hull.length; i++) {
      const [from, to] = [hull[i - 1]!, hull[i]!]
      steps.push({slope: slope(from, to), seconds: to.time - from.time, joules: to.energy - from.energy})
    }
  }
  steps.sort((a, b) => a.slope - b.slope)
  const deadline = seconds * 1.05
  for (const step of steps) {
    if (seconds + step.seconds > deadline) break
    seconds += step.seconds
    joules += step.joules
  }
  return joules
}

function best(name: string, run: () => number): Composition {
  let [milliseconds, energyJoules] = [Number.POSITIVE_INFINITY, 0]
  for (let time = 0; time < 11; time++) {
    const start = performance.now()
    energyJoules = run()
    milliseconds = Math.min(milliseconds, performance.now() - start)
  }
  return {name, milliseconds, energyJoules}
}
