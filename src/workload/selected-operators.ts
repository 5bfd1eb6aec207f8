import {unknownName} from '../foundation/nearest-name.js'
import {type TensorClass, tensorClasses} from '../foundation/resource.js'
import type {OperatorNode, Workload} from './operator.js'

/** A pass of only some of its operators, each once where several have one name; it keeps what they read and write. */
export function selectedOperators(workload: Workload, names: readonly string[]): Workload {
  const known = workload.operators.map(({name}) => name)
  const missing = names.find((name) => !known.includes(name))
  if (missing !== undefined) throw unknownName(`operator of ${workload.name} ${workload.phase}`, missing, known)
  const operators = workload.operators.filter(({name}) => names.includes(name))
  const {stretches: _, ...rest} = workload
  return {...rest, operators, residentBytes: keptBytes(operators)}
}

/** All that is kept from pass to pass, and the activations of the operator with the most. */
function keptBytes(operators: readonly OperatorNode[]): Record<TensorClass, number> {
  const bytesOf = ({demand}: OperatorNode, tensor: TensorClass): number =>
    [...demand.reads, ...demand.writes].reduce((sum, access) => (access.tensor === tensor ? sum + access.bytes : sum), 0)
  const kept = (tensor: TensorClass): number =>
    tensor === 'activations'
      ? Math.max(...operators.map((node) => bytesOf(node, tensor)))
      : operators.reduce((sum, node) => sum + node.count * bytesOf(node, tensor), 0)
  return Object.fromEntries(tensorClasses.map((tensor) => [tensor, kept(tensor)])) as Record<TensorClass, number>
}
