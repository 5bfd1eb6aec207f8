import type {Accelerator} from '../accelerator/accelerator.js'
import {type Measurable, refuseEstimates} from '../accelerator/refuse-estimates.js'
import type {Workload} from '../workload/operator.js'
import type {Program} from './program.js'
import {unitWork} from './unit-work.js'

/** How much of a result rests on estimated constants. */
export interface Evidence {
  /** Constants of the parts that this pass uses, and those of them that are estimates. */
  readonly usedCount: number
  readonly estimateCount: number
  /** Share of the energy whose energy per action, or idle or static power, is an estimate. */
  readonly estimatedEnergyRatio: number
}

/** What an evaluation says of where its time and energy went. */
interface Spent {
  readonly operators: readonly {readonly busySecondsByResource: Readonly<Record<string, number>>}[]
  readonly energyBySource: Readonly<Record<string, number>>
  readonly energyJoules: number
}

/** Which of an accelerator's constants stand behind an evaluation, and how many of them are estimates. */
export function evidenceBehind(accelerator: Accelerator, workload: Workload, evaluation: Spent): Evidence {
  const isUsed = usedPointers(
    accelerator,
    workload,
    evaluation.operators.flatMap(({busySecondsByResource}) => Object.keys(busySecondsByResource)),
  )
  const used = accelerator.constants.filter(({pointer}) => isUsed(pointer))
  let estimatedJoules = 0
  for (const [source, joules] of Object.entries(evaluation.energyBySource)) {
    const isEstimated = used.some(({pointer, estimate}) => estimate !== undefined && isEnergyOf(source, pointer))
    if (isEstimated) estimatedJoules += joules
  }
  return {
    usedCount: used.length,
    estimateCount: used.filter(({estimate}) => estimate !== undefined).length,
    estimatedEnergyRatio: evaluation.energyJoules > 0 ? estimatedJoules / evaluation.energyJoules : 0,
  }
}

/** Refuses a pass that rests on an estimate among the constants of these kinds. */
export function refuseEstimatesBehind(
  accelerator: Accelerator,
  workload: Workload,
  {boundNames, operators}: Program,
  kinds: readonly Measurable[],
): void {
  if (kinds.length === 0) return
  const busy = operators.flatMap(({program}) => program.busy.map(({boundIndex}) => boundNames[boundIndex]!))
  refuseEstimates(accelerator, kinds, usedPointers(accelerator, workload, busy))
}

/** Clocks and power always act; a unit in the formats it computes, a level or a link where the pass gives it something to do. */
function usedPointers({machine, name}: Accelerator, workload: Workload, busyResources: readonly string[]): (pointer: string) => boolean {
  const rates = workload.operators.flatMap((node) => unitWork(machine, node, name))
  const units = new Set(rates.map(({unitIndex}) => machine.units[unitIndex]!.name))
  const formats = new Set(rates.map(({unitIndex, dtype}) => `${machine.units[unitIndex]!.name} ${dtype}`))
  const busy = new Set(busyResources)
  return (pointer) => {
    const [, section, part = '', field = '', format = ''] = pointer.split('/')
    if (section === 'units') return format === '' || field === 'tile' ? units.has(part) : formats.has(`${part} ${format}`)
    if (section === 'memories' || section === 'links') return busy.has(part)
    return section === 'clocks' || section === 'power'
  }
}

function isEnergyOf(source: string, pointer: string): boolean {
  if (source === 'idle') return pointer.startsWith('/power/idle/')
  if (source === 'static' || source === 'clocking') return pointer === `/power/${source}`
  if (source === 'regulator') return pointer === '/power/regulatorEfficiency'
  const [, section, part, field = ''] = pointer.split('/')
  if (field === 'energyPerElement') return source === 'elements'
  return part === source && section !== 'clocks' && section !== 'power' && /energy/i.test(field)
}
