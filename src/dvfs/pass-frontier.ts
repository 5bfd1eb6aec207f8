import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {clockStates} from '../accelerator/clock.js'
import type {Measurable} from '../accelerator/refuse-estimates.js'
import {chosenFidelity, type FidelityName} from '../cost/fidelity.js'
import {metricColumns} from '../cost/metrics.js'
import {type OperatingPoint, operatingPoint} from '../cost/operating-point.js'
import {compileProgram} from '../cost/program.js'
import {deviceCount} from '../cost/statics.js'
import {refuseEstimatesBehind} from '../cost/used-constants.js'
import {tensorClasses} from '../foundation/resource.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {choice} from '../frontier/choice.js'
import {type Frontier, frontierOf} from '../frontier/frontier.js'
import {operatorAlone} from '../workload/kernel-workload.js'
import type {Workload} from '../workload/operator.js'

/** What sets a way to do a pass apart from others: `{batch: 4}`, `{dtype: 'fp8'}`. */
export type Knobs = Readonly<Record<string, number | string | boolean>>

/** One way to do a pass, as work for the machine. */
export interface Variant {
  readonly workload: Workload
  readonly knobs: Knobs
}

/** What to do to get a point: how the machine is set, and which variant runs. */
export interface PassKnobs {
  /** As the power limit lets it stand. */
  readonly clockHertz: number
  /** Null where the memory has no clock of its own. */
  readonly memoryClockHertz: number | null
  readonly powerLimitWatts: number
  /** The power limit lowered the clock. */
  readonly throttled: boolean
  readonly variant: Knobs
}

/** A variant at one setting of the machine. */
export interface PassPoint {
  readonly latencySeconds: number
  /** Of the pass or of a token; so are its sources. */
  readonly energyJoules: number
  readonly energyBySource: Readonly<Record<string, number>>
  readonly averageWatts: number
  readonly knobs: PassKnobs
}

/** What the energy of a point is stated for; its time is always that of the pass. */
const energyBases = ['pass', 'token'] as const
export type EnergyBasis = (typeof energyBases)[number]

export interface PassFrontierOptions {
  readonly fidelity?: string | undefined
  /** Memory clocks to choose from; the highest alone unless given. */
  readonly memoryClocksHertz?: readonly number[] | undefined
  /** Limits to choose from; the described one alone unless given. */
  readonly powerLimitsWatts?: readonly number[] | undefined
  /** An operator of the workloads, whose runs alone are counted. */
  readonly operator?: string | undefined
  readonly per?: EnergyBasis | undefined
  /** Refuses what rests on estimates of these. */
  readonly measuredOnly?: readonly Measurable[] | undefined
}

/**
 * The time–energy frontier of a pass over all core clock states of a machine, the memory clocks and power limits asked for, and
 * variants of the pass. Time is the
 * latency of the pass. Energy is that of one device for the pass, or of all devices for a token where variants make
 * different numbers of tokens. A state that the power limit does not let stand counts as what the limit makes of it.
 */
export function passFrontier(
  accelerator: Accelerator,
  variants: readonly Variant[],
  options: PassFrontierOptions = {},
): Frontier<PassKnobs> {
  const per = energyBasis(variants, options.per)
  return choice(variants.map((variant) => frontierOfPoints(passPoints(accelerator, variant, {...options, per}, variants.length > 1))))
}

/** The frontier of points of a pass. */
export function frontierOfPoints(points: readonly PassPoint[]): Frontier<PassKnobs> {
  return frontierOf({
    latencySeconds: points.map(({latencySeconds}) => latencySeconds),
    energyJoules: points.map(({energyJoules}) => energyJoules),
    knobs: points.map(({knobs}) => knobs),
  })
}

/**
 * A variant at every core clock state, at each memory clock and under each power limit, lowest clock first; nothing of it is
 * chosen yet. States that a limit does not let stand all run as one, which stands here once.
 */
export function passPoints(
  accelerator: Accelerator,
  {workload, knobs}: Variant,
  {fidelity, memoryClocksHertz = [], powerLimitsWatts = [], operator, per, measuredOnly}: PassFrontierOptions = {},
  isOneOfSeveral = false,
): PassPoint[] {
  if (isOneOfSeveral) refuseOverflow(accelerator, workload, knobs)
  const work = operator === undefined ? workload : operatorAlone(workload, operator)
  const name = chosenFidelity(accelerator, fidelity)
  const passCount = passesPerUnit(work, per)
  return orDefault(powerLimitsWatts).flatMap((powerLimitWatts) =>
    orDefault(memoryClocksHertz).flatMap((memoryClockHertz) => {
      const at = operatingPoint(accelerator, {powerLimitWatts, memoryClockHertz})
      const {out, sources} = allStates(accelerator, work, name, at, measuredOnly)
      const points = Array.from(out.clockHertz, (clockHertz, row) => ({
        latencySeconds: out.latencySeconds[row]!,
        energyJoules: out.energyJoules[row]! * passCount,
        energyBySource: Object.fromEntries(sources.map((source) => [source.name, source.joules[row]! * passCount])),
        averageWatts: out.averageWatts[row]!,
        knobs: {
          clockHertz,
          memoryClockHertz: at.memoryClockHertz ?? null,
          powerLimitWatts: at.powerLimitWatts,
          throttled: out.throttled[row] === 1,
          variant: knobs,
        },
      }))
      return points.filter(({knobs: {throttled}}, row) => !throttled || points[row - 1]?.knobs.throttled !== true)
    }),
  )
}

/** Passes of one device that make what the energy is stated for. */
export function passesPerUnit(workload: Workload, per: EnergyBasis | undefined): number {
  return per === 'token' ? deviceCount(workload) / workload.tokenCount : 1
}

/** What was asked for, or one that is left to its default. */
function orDefault(asked: readonly number[]): readonly (number | undefined)[] {
  return asked.length === 0 ? [undefined] : asked
}

/** What the energy is stated for: a token where variants differ in their tokens. Refuses to compare the energies of different amounts of work. */
export function energyBasis(variants: readonly Variant[], asked?: EnergyBasis): EnergyBasis {
  const counts = [...new Set(variants.map(({workload}) => workload.tokenCount))]
  if (counts.length < 2) return asked ?? 'pass'
  if (asked !== 'pass') return 'token'
  throw new UserError(`passes of ${counts.slice(0, 3).join(', ')} tokens can't be compared by the energy of a pass`, {
    code: 'DIFFERENT_WORK',
    suggestions: ['compare them by the energy of a token'],
  })
}

function allStates(
  accelerator: Accelerator,
  workload: Workload,
  fidelity: FidelityName,
  {memoryClockHertz, powerLimitWatts}: OperatingPoint,
  measuredOnly: readonly Measurable[] = [],
) {
  const states = clockStates(accelerator.machine.clocks[0]!)
  const rowCount = states.length
  const column = (value: number): Float64Array => new Float64Array(rowCount).fill(value)
  const at = {
    coreHertz: Float64Array.from(states),
    memoryHertz: memoryClockHertz === undefined ? undefined : column(memoryClockHertz),
    limitWatts: column(powerLimitWatts),
  }
  const out = metricColumns(rowCount)
  const program = compileProgram(accelerator, designBatch(accelerator, [], rowCount).machine, workload, fidelity, rowCount)
  refuseEstimatesBehind(accelerator, workload, program, measuredOnly)
  program.evaluate(at, out, rowCount)
  return {out, sources: program.sources}
}

/** Among several variants, one that can't run must not be chosen; a lone one counts as if it fitted, as in an evaluation. */
function refuseOverflow({machine, name}: Accelerator, {residentBytes}: Workload, knobs: Knobs): void {
  const {capacityBytes, instanceCount} = machine.memories.at(-1)!
  if (tensorClasses.reduce((sum, tensor) => sum + residentBytes[tensor], 0) <= capacityBytes * instanceCount) return
  throw new UserError(`the pass with ${knobsText(knobs)} does not fit in the memory of ${name}`, {
    code: 'PASS_DOES_NOT_FIT',
    exitCode: exitCodes.infeasible,
    suggestions: ['leave this variant out'],
  })
}

/** Knobs in words: "batch 4, dtype fp8". */
export function knobsText(knobs: Knobs): string {
  return Object.entries(knobs)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}
