import type {MappingChoice} from '../cost/mapped/product-mapper.js'
import {fusedWorkload} from '../workload/fused-workload.js'
import {buildWorkload} from '../workload/load-workload.js'
import type {Workload} from '../workload/operator.js'
import {selectedOperators} from '../workload/selected-operators.js'
import type {DesignSpace} from './design-space.js'
import {isMappingAxis, type KnobValues, mappingChoice} from './mapping-axes.js'

/** What a combination of a space's values of its pass runs, and how its products are mapped. */
export function spaceProgram(
  {model, pass, operators, folder}: Pick<DesignSpace, 'model' | 'pass' | 'operators' | 'folder'>,
  varied: KnobValues,
): {readonly workload: Workload; readonly choice: MappingChoice | undefined} {
  const settings = Object.fromEntries(Object.entries(varied).filter(([name]) => !isMappingAxis(name)))
  const workload = buildWorkload(model, {...settings, ...pass})
  const chosen = operators === undefined ? workload : selectedOperators(workload, operators)
  return {workload: fusedWorkload(chosen, varied['fusion']), choice: mappingChoice(varied, folder)}
}
