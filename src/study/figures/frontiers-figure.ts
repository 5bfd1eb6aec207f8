import type {Accelerator} from '../../accelerator/accelerator.js'
import {type BandedVariants, variantsWithBands} from '../../dvfs/banded-variants.js'
import {type BandedWhatIf, whatIfWithBands} from '../../dvfs/banded-what-if.js'
import {type FrontierBand, type FrontierBandOptions, frontierBands} from '../../dvfs/frontier-bands.js'
import {type EnergyBasis, energyBasis, type Knobs, knobsText, type PassKnobs, passFrontier, type Variant} from '../../dvfs/pass-frontier.js'
import {passVariants} from '../../dvfs/pass-variants.js'
import {knobsInOrder} from '../../frontier/plan.js'
import type {FrontierPoint, FrontiersInput} from '../../report/charts/frontiers.js'
import {areBandsDrawn} from '../../uncertainty/over-settings.js'
import type {PassInput} from '../../workload/pass.js'
import {
  atFigure,
  type DrawnAccelerator,
  type FigureBuilder,
  type FigureRequest,
  namedAccelerators,
  namedModel,
  namedWorkloads,
  needed,
  workloadLabel,
} from './figure-context.js'

/** Time–energy frontiers: of changed hardware with `set`, of variants of a pass with `vary`, else of each accelerator and workload. */
export const frontiersFigure: FigureBuilder<FrontiersInput> = (request) => {
  const {set, vary, operator} = request.spec
  if (set !== undefined && vary !== undefined)
    throw request.context.study.source.error(`${request.pointer}/vary`, '`set` and `vary` exclude each other', ['keep one of the two'])
  if (set !== undefined) return changedHardware(request, set)
  if (vary !== undefined) return variedPass(request, vary)
  const accelerators = namedAccelerators(request)
  const workloads = namedWorkloads(request)
  const variants = workloads.map((workload): Variant => ({workload, knobs: {}}))
  const energyOf = energyBasis(variants)
  const frontiers = accelerators.flatMap(({accelerator, label, fidelity}) =>
    variants.map((variant) => {
      const parts = [accelerators.length > 1 ? label : '', workloads.length > 1 ? workloadLabel(variant.workload) : '']
      const options = {fidelity, operator, per: energyOf}
      const points = atFigure(request, 'operator', () => drawnFrontier(accelerator, variant, options))
      return {name: parts.filter(Boolean).join(', ') || label, points}
    }),
  )
  return {frontiers, ...subjects(request.spec.operator, energyOf)}
}

/** The frontiers of a what-if, with their bands. */
export function whatIfFrontiers({designs, designBands}: BandedWhatIf): FrontiersInput {
  return {
    frontiers: designs.map(({name, frontier}, index) => {
      const points = frontier.map((point) => drawnPoint(point, point.knobs))
      return {name, points: bandedPoints(points, designBands?.[index]?.frontier ?? [])}
    }),
    timeOf: 'a pass',
    energyOf: 'a pass',
  }
}

function bandedPoints(points: readonly FrontierPoint[], bands: readonly FrontierBand[]): FrontierPoint[] {
  const bandAt = new Map(bands.map(({pointIndex, energyBand: {p5Joules, p95Joules}}) => [pointIndex, {p5Joules, p95Joules}]))
  return points.map((point, index) => ({...point, ...bandAt.get(index)}))
}

/** The frontiers of variants of a pass with their bands, and the best of them all. */
export function variantFrontiers({operator, energyOf, variants, frontier, variantBands}: BandedVariants): FrontiersInput {
  return {
    frontiers: variants.map(({knobs, frontier: own}, index) => {
      const points = own.map((point) => drawnPoint(point, {...point, variant: {}}))
      return {name: knobsText(knobs), points: bandedPoints(points, variantBands?.[index] ?? [])}
    }),
    joined: frontier.map((point) => drawnPoint(point, point)),
    ...subjects(operator ?? undefined, energyOf),
  }
}

function changedHardware(request: FigureRequest, set: Readonly<Record<string, string | number>>): FrontiersInput {
  const {accelerator, fidelity} = lone(request)
  const [workload] = namedWorkloads(request)
  const texts = Object.fromEntries(Object.entries(set).map(([key, value]) => [key, String(value)]))
  const options = {fidelity, base: accelerator.changes}
  return whatIfFrontiers(atFigure(request, 'set', () => whatIfWithBands(accelerator.files[0]!, texts, workload!, options)))
}

/** The frontier of each variant, and the best of them all over them. */
function variedPass(request: FigureRequest, vary: Readonly<Record<string, readonly Knobs[string][]>>): FrontiersInput {
  const {accelerator, fidelity} = lone(request)
  const [{model, ...pass}] = needed(request, 'workloads') as [Readonly<Record<string, Knobs[string]>>]
  const loaded = namedModel(request, 0, String(model))
  const {operator} = request.spec
  return atFigure(request, 'vary', () =>
    variantFrontiers(variantsWithBands(accelerator, passVariants(loaded, pass as PassInput, vary), {fidelity, operator})),
  )
}

/** What the axes are of. */
function subjects(operator: string | undefined, energyOf: EnergyBasis): Pick<FrontiersInput, 'timeOf' | 'energyOf'> {
  const timeOf = operator ?? 'a pass'
  return {timeOf, energyOf: energyOf === 'pass' ? timeOf : 'a token'}
}

/** The one accelerator that such a figure is of. */
function lone(request: FigureRequest): DrawnAccelerator {
  const [first, ...others] = namedAccelerators(request)
  if (first !== undefined && others.length === 0) return first
  throw request.context.study.source.error(`${request.pointer}/accelerators`, 'frontiers with `set` or `vary` are of one accelerator', [
    'name one, and give each other its own figure',
  ])
}

function drawnFrontier(accelerator: Accelerator, variant: Variant, options: FrontierBandOptions): FrontierPoint[] {
  const set = passFrontier(accelerator, [variant], options)
  const knobs = Array.from(set.latencySeconds, (_, row) => [...knobsInOrder(set.planOf(row))][0]!)
  const points = knobs.map((own, row) => drawnPoint({latencySeconds: set.latencySeconds[row]!, energyJoules: set.energyJoules[row]!}, own))
  return areBandsDrawn([accelerator], undefined) ? bandedPoints(points, frontierBands(accelerator, variant, knobs, options)) : points
}

function drawnPoint(
  {latencySeconds, energyJoules}: {readonly latencySeconds: number; readonly energyJoules: number},
  {clockHertz, variant}: PassKnobs,
): FrontierPoint {
  const knobs = [`${Number((clockHertz / 1e6).toFixed(1))} MHz`, knobsText(variant)].filter(Boolean).join(', ')
  return {latencySeconds, energyJoules, knobs}
}
