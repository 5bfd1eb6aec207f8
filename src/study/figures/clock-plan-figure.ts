import type {Accelerator} from '../../accelerator/accelerator.js'
import {type BandedPlannedPass, type LevelBands, planWithBands} from '../../dvfs/banded-plan.js'
import {voltageFloorHertz} from '../../dvfs/pass-dvfs.js'
import {middleTurn, planSegments} from '../../dvfs/plan-segments.js'
import type {PlanLevel} from '../../dvfs/plan-units.js'
import type {ClockPanel, ClockPlanInput} from '../../report/charts/clock-plan.js'
import {quantityText, units} from '../../report/unit.js'
import {type FigureBuilder, namedAccelerators, namedWorkloads} from './figure-context.js'

const levelNames: Readonly<Record<PlanLevel, string>> = {single: 'One clock', stage: 'One clock a stage', kernel: 'One clock a kernel'}

/** Plans of one pass: each level where switches take the least, a close look at one layer, then the finest level where they take longer. */
export function clockPlanInput({record, kernels, plans}: BandedPlannedPass, accelerator: Accelerator): ClockPlanInput {
  const panels = plans.flatMap(({switchSeconds, levels}, index) =>
    levels
      .filter(({level}) => (index === 0 ? level !== 'single' : level === 'kernel'))
      .flatMap((plan): ClockPanel[] => {
        const place = record.switchings[index]!.levels.findIndex(({level}) => level === plan.level)
        const {savedEnergyRatio, switchCount} = record.switchings[index]!.levels[place]!
        const saved = quantityText(savedEnergyRatio, units.ratio)
        const name = `${levelNames[plan.level]}, switches of ${quantityText(switchSeconds, units.seconds)}: ${switchCount} switches, saves ${saved}`
        const panel = {name, ...bandNote(record.levelBands?.[index]?.[place]), segments: planSegments(kernels, plan, switchSeconds)}
        const windowSeconds = index === 0 && plan.level === 'kernel' ? middleTurn(kernels, plan, switchSeconds) : undefined
        return windowSeconds === undefined
          ? [panel]
          : [panel, {name: 'One of its layers, in close-up', segments: panel.segments, windowSeconds}]
      }),
  )
  return {panels, voltageFloorHertz: voltageFloorHertz(accelerator)}
}

/** Between what most samples save; nothing where no band is drawn, or it reads as one value. */
function bandNote(bands: LevelBands | undefined): Pick<ClockPanel, 'note'> {
  if (bands === undefined) return {}
  const [low, high] = [bands.savedEnergyBand.p5Ratio, bands.savedEnergyBand.p95Ratio].map((ratio) => quantityText(ratio, units.ratio))
  return low === high ? {} : {note: `nine in ten samples of the constants save ${low} to ${high}`}
}

/** The planned clocks of one pass on one accelerator. */
export const clockPlanFigure: FigureBuilder<ClockPlanInput> = (request) => {
  const [drawn] = namedAccelerators(request)
  const [workload] = namedWorkloads(request)
  const planned = planWithBands(drawn!.accelerator, workload!, {fidelity: drawn!.fidelity})
  return clockPlanInput(planned, drawn!.accelerator)
}
