import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {clockStates} from '../accelerator/clock.js'
import {type Operating, operatingPoint} from '../cost/evaluate.js'
import {chosenFidelity, type FidelityName} from '../cost/fidelity.js'
import {type MetricColumns, metricColumns} from '../cost/metrics.js'
import {compileProgram} from '../cost/program.js'
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
  readonly powerLimitWatts: number
  /** The power limit lowered the clock. */
  readonly throttled: boolean
  readonly variant: Knobs
}

/** What the energy of a point is stated for; its time is always that of the pass. */
export const energyBases = ['pass', 'token'] as const
export type EnergyBasis = (typeof energyBases)[number]

export interface PassFrontierOptions {
  readonly fidelity?: string | undefined
  /** Limits to choose from; the described one alone unless given. */
  readonly powerLimitsWatts?: readonly number[] | undefined
  /** An operator of the workloads, whose runs alone are counted. */
  readonly operator?: string | undefined
  readonly per?: EnergyBasis | undefined
}

/**
 * The time–energy frontier of a pass over all core clock states of a machine and over variants of the pass. Time is the
 * latency of the pass. Energy is that of one device for the pass, or of all devices for a token where variants make
 * different numbers of tokens. A state that the power limit does not let stand counts as what the limit makes of it.
 */
export function passFrontier(
  accelerator: Accelerator,
  variants: readonly Variant[],
  options: PassFrontierOptions = {},
): Frontier<PassKnobs> {
  const per = energyBasis(variants, options.per)
  const fidelity = chosenFidelity(accelerator, options.fidelity)
  return choice(
    variants.flatMap(({workload, knobs}) =>
      (options.powerLimitsWatts ?? [undefined]).map((limitWatts) => {
        const whole = statePoints(accelerator, workload, fidelity, {powerLimitWatts: limitWatts})
        refuseOverflow(whole.out, variants.length, knobs)
        const {out, powerLimitWatts} =
          options.operator === undefined
            ? whole
            : statePoints(accelerator, operatorAlone(workload, options.operator), fidelity, {powerLimitWatts: limitWatts})
        const states = Array.from(out.clockHertz, (clockHertz, row) => ({
          clockHertz,
          powerLimitWatts,
          throttled: out.throttled[row] === 1,
          variant: knobs,
        }))
        return frontierOf({
          latencySeconds: out.latencySeconds,
          energyJoules: per === 'token' ? out.joulesPerToken : out.energyJoules,
          knobs: states,
        })
      }),
    ),
  )
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

/** A pass at every core clock state, lowest first, held to a power limit; nothing of it is chosen yet. */
export function statePoints(
  accelerator: Accelerator,
  workload: Workload,
  fidelity: FidelityName,
  operating: Operating,
): {readonly out: MetricColumns; readonly powerLimitWatts: number} {
  const states = clockStates(accelerator.machine.clocks[0]!)
  const {powerLimitWatts} = operatingPoint(accelerator, operating)
  const rowCount = states.length
  const {machine} = designBatch(accelerator, [], rowCount)
  const out = metricColumns(rowCount)
  const limitWatts = new Float64Array(rowCount).fill(powerLimitWatts)
  compileProgram(accelerator, machine, workload, fidelity, rowCount).evaluate(
    {coreHertz: Float64Array.from(states), limitWatts},
    out,
    rowCount,
  )
  return {out, powerLimitWatts}
}

/** A lone pass counts as if it fitted, as everywhere; among several, one that can't run must not be chosen. */
function refuseOverflow({fitsInMemory}: MetricColumns, variantCount: number, knobs: Knobs): void {
  if (variantCount < 2 || fitsInMemory[0] === 1) return
  throw new UserError(`the pass with ${knobsText(knobs)} does not fit in the memory of the accelerator`, {
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
