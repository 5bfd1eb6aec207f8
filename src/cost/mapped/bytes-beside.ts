import {type Chain, type ChainRole, chainTensors} from '../../workload/chain.js'
import type {OperatorNode, TensorAccess} from '../../workload/operator.js'
import type {OperatorProblem} from '../../workload/operator-problems.js'
import type {Problem, ProblemTensor} from '../../workload/problem.js'

/** What an operator reads and writes beside what is mapped of it: such as biases, which pass through every level once. */
export interface BytesBeside {
  readonly readBytes: number
  readonly writeBytes: number
}

/** All bytes of some tensors. */
export function accessBytes(accesses: readonly TensorAccess[]): number {
  return accesses.reduce((sum, {bytes}) => sum + bytes, 0)
}

/** Beside products that are mapped one by one. */
export function besideProducts(node: OperatorNode, problems: readonly OperatorProblem[]): BytesBeside {
  const bytes = (isOutput: boolean): number =>
    problems.reduce((sum, {problem, runCount}) => sum + runCount * tensorBytes(problem.tensors, problem, isOutput), 0)
  return beside(node, bytes(false), bytes(true))
}

/** Beside a chain that is mapped as a whole. */
export function besideChain(node: OperatorNode, chain: Chain): BytesBeside {
  const bytes = (role: ChainRole): number =>
    chainTensors(chain).reduce((sum, {tensor, role: own, memberIndices}) => {
      return own === role ? sum + tensorBytes([tensor], chain.members[memberIndices[0]!]!.problem, tensor.isOutput) : sum
    }, 0)
  return beside(node, bytes('input'), bytes('output'))
}

function beside({demand}: OperatorNode, mappedReadBytes: number, mappedWriteBytes: number): BytesBeside {
  return {
    readBytes: Math.max(0, accessBytes(demand.reads) - mappedReadBytes),
    writeBytes: Math.max(0, accessBytes(demand.writes) - mappedWriteBytes),
  }
}

/** Each index of these problems' tensors is one dimension. */
function tensorBytes(tensors: readonly ProblemTensor[], {dimensions}: Problem, isOutput: boolean): number {
  return tensors
    .filter((tensor) => tensor.isOutput === isOutput)
    .reduce((sum, {ranks, elementBits}) => {
      const words = ranks.reduce((product, {terms}) => product * dimensions[terms[0]!.dimension]!.size, 1)
      return sum + (words * elementBits) / 8
    }, 0)
}
