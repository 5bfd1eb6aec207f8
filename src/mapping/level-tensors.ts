import type {HierarchyLevel} from '../accelerator/hierarchy.js'
import type {TensorRole} from '../foundation/resource.js'
import type {ProblemTensor} from '../workload/problem.js'

/** What a level takes a tensor for: its output, or its class. */
export function tensorRole({isOutput, class: held}: ProblemTensor): TensorRole {
  return isOutput ? 'outputs' : held
}

/** Whether a level may keep a tensor at all. */
export function mayKeep({keeps}: HierarchyLevel, tensor: ProblemTensor): boolean {
  return keeps === undefined || keeps.includes(tensorRole(tensor))
}
