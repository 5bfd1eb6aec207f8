import type {Accelerator} from '../../accelerator/accelerator.js'
import {clockCurve} from '../../cost/clock-curve.js'
import type {FidelityName} from '../../cost/fidelity.js'
import type {OperatingState} from '../../dvfs/operating-states.js'
import type {PassDvfs} from '../../dvfs/pass-dvfs.js'
import type {DvfsInput} from '../../report/charts/dvfs.js'
import type {ClockPoint, LimitPoint} from '../../report/charts/dvfs-panel.js'
import {bandsOverClocks} from '../../uncertainty/monte-carlo.js'
import {unrangedConstants} from '../../uncertainty/moving-constants.js'
import type {Workload} from '../../workload/operator.js'
import {type FigureBuilder, namedAccelerators, namedWorkloads, workloadLabel} from './figure-context.js'

/** Time, energy and power of passes over the core clock. */
export const dvfsFigure: FigureBuilder<DvfsInput> = (request) => {
  const accelerators = namedAccelerators(request)
  const workloads = namedWorkloads(request)
  const curves = accelerators.flatMap(({accelerator, label, fidelity}) =>
    workloads.map((workload) => ({
      name: [accelerators.length > 1 ? label : '', workloads.length > 1 ? workloadLabel(workload) : ''].filter(Boolean).join(', ') || label,
      points: pointsOf(accelerator, workload, fidelity),
    })),
  )
  return accelerators.length === 1 ? {curves, powerLimitWatts: accelerators[0]!.accelerator.machine.power.limitWatts} : {curves}
}

/** A pass at every clock, as if no power limit held. */
function pointsOf(accelerator: Accelerator, workload: Workload, fidelity: FidelityName): ClockPoint[] {
  return withBands(clockCurve(accelerator, workload, {fidelity}), accelerator, workload, {fidelity})
}

/** Points with bands around their energy and power, where every estimate states its range. */
function withBands(
  points: readonly ClockPoint[],
  accelerator: Accelerator,
  workload: Workload,
  options: Parameters<typeof bandsOverClocks>[3],
): ClockPoint[] {
  if (unrangedConstants(accelerator).length > 0) return [...points]
  const clocksHertz = points.map(({clockHertz}) => clockHertz)
  const bands = bandsOverClocks(accelerator, workload, clocksHertz, options)
  return points.map((point, index) => {
    const {energyBand, powerBand} = bands[index]!
    return {
      ...point,
      p5Joules: energyBand.p5Joules,
      p95Joules: energyBand.p95Joules,
      p5Watts: powerBand.p5Watts,
      p95Watts: powerBand.p95Watts,
    }
  })
}

/** Enough for the ends of a band at each of many clocks, whose samples each search for the clock that the limit leaves. */
const sampleCount = 200

/** A pass over clocks and power limits as a figure draws it, with the clock that meets what was asked. */
export function dvfsInput(pass: PassDvfs, accelerator: Accelerator, workload: Workload): DvfsInput {
  const {clocks, powerLimits, powerLimitWatts, choices, fidelity} = pass
  const chosen = choices.find((each) => each.name === 'cheapestInTime')
  const limits = powerLimits.map((state): LimitPoint => {
    const {clockHertz: _, ...costs} = clockPoint(state)
    return {...costs, powerLimitWatts: state.powerLimitWatts}
  })
  const points = withBands(clocks.map(clockPoint), accelerator, workload, {fidelity, powerLimitWatts, sampleCount})
  const curve = {name: workloadLabel(workload), points, limits}
  return {curves: [chosen === undefined ? curve : {...curve, chosen: clockPoint(chosen)}], powerLimitWatts}
}

function clockPoint({clockHertz, latencySeconds, energyJoules, averageWatts, throttled}: OperatingState): ClockPoint {
  return {clockHertz, latencySeconds, energyJoules, averageWatts, throttled}
}
