import type {HierarchyLevel} from '../accelerator/hierarchy.js'
import type {OperandRole} from '../foundation/resource.js'
import type {ProblemTensor} from '../workload/problem.js'

/** The part that a tensor plays in a product: what is stored from one run to the next stands where weights do. */
export function operandRole({isOutput, class: held}: ProblemTensor): OperandRole {
  if (isOutput) return 'outputs'
  return held === 'activations' ? 'inputs' : 'weights'
}

/** Whether a level may keep a tensor at all. */
export function mayKeep({operands, bypass = []}: HierarchyLevel, tensor: ProblemTensor): boolean {
  return !bypass.includes(tensor.class) && (operands === undefined || operands.includes(operandRole(tensor)))
}
