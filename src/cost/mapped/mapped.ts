import type {Column} from '../../accelerator/machine.js'
import type {OperatorNode, TensorAccess} from '../../workload/operator.js'
import {isFusedOperator, type OperatorProblem, operatorProblems} from '../../workload/operator-problems.js'
import type {Counts, Fidelity, OperatorTime, TimeContext} from '../operator-time.js'
import {rooflineOperator} from '../roofline/roofline.js'
import {unitWork} from '../unit-work.js'
import {type Mapper, productColumns} from './product-columns.js'
import {type MappingChoice, productMapper} from './product-mapper.js'

/**
 * Each product runs as its best mapping does: the slowest of its multiply-adders and of the ports of each level sets its pace, with all
 * transfers hidden behind each other. Work without a loop nest takes the time of the ideal bound.
 */
export function mappedFidelity(choice: MappingChoice = {}): Fidelity {
  const mapProduct = productMapper(choice)
  const fidelity = (isAsStated: boolean): Fidelity => ({
    summary: 'matrix products as the best mapping found runs them, all transfers overlapped; all else at the ideal bound',
    compile: (context) => {
      const problems = isFusedOperator(context.node) ? [] : operatorProblems(context.node)
      return problems.length === 0 ? rooflineOperator(context.busy) : mappedOperator(context, problems, {mapProduct, isAsStated})
    },
    isAvailable: () => true,
  })
  return {...fidelity(false), asStated: fidelity(true)}
}

function mappedOperator(context: TimeContext, problems: readonly OperatorProblem[], mapper: Mapper): OperatorTime {
  const {machine, busy, node, rowCapacity} = context
  const {maximumHertz} = machine.clocks[0]!
  const products = problems.map((each) => productColumns(context, each, mapper))
  const rest = bytesBeside(node, problems)
  const otherWork = unitWork(machine, node, context.accelerator.name)
  const ideal = rooflineOperator(busy)
  const [idealSeconds, idealBound] = [new Float64Array(rowCapacity), new Int32Array(rowCapacity)]

  const count = ({executed, moved}: Counts, rowCount: number): void => {
    for (const product of products) product.fill(rowCount)
    for (const {unitIndex, dtype, operations} of executed) {
      const work = otherWork.find((each) => each.unitIndex === unitIndex && each.dtype === dtype)!
      operations.fill(work.operationCount, 0, rowCount)
      for (const product of products) {
        if (product.unitIndex === unitIndex && product.dtype === dtype) addTo(operations, product.executed, product.runCount, rowCount)
      }
    }
    for (const [level, {readBytes, writeBytes}] of moved.entries()) {
      readBytes.fill(rest.readBytes, 0, rowCount)
      writeBytes.fill(rest.writeBytes, 0, rowCount)
      for (const product of products) {
        addTo(readBytes, product.moved[level]!.readBytes, product.runCount, rowCount)
        addTo(writeBytes, product.moved[level]!.writeBytes, product.runCount, rowCount)
      }
    }
  }
  const kernel: OperatorTime['kernel'] = (coreHertz, seconds, boundBy, rowCount) => {
    ideal.kernel(coreHertz, idealSeconds, idealBound, rowCount)
    for (let row = 0; row < rowCount; row++) {
      const slowdown = maximumHertz[row]! / coreHertz[row]!
      let [total, longest] = [0, 0]
      for (const {resources, runCount} of products) {
        let [slowest, bound] = [0, 0]
        for (const {seconds: each, isInCore, boundIndex} of resources) {
          const needed = isInCore ? each[row]! * slowdown : each[row]!
          if (needed > slowest) [slowest, bound] = [needed, boundIndex]
        }
        total += slowest * runCount
        if (slowest * runCount > longest) [longest, boundBy[row]] = [slowest * runCount, bound]
      }
      if (idealSeconds[row]! > total) [total, boundBy[row]] = [idealSeconds[row]!, idealBound[row]!]
      seconds[row] = total
    }
  }
  return {...ideal, from: 'the described machine, mapped', kernel, count}
}

function addTo(total: Column, part: Column, partCount: number, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) total[row]! += part[row]! * partCount
}

/** What an operator reads and writes beside the tensors of its products, such as biases; it passes through every level once. */
function bytesBeside(
  {demand}: OperatorNode,
  problems: readonly OperatorProblem[],
): {readonly readBytes: number; readonly writeBytes: number} {
  const stated = (accesses: readonly TensorAccess[]): number => accesses.reduce((sum, {bytes}) => sum + bytes, 0)
  const mapped = (isOutput: boolean): number => problems.reduce((sum, each) => sum + each.runCount * tensorBytes(each, isOutput), 0)
  return {
    readBytes: Math.max(0, stated(demand.reads) - mapped(false)),
    writeBytes: Math.max(0, stated(demand.writes) - mapped(true)),
  }
}

function tensorBytes({problem: {dimensions, tensors}}: OperatorProblem, isOutput: boolean): number {
  return tensors
    .filter((tensor) => tensor.isOutput === isOutput)
    .reduce((sum, {ranks, elementBits}) => {
      const words = ranks.reduce(
        (product, {terms}) => product * terms.reduce((extent, {dimension}) => extent * dimensions[dimension]!.size, 1),
        1,
      )
      return sum + (words * elementBits) / 8
    }, 0)
}
