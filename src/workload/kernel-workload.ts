import {unknownName} from '../foundation/nearest-name.js'
import type {OperatorNode, Workload} from './operator.js'

/** A workload of one kernel alone. */
export function kernelWorkload(operator: OperatorNode): Workload {
  const residentBytes = {weights: 0, activations: 0, kvCache: 0, optimizerState: 0}
  return {name: operator.name, phase: 'kernel', operators: [operator], parameterCount: 0, residentBytes, tokenCount: 1, settings: {}}
}

/** All runs of one operator of a pass, issued as the pass issues them, for the tokens of the pass. */
export function operatorAlone({operators, tokenCount, settings}: Workload, name: string): Workload {
  const operator = operators.find((each) => each.name === name)
  if (operator !== undefined) return {...kernelWorkload(operator), tokenCount, settings}
  throw unknownName(
    'operator of this pass',
    name,
    operators.map((each) => each.name),
  )
}
