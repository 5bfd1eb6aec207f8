import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {FusedNest} from './fused-nest.js'
import type {ChainProblem, MemberTraffic} from './member-traffic.js'
import type {GridClass, SharedTraffic} from './shared-traffic.js'

/** What element work runs on, and what of its rates a machine sustains. */
export interface ChainRates {
  /** Element operations, and exponentials, of the whole machine in a cycle; infinite where nothing describes their units. */
  readonly vectorPerCycle: number
  readonly specialPerCycle: number
  /** Share of the products' peak that a block sustains. */
  readonly productRatio: number
  /** Share of the exponentials' time that no product hides. */
  readonly exposedRatio: number
  /** Start and end of a group, beside its loads. */
  readonly groupCycles: number
  /** Share of its bandwidth that the outermost level sustains. */
  readonly bandwidthRatio: number
}

/** Everything at its peak, and hidden behind what takes longest. */
export function idealRates({elements}: Hierarchy): ChainRates {
  const {vectorPerCycle, specialPerCycle} = elements ?? {
    vectorPerCycle: Number.POSITIVE_INFINITY,
    specialPerCycle: Number.POSITIVE_INFINITY,
  }
  return {vectorPerCycle, specialPerCycle, productRatio: 1, exposedRatio: 0, groupCycles: 0, bandwidthRatio: 1}
}

/** Cycles of each kind of unit under one instance of the fusion level. */
export interface BlockCycles {
  readonly productCycles: number
  readonly specialCycles: number
  readonly vectorCycles: number
}

/** What the members' work on one block takes of each kind of unit. */
export function blockCycles(
  problem: ChainProblem,
  nest: FusedNest,
  members: readonly MemberTraffic[],
  sizes: readonly number[],
  rates: ChainRates,
): BlockCycles {
  const {chain, hierarchy, dimensions, tensors} = problem
  const {instanceCount} = hierarchy.levels[nest.fusionLevel]!
  let [productCycles, specialCount, vectorCount] = [0, 0, 0]
  for (const [index, {problem: own, elementWork}] of chain.members.entries()) {
    productCycles += members[index]!.blockOf?.(sizes).cycles ?? 0
    if (elementWork === undefined) continue
    const extentOf = (name: string): number => sizes[dimensions.findIndex((dimension) => dimension.name === name)]!
    const points = own.dimensions.reduce((product, {name}) => product * extentOf(name), 1)
    specialCount += elementWork.specialPerPointCount * points
    vectorCount += elementWork.vectorPerPointCount * points
    const rescaled = nest.fusionLevel > 0 && tensors.find(({tensor}) => tensor.name === elementWork.rescales)
    if (!rescaled) continue
    const {problem: maker} = chain.members[rescaled.memberIndices[0]!]!
    const ranked = rescaled.tensor.ranks.flatMap(({terms}) => terms.map(({dimension}) => maker.dimensions[dimension]!.name))
    vectorCount += ranked.reduce((product, name) => product * extentOf(name), 1)
  }
  return {
    productCycles,
    specialCycles: (specialCount * instanceCount) / rates.specialPerCycle,
    vectorCycles: (vectorCount * instanceCount) / rates.vectorPerCycle,
  }
}

/**
 * One block: products at their sustained rate, with what they do not hide of the exponentials; no unit faster than its own work takes.
 * Groups that share an instance share its units, but fill each other's gaps.
 */
function blockTime({productCycles, specialCycles, vectorCycles}: BlockCycles, residentCount: number, rates: ChainRates): number {
  const products = productCycles / rates.productRatio
  const lone = Math.max(products + rates.exposedRatio * specialCycles, specialCycles, vectorCycles)
  return Math.max(lone, residentCount * Math.max(products, specialCycles, vectorCycles))
}

/** Cycles until the last group is done, where each goes to the slot that is free first, the longest groups first. */
export function makespan(groups: readonly {readonly cycles: number; readonly count: number}[], slotCount: number): number {
  const sorted = groups.toSorted((a, b) => b.cycles - a.cycles)
  const busy = new Float64Array(slotCount)
  let longest = 0
  for (const {cycles, count} of sorted) {
    const rounds = Math.max(0, Math.floor(count / slotCount) - 1)
    // Whole rounds of equal groups keep the order of the slots as long as none is ahead of another by more than a group.
    const spread = busy[slotCount - 1]! - busy[0]!
    const skipped = spread <= cycles ? rounds : 0
    if (skipped > 0) for (let slot = 0; slot < slotCount; slot++) busy[slot]! += skipped * cycles
    for (let group = skipped * slotCount; group < count; group++) settle(busy, busy[0]! + cycles)
    longest = Math.max(longest, busy[slotCount - 1]!)
  }
  return longest
}

/** Puts the slot that was free first in its new place; slots stay in order of when they are free. */
function settle(busy: Float64Array, until: number): void {
  let place = 0
  while (place + 1 < busy.length && busy[place + 1]! < until) {
    busy[place] = busy[place + 1]!
    place++
  }
  busy[place] = until
}

/** Cycles until the last group of a fused chain is done. */
export function workCycles(
  problem: ChainProblem,
  nest: FusedNest,
  members: readonly MemberTraffic[],
  shared: SharedTraffic,
  rates: ChainRates,
): number {
  const slotCount = problem.hierarchy.levels[nest.fusionLevel]!.instanceCount * nest.residentCount
  return makespan(groupTimes(problem, nest, members, shared, rates), slotCount)
}

/** Groups of a fused chain with the cycles of each; where there are more than instances, they share these. */
function groupTimes(
  problem: ChainProblem,
  nest: FusedNest,
  members: readonly MemberTraffic[],
  shared: SharedTraffic,
  rates: ChainRates,
): readonly {readonly cycles: number; readonly count: number}[] {
  const {instanceCount} = problem.hierarchy.levels[nest.fusionLevel]!
  const groupCount = shared.classes.reduce((sum, each) => sum + each.groupCount, 0)
  const residentCount = groupCount > instanceCount ? nest.residentCount : 1
  const askingCount = Math.min(instanceCount, groupCount)
  return shared.classes.map((gridClass) => {
    const worked = gridClass.blocks.reduce((sum, {sizes, blockCount}) => {
      const cycles = blockCycles(problem, nest, members, nest.workSizes ?? sizes, rates)
      return sum + blockCount * blockTime(cycles, residentCount, rates)
    }, 0)
    const loads = nest.fusionLevel === 0 || residentCount > 1 ? 0 : exposedLoads(problem, nest, gridClass, askingCount)
    return {cycles: worked + loads + rates.groupCycles, count: gridClass.groupCount}
  })
}

/** Loads while nothing else goes on: of what stays through a walk, and its results; without a second buffer of all that streams too. */
function exposedLoads({hierarchy, tensors}: ChainProblem, nest: FusedNest, {passages}: GridClass, askingCount: number): number {
  const level = hierarchy.levels[nest.fusionLevel]!
  const outer = hierarchy.levels[nest.fusionLevel - 1]!
  const bytesPerCycle = Math.min(
    level.writeBytesPerCycle,
    level.sharedBytesPerCycle,
    (Math.min(outer.readBytesPerCycle, outer.sharedBytesPerCycle) * outer.instanceCount) / askingCount,
  )
  const bytes = tensors.reduce((sum, {tensor}, index) => {
    const {fillWords, updateWords, tileCount} = passages[index]!
    return tileCount > 1 && nest.bufferCount === 2 ? sum : sum + ((fillWords + updateWords) * tensor.elementBits) / 8
  }, 0)
  return bytes / bytesPerCycle
}
