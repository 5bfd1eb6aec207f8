import type {Accelerator} from '../accelerator/accelerator.js'
import type {Workload} from '../workload/operator.js'
import type {Evaluation} from './evaluate.js'
import {usedPointers} from './used-constants.js'

/** How much of a result rests on estimated constants. */
export interface Evidence {
  /** Constants of the parts that this pass uses, and those of them that are estimates. */
  readonly usedCount: number
  readonly estimateCount: number
  /** Share of the energy whose energy per action, or idle or static power, is an estimate. */
  readonly estimatedEnergyRatio: number
}

/** Which of an accelerator's constants stand behind an evaluation, and how many of them are estimates. */
export function evidenceBehind(accelerator: Accelerator, workload: Workload, evaluation: Evaluation): Evidence {
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

function isEnergyOf(source: string, pointer: string): boolean {
  if (source === 'idle') return pointer.startsWith('/power/idle/')
  if (source === 'static' || source === 'clocking') return pointer === `/power/${source}`
  if (source === 'regulator') return pointer === '/power/regulatorEfficiency'
  const [, section, part, field = ''] = pointer.split('/')
  if (field === 'energyPerElement') return source === 'elements'
  return part === source && section !== 'clocks' && section !== 'power' && /energy/i.test(field)
}
