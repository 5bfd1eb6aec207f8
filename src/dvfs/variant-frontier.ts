import type {Accelerator} from '../accelerator/accelerator.js'
import type {Measurable} from '../accelerator/refuse-estimates.js'
import {chosenFidelity} from '../cost/fidelity.js'
import {memoryClockToChoose, operatingPoint} from '../cost/operating-point.js'
import {choice} from '../frontier/choice.js'
import type {Frontier} from '../frontier/frontier.js'
import {type Chosen, choose, type PickName, pick, pickByDeadline} from '../frontier/pick.js'
import {knobsInOrder} from '../frontier/plan.js'
import {
  type EnergyBasis,
  energyBasis,
  frontierOfPoints,
  type Knobs,
  knobsText,
  type PassKnobs,
  passPoints,
  type Variant,
} from './pass-frontier.js'
import {boundSeconds, type TimeBound} from './time-bound.js'

export interface VariantOptions extends TimeBound {
  readonly powerLimitWatts?: number | undefined
  readonly memoryClockHertz?: number | undefined
  /** Refuses what rests on estimates of these. */
  readonly measuredOnly?: readonly Measurable[] | undefined
  readonly fidelity?: string | undefined
  /** An operator whose runs alone are counted. */
  readonly operator?: string | undefined
}

/** One way to run a pass: which variant, and its clock. */
export interface VariantPoint extends PassKnobs {
  readonly latencySeconds: number
  readonly energyJoules: number
}

export interface VariantOutcome {
  readonly knobs: Knobs
  readonly frontier: readonly VariantPoint[]
}

/** Variants of a pass, such as batches and formats, and clocks in one frontier. */
export interface VariantFrontier {
  readonly accelerator: string
  readonly changes: Accelerator['changes']
  readonly workload: string
  readonly phase: string
  readonly settings: Variant['workload']['settings']
  readonly operator: string | null
  readonly fidelity: string
  /** Null where the memory has no clock to choose. */
  readonly memoryClockHertz: number | null
  readonly powerLimitWatts: number
  /** Whether an energy is that of the pass or of a token; times are those of the pass. */
  readonly energyOf: EnergyBasis
  readonly boundSeconds: number | null
  readonly variants: readonly VariantOutcome[]
  /** The best of all variants. */
  readonly frontier: readonly VariantPoint[]
  readonly leastEnergy: VariantPoint
  readonly leastEnergyDelay: VariantPoint
  readonly cheapestInTime: VariantPoint | null
}

/** The frontier of every variant over all clocks, and the best of them all, by the algebra's choice. */
export function variantFrontier(accelerator: Accelerator, variants: readonly Variant[], options: VariantOptions): VariantFrontier {
  const {fidelity, operator, measuredOnly} = options
  const at = operatingPoint(accelerator, {powerLimitWatts: options.powerLimitWatts, memoryClockHertz: options.memoryClockHertz})
  const {powerLimitWatts} = at
  const memoryClocksHertz = at.memoryClockHertz === undefined ? [] : [at.memoryClockHertz]
  const energyOf = energyBasis(variants)
  const how = {fidelity, operator, per: energyOf, powerLimitsWatts: [powerLimitWatts], memoryClocksHertz, measuredOnly}
  const sets = variants.map((variant) => frontierOfPoints(passPoints(accelerator, variant, how, variants.length > 1)))
  const joined = choice(sets)
  const fastest = pointAt(joined, 0)
  const bound = boundSeconds(options, fastest.latencySeconds, knobsText({...fastest.variant, clock: `${fastest.clockHertz / 1e6} MHz`}))
  const inTime = bound === undefined ? undefined : pickByDeadline(joined, bound)
  const best = (name: PickName): VariantPoint => pointOf(pick(joined, name))
  const {workload} = variants[0]!
  const varied = new Set(variants.flatMap(({knobs}) => Object.keys(knobs)))
  return {
    accelerator: accelerator.name,
    changes: accelerator.changes,
    workload: workload.name,
    phase: workload.phase,
    settings: Object.fromEntries(Object.entries(workload.settings).filter(([name]) => !varied.has(name))),
    operator: operator ?? null,
    fidelity: chosenFidelity(accelerator, fidelity),
    memoryClockHertz: memoryClockToChoose(accelerator, at),
    powerLimitWatts,
    energyOf,
    boundSeconds: bound ?? null,
    variants: variants.map(({knobs}, index) => ({knobs, frontier: pointsOf(sets[index]!)})),
    frontier: pointsOf(joined),
    leastEnergy: best('energy'),
    leastEnergyDelay: best('energy-delay'),
    cheapestInTime: inTime?.kind === 'chosen' ? pointOf(inTime) : null,
  }
}

function pointsOf(set: Frontier<PassKnobs>): VariantPoint[] {
  return Array.from(set.latencySeconds, (_, row) => pointAt(set, row))
}

function pointAt(set: Frontier<PassKnobs>, row: number): VariantPoint {
  return pointOf(choose(set, row))
}

function pointOf({latencySeconds, energyJoules, plan}: Chosen<PassKnobs>): VariantPoint {
  const [knobs] = knobsInOrder(plan)
  return {...knobs!, latencySeconds, energyJoules}
}
