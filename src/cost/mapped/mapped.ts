import {findUnit, productKinds} from '../../accelerator/find-unit.js'
import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {Column, Machine} from '../../accelerator/machine.js'
import {groupChain} from '../../workload/fusion.js'
import type {OperatorNode} from '../../workload/operator.js'
import {isFusedOperator, operatorProblems} from '../../workload/operator-problems.js'
import {type Amounts, eachRow} from '../amounts.js'
import type {Explanation} from '../explanation.js'
import type {Counts, Fidelity, OperatorTime, TimeContext} from '../operator-time.js'
import {idealStep, longestSeconds, rooflineOperator} from '../roofline/roofline.js'
import {unitWork} from '../unit-work.js'
import {chainMapper, chainOf, type MapChain} from './attention-mapper.js'
import {type BytesBeside, besideChain, besideProducts} from './bytes-beside.js'
import {epilogueWorks} from './epilogue.js'
import {type MapMlp, mlpMapper} from './mlp-mapper.js'
import {type MappedWork, type ProductColumns, productColumns} from './product-columns.js'
import type {CountedNest} from './product-cost.js'
import {defaultObjectives, type MapProduct, type MappingChoice, productMapper} from './product-mapper.js'

/**
 * Each product runs as its best mapping does: the slowest of its multiply-adders and of the ports of each level sets its pace, with all
 * transfers hidden behind each other; fused attention is mapped as a whole. Work without a loop nest takes the time of the ideal bound.
 */
export function mappedFidelity(choice: MappingChoice = {}): Fidelity {
  const mapProduct = productMapper(choice)
  const aim = choice.objectives ?? defaultObjectives
  const mapChain = chainMapper(aim, choice.isAttentionUnfused === true)
  const mappers = {mapProduct, mapChain, mapMlp: mlpMapper(aim, mapProduct)}
  const fidelity = (isAsStated: boolean): Fidelity => ({
    summary: 'matrix products as the best mapping found runs them, all transfers overlapped; all else at the ideal bound',
    compile: (context) => {
      const parts = partsOfOperator(context, mappers)
      return parts.works.length === 0 ? rooflineOperator(context.loads) : mappedOperator(context, parts, isAsStated)
    },
    isAvailable: () => true,
  })
  return {...fidelity(false), asStated: fidelity(true)}
}

interface Mappers {
  readonly mapProduct: MapProduct
  readonly mapChain: MapChain
  readonly mapMlp: MapMlp
}

/** What of an operator is mapped, and what it moves beside that. */
interface MappedParts extends BytesBeside {
  readonly works: readonly MappedWork[]
  readonly fusion?: () => string
}

function mappedOperator(context: TimeContext, parts: MappedParts, isAsStated: boolean): OperatorTime {
  const {machine, loads, node, rowCapacity} = context
  const {maximumHertz} = machine.clocks[0]!
  const products = parts.works.map((each) => productColumns(context, each, isAsStated))
  const otherWork = unitWork(machine, node, context.accelerator.name)
  const ideal = rooflineOperator(loads)
  const [idealSeconds, idealBound] = [new Float64Array(rowCapacity), new Int32Array(rowCapacity)]

  const count = ({executed, moved}: Counts, rowCount: number): void => {
    for (const product of products) product.fill(rowCount)
    for (const {unitIndex, dtype, operations} of executed) {
      const work = otherWork.find((each) => each.unitIndex === unitIndex && each.dtype === dtype)!
      fillEach(operations, work.operationCount, rowCount)
      for (const product of products) {
        if (product.unitIndex === unitIndex && product.dtype === dtype)
          addTo(operations.values, product.executed, product.runCount, rowCount)
      }
    }
    for (const [level, {readBytes, writeBytes}] of moved.entries()) {
      fillEach(readBytes, parts.readBytes, rowCount)
      fillEach(writeBytes, parts.writeBytes, rowCount)
      for (const product of products) {
        addTo(readBytes.values, product.moved[level]!.readBytes, product.runCount, rowCount)
        addTo(writeBytes.values, product.moved[level]!.writeBytes, product.runCount, rowCount)
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
    return explanation(machine, products, longestSeconds(loads), seconds[0]!)
  }
  return {
    ...ideal,
    from: 'the described machine, mapped',
    kernel,
    count,
    explain,
    ...(parts.fusion !== undefined && {fusion: parts.fusion}),
  }
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

/** What products add to differs from row to row. */
function fillEach(out: Amounts, value: number, rowCount: number): void {
  out.values.fill(value, 0, rowCount)
  out.rowMask = eachRow
}

function addTo(total: Column, part: Column, partCount: number, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) total[row]! += part[row]! * partCount
}

/**
 * Operators that run as one are mapped as one. Fused attention is a chain where chains tell its form, and its blocks run on other than
 * systolic arrays, which need loops of their own; other products are mapped one by one.
 */
function partsOfOperator({node, accelerator}: TimeContext, {mapProduct, mapChain, mapMlp}: Mappers): MappedParts {
  const [contraction] = node.demand.contractions
  const unit = contraction && findUnit(accelerator.machine, productKinds, contraction.dtype, `operator ${node.name}`, accelerator.name)
  const isSystolic = unit !== undefined && accelerator.machine.units[unit]!.systolic !== undefined
  if (node.parts !== undefined && node.demand.contractions.length > 1) return mlpParts(node, node.parts, mapMlp, isSystolic)
  if (node.parts !== undefined) {
    const beside = besideProducts(node, operatorProblems(node.parts[0]!))
    return {
      works: epilogueWorks(node, node.parts, mapProduct),
      ...beside,
      fusion: () => 'in one kernel, which works on results before they leave',
    }
  }
  if (!isFusedOperator(node)) {
    const problems = operatorProblems(node)
    const works = problems.map(({problem, ...each}) => ({...each, countedOn: (on: readonly Hierarchy[]) => mapProduct(problem, on)}))
    return {works, ...besideProducts(node, problems)}
  }
  const chain = isSystolic ? undefined : chainOf(node)
  if (chain === undefined) return {works: [], readBytes: 0, writeBytes: 0}
  const works = [{dtype: contraction!.dtype, runCount: 1, usefulRatio: 1, countedOn: (on: readonly Hierarchy[]) => mapChain(chain, on)}]
  return {works, ...besideChain(node, chain)}
}

/** The chain, where there is one, stands in the place of the first part, and nothing in those of the others. */
function mlpParts(node: OperatorNode, parts: readonly OperatorNode[], mapMlp: MapMlp, isSystolic: boolean): MappedParts {
  let fusion = ''
  const works = parts.map((_, part): MappedWork => {
    const countedOn = (hierarchies: readonly Hierarchy[]): CountedNest => {
      const mapped = mapMlp(parts, hierarchies, isSystolic)
      fusion = mapped.fusion
      return mapped.counted[part] ?? nothingOn(hierarchies[0]!)
    }
    return {dtype: node.demand.contractions[0]!.dtype, runCount: 1, usefulRatio: 1, countedOn}
  })
  return {works, ...besideChain(node, groupChain(parts)!), fusion: () => fusion}
}

function nothingOn({levels}: Hierarchy): CountedNest {
  return {
    executedOperationCount: 0,
    arithmeticCycles: 0,
    levels: levels.map(({instanceCount}) => ({instanceCount, readBytes: 0, writtenBytes: 0})),
  }
}
