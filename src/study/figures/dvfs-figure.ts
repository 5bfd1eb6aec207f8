import type {Accelerator} from '../../accelerator/accelerator.js'
import {clockCurve} from '../../cost/clock-curve.js'
import type {FidelityName} from '../../cost/fidelity.js'
import type {BandedDvfs} from '../../dvfs/banded-dvfs.js'
import type {OperatingState} from '../../dvfs/operating-states.js'
import {feltBelow} from '../../dvfs/pass-dvfs.js'
import type {DvfsInput} from '../../report/charts/dvfs.js'
import type {ClockPoint, LimitPoint} from '../../report/charts/dvfs-panel.js'
import type {PassBands} from '../../uncertainty/monte-carlo.js'
import {areBandsDrawn, bandsOver} from '../../uncertainty/over-settings.js'
import type {Workload} from '../../workload/operator.js'
import {type FigureBuilder, namedAccelerators, namedWorkloads, workloadLabel} from './figure-context.js'

/** Time, energy and power of passes over the core clock. */
export const dvfsFigure: FigureBuilder<DvfsInput> = (request) => {
  const accelerators = namedAccelerators(request)
  const workloads = namedWorkloads(request)
  const curves = accelerators.flatMap(({accelerator, label, fidelity}) =>
    workloads.map((workload) => {
      const parts = [accelerators.length > 1 ? label : '', workloads.length > 1 ? workloadLabel(workload) : '']
      const points = pointsOf(accelerator, workload, fidelity)
      return {name: parts.filter(Boolean).join(', ') || label, points, feltBelowHertz: feltBelow(points)}
    }),
  )
  return accelerators.length === 1 ? {curves, powerLimitWatts: accelerators[0]!.accelerator.machine.power.limitWatts} : {curves}
}

/** A pass at every clock, as if no power limit held. */
function pointsOf(accelerator: Accelerator, workload: Workload, fidelity: FidelityName): ClockPoint[] {
  const states = clockCurve(accelerator, workload, {fidelity})
  if (!areBandsDrawn([accelerator], undefined)) return states
  const clocks = states.map(({clockHertz}) => ({clockHertz}))
  const bands = bandsOver(accelerator, workload, clocks, {fidelity})
  return states.map((state, index) => ({...state, ...bandEnds(bands[index]!)}))
}

export type BandEnds = Pick<ClockPoint, 'p5Joules' | 'p95Joules' | 'p5Watts' | 'p95Watts'>

/** What a figure draws of bands. */
export function bandEnds({energyBand: {p5Joules, p95Joules}, powerBand: {p5Watts, p95Watts}}: PassBands): BandEnds {
  return {p5Joules, p95Joules, p5Watts, p95Watts}
}

/** A pass over clocks and power limits as a figure draws it, with the clock that meets what was asked. */
export function dvfsInput({
  workload: name,
  phase,
  settings,
  clocks,
  powerLimits,
  powerLimitWatts,
  choices,
  clockBands,
  powerLimitBands,
}: BandedDvfs): DvfsInput {
  const chosen = choices.find((each) => each.name === 'cheapestInTime')
  const endsOf = (bands: BandedDvfs['clockBands'], index: number) => (bands === null ? {} : bandEnds(bands[index]!))
  const limits = powerLimits.map((state, index): LimitPoint => {
    const {clockHertz: _, ...costs} = clockPoint(state)
    return {...costs, powerLimitWatts: state.powerLimitWatts, ...endsOf(powerLimitBands, index)}
  })
  const points = clocks.map((state, index) => ({...clockPoint(state), ...endsOf(clockBands, index)}))
  const curve = {name: workloadLabel({name, phase, settings}), points, limits}
  return {curves: [chosen === undefined ? curve : {...curve, chosen: clockPoint(chosen)}], powerLimitWatts}
}

function clockPoint({clockHertz, latencySeconds, energyJoules, averageWatts, throttled}: OperatingState): ClockPoint {
  return {clockHertz, latencySeconds, energyJoules, averageWatts, throttled}
}
