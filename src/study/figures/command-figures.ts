import type {Accelerator} from '../../accelerator/accelerator.js'
import type {PassDvfs} from '../../dvfs/pass-dvfs.js'
import type {PlannedPass} from '../../dvfs/plan-record.js'
import type {WhatIf} from '../../dvfs/what-if.js'
import type {Figure} from '../../report/report.js'
import type {Workload} from '../../workload/operator.js'
import {clockPlanInput} from './clock-plan-figure.js'
import {dvfsInput} from './dvfs-figure.js'
import {workloadLabel} from './figure-context.js'
import {whatIfFrontiers} from './frontiers-figure.js'

export {variantsFigure} from './frontiers-figure.js'

/** The figure of a pass over clocks and power limits. */
export function clocksFigure(pass: PassDvfs, accelerator: Accelerator, workload: Workload): Figure {
  const title = `Clocks and power limits: ${workloadLabel(workload)} on ${accelerator.name}`
  return {name: 'dvfs', title, caption: `Fidelity: ${pass.fidelity}.`, kind: 'dvfs', input: dvfsInput(pass, accelerator, workload)}
}

/** The figure of a plan of clocks. */
export function planFigure(planned: PlannedPass, accelerator: Accelerator): Figure {
  const {workload: name, phase, settings, fidelity} = planned.record
  const title = `Planned clocks: ${workloadLabel({name, phase, settings})} on ${accelerator.name}`
  return {name: 'clock-plan', title, caption: `Fidelity: ${fidelity}.`, kind: 'clock-plan', input: clockPlanInput(planned, accelerator)}
}

/** The figure of frontiers that changes of the hardware move. */
export function whatIfFigure(result: WhatIf): Figure {
  const {accelerator, workload: name, phase, settings, fidelity} = result
  const title = `Changed hardware: ${workloadLabel({name, phase, settings})} on ${accelerator}`
  return {name: 'what-if', title, caption: `Fidelity: ${fidelity}.`, kind: 'frontiers', input: whatIfFrontiers(result)}
}
