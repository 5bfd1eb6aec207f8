import type {Accelerator} from '../accelerator/accelerator.js'
import {type Measurable, refuseEstimates} from '../accelerator/refuse-estimates.js'
import type {Workload} from '../workload/operator.js'
import type {Program} from './program.js'
import {unitWork} from './unit-work.js'

/** Refuses a pass that rests on an estimate among the constants of these kinds. */
export function refuseEstimatesBehind(
  accelerator: Accelerator,
  workload: Workload,
  {boundNames, operators}: Program,
  kinds: readonly Measurable[],
): void {
  if (kinds.length === 0) return
  const busy = operators.flatMap(({program}) => program.loads.map(({boundIndex}) => boundNames[boundIndex]!))
  refuseEstimates(accelerator, kinds, usedPointers(accelerator, workload, busy))
}

/** Clocks and power always act; a unit in the formats it computes, a level or a link where the pass gives it something to do. */
export function usedPointers(
  {machine, name}: Accelerator,
  workload: Workload,
  busyResources: readonly string[],
): (pointer: string) => boolean {
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
