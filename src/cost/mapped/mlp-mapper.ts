import type {Hierarchy} from '../../accelerator/hierarchy.js'
import {chainProblem} from '../../mapping/chain-analysis.js'
import {idealRates} from '../../mapping/chain-time.js'
import {type MappedChain, mappedChain} from '../../search/mapped-chain.js'
import {isWithoutMapping} from '../../search/mapping-candidates.js'
import type {Objective} from '../../search/objectives.js'
import {groupChain} from '../../workload/fusion.js'
import type {OperatorNode, Work} from '../../workload/operator.js'
import {operatorProblems} from '../../workload/operator-problems.js'
import {countedChain} from './attention-mapper.js'
import {accessBytes} from './bytes-beside.js'
import type {CountedNest} from './product-cost.js'
import type {MapProduct} from './product-mapper.js'

/** What an MLP does on a machine: as one chain, or each part on its own. */
export interface MappedMlp {
  readonly counted: readonly CountedNest[]
  /** Through which level, or why on their own. */
  readonly fusion: string
}

/** Maps the parts of an MLP; hierarchies are of one machine at several clocks. */
export type MapMlp = (parts: readonly OperatorNode[], hierarchies: readonly Hierarchy[], isSystolic: boolean) => MappedMlp

/** Maps MLPs, each once: as a chain where one fits that moves no more through the outermost memory than its parts on their own. */
export function mlpMapper(aim: readonly Objective[], mapProduct: MapProduct): MapMlp {
  const known = new Map<string, MappedMlp>()
  return (parts, hierarchies, isSystolic) => {
    const key = JSON.stringify([groupChain(parts), hierarchies, isSystolic])
    const found = known.get(key) ?? chainedOrApart(parts, hierarchies, {aim, mapProduct, isSystolic})
    known.set(key, found)
    return found
  }
}

function chainedOrApart(
  parts: readonly OperatorNode[],
  hierarchies: readonly Hierarchy[],
  {aim, mapProduct, isSystolic}: {aim: readonly Objective[]; mapProduct: MapProduct; isSystolic: boolean},
): MappedMlp {
  const hierarchy = hierarchies[0]!
  const chain = groupChain(parts)!
  const apart = parts.map((part) => {
    const [product] = operatorProblems(part)
    return product === undefined ? elementsOf(part, hierarchy) : mapProduct(product.problem, hierarchies)
  })
  const onTheirOwn = (why: string): MappedMlp => ({counted: apart, fusion: `on their own, since ${why}`})
  if (isSystolic) return onTheirOwn('chains do not tell the loops of a systolic array')
  const fused = chained(() => mappedChain(chain, hierarchy, 'fused', aim))
  if (fused === undefined) return onTheirOwn('no nest of them as a chain runs here')
  if (!fused.fits) {
    const {level, overBytes} = fused.misfits.reduce((most, misfit) => (misfit.overBytes > most.overBytes ? misfit : most))
    return onTheirOwn(`${level} lacks ${Math.ceil(overBytes)} bytes for even the smallest blocks of the chain`)
  }
  const whole = countedChain(chainProblem(chain, hierarchy), fused)
  const [chainBytes, apartBytes] = [outermostBytes([whole]), outermostBytes(apart)]
  if (!(chainBytes <= apartBytes))
    return onTheirOwn(
      `the best chain that fits moves ${(chainBytes / apartBytes).toPrecision(3)} times as much through ${hierarchy.levels[0]!.name}`,
    )
  return {counted: [whole], fusion: `as a chain through ${fused.fusedAt}`}
}

function chained(map: () => MappedChain): MappedChain | undefined {
  try {
    return map()
  } catch (error) {
    if (isWithoutMapping(error)) return undefined
    throw error
  }
}

/** Work on elements as a kernel of its own: what it reads and writes passes each memory once. */
function elementsOf({demand}: OperatorNode, hierarchy: Hierarchy): CountedNest {
  const {vectorPerCycle, specialPerCycle} = idealRates(hierarchy)
  const operationCount = (unit: Work['unit']): number =>
    demand.work.reduce((sum, work) => (work.unit === unit ? sum + work.operationCount : sum), 0)
  const cycles = Math.max(operationCount('vector') / vectorPerCycle, operationCount('special') / specialPerCycle)
  const [read, written] = [accessBytes(demand.reads), accessBytes(demand.writes)]
  const levels = hierarchy.levels.map(({instanceCount}) => ({
    instanceCount,
    readBytes: read / instanceCount,
    writtenBytes: written / instanceCount,
  }))
  return {executedOperationCount: 0, arithmeticCycles: cycles, levels}
}

function outermostBytes(counted: readonly CountedNest[]): number {
  return counted.reduce((sum, {levels: [level]}) => sum + level!.instanceCount * (level!.readBytes + level!.writtenBytes), 0)
}
