import {findUnit, productKinds} from '../../accelerator/find-unit.js'
import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {Column, Machine} from '../../accelerator/machine.js'
import {type ChainRole, chainTensors} from '../../workload/chain.js'
import type {OperatorNode, TensorAccess} from '../../workload/operator.js'
import {isFusedOperator, operatorProblems} from '../../workload/operator-problems.js'
import type {Problem, ProblemTensor} from '../../workload/problem.js'
import type {Explanation} from '../explanation.js'
import type {Counts, Fidelity, OperatorTime, TimeContext} from '../operator-time.js'
import {idealStep, longestSeconds, rooflineOperator} from '../roofline/roofline.js'
import {unitWork} from '../unit-work.js'
import {chainMapper, chainOf, type MapChain} from './attention-mapper.js'
import {type MappedWork, type ProductColumns, productColumns} from './product-columns.js'
import {defaultObjectives, type MapProduct, type MappingChoice, productMapper} from './product-mapper.js'

/**
 * Each product runs as its best mapping does: the slowest of its multiply-adders and of the ports of each level sets its pace, with all
 * transfers hidden behind each other; fused attention is mapped as a whole. Work without a loop nest takes the time of the ideal bound.
 */
export function mappedFidelity(choice: MappingChoice = {}): Fidelity {
  const mapProduct = productMapper(choice)
  const mapChain = chainMapper(choice.objectives ?? defaultObjectives, choice.isAttentionUnfused === true)
  const fidelity = (isAsStated: boolean): Fidelity => ({
    summary: 'matrix products as the best mapping found runs them, all transfers overlapped; all else at the ideal bound',
    compile: (context) => {
      const parts = partsOfOperator(context, mapProduct, mapChain)
      return parts.works.length === 0 ? rooflineOperator(context.busy) : mappedOperator(context, parts, isAsStated)
    },
    isAvailable: () => true,
  })
  return {...fidelity(false), asStated: fidelity(true)}
}

/** What of an operator is mapped, and what it reads and writes beside that: such as biases, which pass through every level once. */
interface MappedParts {
  readonly works: readonly MappedWork[]
  readonly readBytes: number
  readonly writeBytes: number
}

function mappedOperator(context: TimeContext, parts: MappedParts, isAsStated: boolean): OperatorTime {
  const {machine, busy, node, rowCapacity} = context
  const {maximumHertz} = machine.clocks[0]!
  const products = parts.works.map((each) => productColumns(context, each, isAsStated))
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
      readBytes.fill(parts.readBytes, 0, rowCount)
      writeBytes.fill(parts.writeBytes, 0, rowCount)
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
  const explain: OperatorTime['explain'] = (coreHertz) => {
    const [seconds, boundBy] = [new Float64Array(1), new Int32Array(1)]
    kernel(Float64Array.of(coreHertz), seconds, boundBy, 1)
    return explanation(machine, products, longestSeconds(busy), seconds[0]!)
  }
  return {...ideal, from: 'the described machine, mapped', kernel, count, explain}
}

/** What the mappings of a run move, and what of its time is not the slowest resource's at its peak. */
function explanation(machine: Machine<Column>, products: readonly ProductColumns[], idealSeconds: number, seconds: number): Explanation {
  const summed = (of: (product: ProductColumns) => number): number =>
    products.reduce((sum, product) => sum + of(product) * product.runCount, 0)
  const facts = machine.memories.map(({name}, level) => ({
    name: `moved at ${name}`,
    value: summed(({moved}) => moved[level]!.readBytes[0]! + moved[level]!.writeBytes[0]!),
    unit: 'B',
  }))
  const mapping = {
    name: 'mapping',
    meaning: 'products in turn, each on what of the machine its mapping uses',
    source: 'the loop nests found',
    seconds: seconds - idealSeconds,
  }
  return {
    facts: [...facts, {name: 'executed', value: summed(({executed}) => executed[0]!), unit: 'op'}],
    steps: [idealStep(idealSeconds), mapping],
  }
}

function addTo(total: Column, part: Column, partCount: number, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) total[row]! += part[row]! * partCount
}

/**
 * Fused attention is one chain where chains tell its form, and its blocks run on other than systolic arrays, which need loops of their own;
 * other products are mapped one by one.
 */
function partsOfOperator({node, accelerator}: TimeContext, mapProduct: MapProduct, mapChain: MapChain): MappedParts {
  if (!isFusedOperator(node)) {
    const problems = operatorProblems(node)
    const works = problems.map(({problem, ...each}) => ({...each, countedOn: (on: readonly Hierarchy[]) => mapProduct(problem, on)}))
    const bytes = (isOutput: boolean): number =>
      problems.reduce((sum, {problem, runCount}) => sum + runCount * tensorBytes(problem.tensors, problem, isOutput), 0)
    return {works, ...bytesBeside(node, bytes(false), bytes(true))}
  }
  const {dtype} = node.demand.contractions[0]!
  const unit = findUnit(accelerator.machine, productKinds, dtype, `operator ${node.name}`, accelerator.name)
  const chain = accelerator.machine.units[unit]!.systolic === undefined ? chainOf(node) : undefined
  if (chain === undefined) return {works: [], readBytes: 0, writeBytes: 0}
  const works = [{dtype, runCount: 1, usefulRatio: 1, countedOn: (on: readonly Hierarchy[]) => mapChain(chain, on)}]
  const bytes = (roles: readonly ChainRole[]): number =>
    chainTensors(chain).reduce((sum, {tensor, role, memberIndices}) => {
      return roles.includes(role) ? sum + tensorBytes([tensor], chain.members[memberIndices[0]!]!.problem, tensor.isOutput) : sum
    }, 0)
  return {works, ...bytesBeside(node, bytes(['input']), bytes(['output']))}
}

function bytesBeside({demand}: OperatorNode, mappedReadBytes: number, mappedWriteBytes: number): Omit<MappedParts, 'works'> {
  const stated = (accesses: readonly TensorAccess[]): number => accesses.reduce((sum, {bytes}) => sum + bytes, 0)
  return {
    readBytes: Math.max(0, stated(demand.reads) - mappedReadBytes),
    writeBytes: Math.max(0, stated(demand.writes) - mappedWriteBytes),
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
