import type {Accelerator} from '../../accelerator/accelerator.js'
import type {BandedDvfs} from '../../dvfs/banded-dvfs.js'
import type {BandedPlannedPass} from '../../dvfs/banded-plan.js'
import type {BandedVariants} from '../../dvfs/banded-variants.js'
import type {BandedWhatIf} from '../../dvfs/banded-what-if.js'
import {type Forecast, type RunForecast, stateName} from '../../extrapolate/forecast.js'
import type {Figure} from '../../report/report.js'
import {clockPlanInput} from './clock-plan-figure.js'
import {dvfsInput} from './dvfs-figure.js'
import {workloadLabel} from './figure-context.js'
import {variantFrontiers, whatIfFrontiers} from './frontiers-figure.js'

export {mapComparisonFigure} from './map-comparison-figure.js'
export {hierarchyRooflineFigure, trafficFigure} from './mapping-figures.js'

/** The figure of a pass over clocks and power limits. */
export function clocksFigure(pass: BandedDvfs): Figure {
  const {accelerator, workload: name, phase, settings, fidelity} = pass
  const title = `Clocks and power limits: ${workloadLabel({name, phase, settings})} on ${accelerator}`
  return {name: 'dvfs', title, caption: `Fidelity: ${fidelity}.`, kind: 'dvfs', input: dvfsInput(pass)}
}

/** The figure of a plan of clocks. */
export function planFigure(planned: BandedPlannedPass, accelerator: Accelerator): Figure {
  const {workload: name, phase, settings, fidelity} = planned.record
  const title = `Planned clocks: ${workloadLabel({name, phase, settings})} on ${accelerator.name}`
  return {name: 'clock-plan', title, caption: `Fidelity: ${fidelity}.`, kind: 'clock-plan', input: clockPlanInput(planned, accelerator)}
}

/** The figure of frontiers that changes of the hardware move. */
export function whatIfFigure(result: BandedWhatIf): Figure {
  const {accelerator, workload: name, phase, settings, fidelity} = result
  const title = `Changed hardware: ${workloadLabel({name, phase, settings})} on ${accelerator}`
  return {name: 'what-if', title, caption: `Fidelity: ${fidelity}.`, kind: 'frontiers', input: whatIfFrontiers(result)}
}

/** The figure of variants of a pass and the best of them all. */
export function variantsFigure(result: BandedVariants): Figure {
  const {accelerator, workload, phase, operator, fidelity} = result
  const subject = operator === null ? `${workload} ${phase}` : `${operator} of ${workload} ${phase}`
  const title = `Variants and clocks: ${subject} on ${accelerator}`
  return {name: 'variants', title, caption: `Fidelity: ${fidelity}.`, kind: 'frontiers', input: variantFrontiers(result)}
}

/** Time and energy of a forecast run at each state, those that were measured apart. */
export function forecastFigure({states, over, work, stepCount}: Forecast): Figure {
  const drawn = (basis: RunForecast['basis']) =>
    states
      .filter((state) => state.basis === basis && (basis === 'measured' || !state.throttled))
      .sort((a, b) => a.latencySeconds - b.latencySeconds)
      .map((state) => ({latencySeconds: state.latencySeconds, energyJoules: state.energyJoules, knobs: stateName(state, over)}))
  const frontiers = [
    {name: 'predicted', points: drawn('predicted')},
    {name: 'measured', points: drawn('measured')},
  ].filter(({points}) => points.length > 0)
  return {
    name: 'forecast',
    title: `${stepCount.toLocaleString('en')} steps of ${work}`,
    caption: 'Predicted from the measured states.',
    kind: 'frontiers',
    input: {frontiers, timeOf: 'the run', energyOf: 'the run'},
  }
}
