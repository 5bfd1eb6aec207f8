import {type BandedDvfs, dvfsWithBands} from '../../dvfs/banded-dvfs.js'
import type {OperatingState} from '../../dvfs/operating-states.js'
import type {ClockCurve, DvfsInput} from '../../report/charts/dvfs.js'
import type {ClockPoint, LimitPoint} from '../../report/charts/dvfs-panel.js'
import type {PassBands} from '../../uncertainty/monte-carlo.js'
import {type FigureBuilder, namedAccelerators, namedWorkloads, workloadLabel} from './figure-context.js'

/** Time, energy and power of passes over the core clock and the power limit. */
export const dvfsFigure: FigureBuilder<DvfsInput> = (request) => {
  const accelerators = namedAccelerators(request)
  const workloads = namedWorkloads(request)
  const curves = accelerators.flatMap(({accelerator, label, fidelity}) =>
    workloads.map((workload) => {
      const parts = [accelerators.length > 1 ? label : '', workloads.length > 1 ? workloadLabel(workload) : '']
      return curveOf(dvfsWithBands(accelerator, workload, {fidelity}), parts.filter(Boolean).join(', ') || label)
    }),
  )
  return accelerators.length === 1 ? {curves, powerLimitWatts: accelerators[0]!.accelerator.machine.power.limitWatts} : {curves}
}

export type BandEnds = Pick<ClockPoint, 'p5Joules' | 'p95Joules' | 'p5Watts' | 'p95Watts'>

/** What a figure draws of bands. */
export function bandEnds({energyBand: {p5Joules, p95Joules}, powerBand: {p5Watts, p95Watts}}: PassBands): BandEnds {
  return {p5Joules, p95Joules, p5Watts, p95Watts}
}

/** A pass over clocks and power limits as a figure draws it, with the clock that meets what was asked. */
export function dvfsInput(pass: BandedDvfs): DvfsInput {
  const {workload: name, phase, settings, powerLimitWatts} = pass
  return {curves: [curveOf(pass, workloadLabel({name, phase, settings}))], powerLimitWatts}
}

function curveOf({clocks, powerLimits, choices, feltBelowHertz, clockBands, powerLimitBands}: BandedDvfs, name: string): ClockCurve {
  const chosen = choices.find((each) => each.name === 'cheapestInTime')
  const endsOf = (bands: BandedDvfs['clockBands'], index: number) => (bands === null ? {} : bandEnds(bands[index]!))
  const limits = powerLimits.map((state, index): LimitPoint => {
    const {clockHertz: _, ...costs} = clockPoint(state)
    return {...costs, powerLimitWatts: state.powerLimitWatts, ...endsOf(powerLimitBands, index)}
  })
  const points = clocks.map((state, index) => ({...clockPoint(state), ...endsOf(clockBands, index)}))
  const curve = {name, points, feltBelowHertz, limits}
  return chosen === undefined ? curve : {...curve, chosen: clockPoint(chosen)}
}

function clockPoint({clockHertz, latencySeconds, energyJoules, averageWatts, throttled}: OperatingState): ClockPoint {
  return {clockHertz, latencySeconds, energyJoules, averageWatts, throttled}
}
