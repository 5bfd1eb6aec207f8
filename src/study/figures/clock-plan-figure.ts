import type {Accelerator} from '../../accelerator/accelerator.js'
import {voltageFloorHertz} from '../../dvfs/pass-dvfs.js'
import {type PlannedPass, plannedPass} from '../../dvfs/plan-record.js'
import {middleTurn, planSegments} from '../../dvfs/plan-segments.js'
import type {PlanLevel} from '../../dvfs/plan-units.js'
import type {ClockPanel, ClockPlanInput} from '../../report/charts/clock-plan.js'
import {quantityText, units} from '../../report/unit.js'
import {type FigureBuilder, namedAccelerators, namedWorkloads} from './figure-context.js'

const levelNames: Readonly<Record<PlanLevel, string>> = {single: 'One clock', stage: 'One clock a stage', kernel: 'One clock a kernel'}

/** Plans of one pass: each level where switches take the least, a close look at one layer, then the finest level where they take longer. */
export function clockPlanInput({record, kernels, plans}: PlannedPass, accelerator: Accelerator): ClockPlanInput {
  const panels = plans.flatMap(({switchSeconds, levels}, index) =>
    levels
      .filter(({level}) => (index === 0 ? level !== 'single' : level === 'kernel'))
      .flatMap((plan): ClockPanel[] => {
        const {savedEnergyRatio, switchCount} = record.switchings[index]!.levels.find(({level}) => level === plan.level)!
        const saved = quantityText(savedEnergyRatio, units.ratio)
        const name = `${levelNames[plan.level]}, switches of ${quantityText(switchSeconds, units.seconds)}: ${switchCount} switches, saves ${saved}`
        const panel = {name, segments: planSegments(kernels, plan, switchSeconds)}
        const windowSeconds = index === 0 && plan.level === 'kernel' ? middleTurn(kernels, plan, switchSeconds) : undefined
        return windowSeconds === undefined ? [panel] : [panel, {...panel, name: 'One of its layers, in close-up', windowSeconds}]
      }),
  )
  return {panels, voltageFloorHertz: voltageFloorHertz(accelerator)}
}

/** The planned clocks of one pass on one accelerator. */
export const clockPlanFigure: FigureBuilder<ClockPlanInput> = (request) => {
  const [drawn] = namedAccelerators(request)
  const [workload] = namedWorkloads(request)
  const planned = plannedPass(drawn!.accelerator, workload!, {fidelity: drawn!.fidelity})
  return clockPlanInput(planned, drawn!.accelerator)
}
