import type {Hierarchy} from '../accelerator/hierarchy.js'
import {UserError} from '../foundation/user-error.js'
import {type Chain, type ChainTensor, chainDimensions, chainTensors} from '../workload/chain.js'
import {chainTiles} from './chain-tiles.js'
import {blockCycles, type ChainRates, idealRates, workCycles} from './chain-time.js'
import type {FusedNest} from './fused-nest.js'
import {type ChainProblem, type MemberTraffic, memberTraffic} from './member-traffic.js'
import {type LevelAnalysis, type NestAnalysis, type TensorTraffic, trafficBytesOf} from './nest-analysis.js'
import {type LevelTables, levelTables} from './nest-tables.js'
import {portCycles} from './price.js'
import {type Passage, type SharedTraffic, sharedTraffic} from './shared-traffic.js'
import {addTraffic, sumOfTables, type TrafficTable, trafficTable} from './traffic-table.js'

/** What one member of a chain moves; inputs that members share are told of the first. */
export interface MemberAnalysis {
  readonly name: string
  /** Points of its problem that are worked on; those of blocks that no pair of a mask counts in are left out, all others are whole. */
  readonly pointCount: number
  readonly levels: readonly LevelAnalysis[]
}

/** What a fused chain does to a hierarchy, in the record of a single nest, with each member's part. */
export interface ChainAnalysis extends NestAnalysis {
  /** The level that the chain is fused through. */
  readonly fusedAt: string
  /** Groups of blocks that are dealt to its instances, and blocks of all of them. */
  readonly groupCount: number
  readonly blockCount: number
  /** Of element work between products. */
  readonly elementJoules: number
  readonly members: readonly MemberAnalysis[]
}

/** A chain on a hierarchy, its dimensions and tensors looked up once. */
export function chainProblem(chain: Chain, hierarchy: Hierarchy): ChainProblem {
  return {chain, hierarchy, dimensions: chainDimensions(chain), tensors: chainTensors(chain)}
}

/** What a fused chain does whatever the rates: its shared loops, and its members' blocks. */
export interface ChainWork {
  readonly shared: SharedTraffic
  readonly members: readonly MemberTraffic[]
}

/** Counts what a fused chain does. */
export function chainWork(problem: ChainProblem, nest: FusedNest): ChainWork {
  refuseSpreadKeepers(problem, nest)
  const {chain, dimensions, tensors} = problem
  const shared = sharedTraffic(chain, dimensions, tensors, nest)
  return {shared, members: chain.members.map((_, member) => memberTraffic(problem, nest, shared, member))}
}

/** What a fused chain does to a hierarchy, at rates that are ideal unless told otherwise. */
export function analyseChain(
  problem: ChainProblem,
  nest: FusedNest,
  rates: ChainRates = idealRates(problem.hierarchy),
  {shared, members}: ChainWork = chainWork(problem, nest),
): ChainAnalysis {
  const {chain, hierarchy, tensors} = problem
  const passed = passedWords(problem, nest, shared)
  const tables = members.map(({words}, member) => sumOfTables([words, firstOf(passed, tensors, member)]))
  const groupCount = shared.classes.reduce((sum, each) => sum + each.groupCount, 0)
  const pricer = levelPricer(problem, nest, members, groupCount)
  const levels = pricer(sumOfTables(tables))
  const parts = tables.map(pricer)
  const blockCount = shared.classes.reduce(
    (sum, {groupCount, blocks}) => sum + groupCount * blocks.reduce((all, each) => all + each.blockCount, 0),
    0,
  )
  const productCount = chain.members.reduce(
    (sum, {elementWork}, index) => sum + (elementWork === undefined ? members[index]!.pointCount : 0),
    0,
  )
  const elementJoules = elementEnergy(problem, nest, members, shared)
  const arithmeticJoules = productCount * hierarchy.arithmetic.joulesPerOperation
  const bound =
    nest.fusionLevel === 0 ? inTurn(problem, nest, members, parts, rates) : atOnce(problem, nest, members, levels, shared, rates)
  return {
    ...bound,
    latencySeconds: bound.cycles / hierarchy.hertz,
    utilizationRatio: (productCount * hierarchy.arithmetic.cyclesPerStep) / (bound.cycles * hierarchy.arithmetic.instanceCount),
    elementJoules,
    energyJoules: arithmeticJoules + elementJoules + levels.reduce((sum, {energyJoules}) => sum + energyJoules, 0),
    operationCount: productCount,
    arithmeticJoules,
    levels,
    fusedAt: hierarchy.levels[nest.fusionLevel]!.name,
    groupCount,
    blockCount,
    members: chain.members.map(({problem: {name}}, index) => ({name, pointCount: members[index]!.pointCount, levels: parts[index]!})),
  }
}

/** Energy of the vector and special units over all blocks; none where nothing describes them. */
function elementEnergy(problem: ChainProblem, nest: FusedNest, members: readonly MemberTraffic[], shared: SharedTraffic): number {
  const {elements} = problem.hierarchy
  if (elements === undefined) return 0
  // At a rate of one for each instance, cycles are operations.
  const {instanceCount} = problem.hierarchy.levels[nest.fusionLevel]!
  const unit = {...idealRates(problem.hierarchy), vectorPerCycle: instanceCount, specialPerCycle: instanceCount}
  let joules = 0
  for (const {groupCount, blocks} of shared.classes)
    for (const {sizes, blockCount} of blocks) {
      const {specialCycles, vectorCycles} = blockCycles(problem, nest, members, sizes, unit)
      joules +=
        groupCount * blockCount * (specialCycles * elements.specialJoulesPerOperation + vectorCycles * elements.vectorJoulesPerOperation)
    }
  return joules
}

/** Which instance of a level outside gets what of a grid is not told, so that only levels of one instance can keep tensors there. */
function refuseSpreadKeepers({chain, hierarchy}: ChainProblem, {outer}: FusedNest): void {
  for (const [level, {keeps}] of outer.entries()) {
    const {name, instanceCount} = hierarchy.levels[level]!
    if (keeps.length === 0 || instanceCount === 1) continue
    throw new UserError(
      `${chain.name}: ${name} has ${instanceCount} instances, and keeps ${keeps.join(', ')} outside of the level that it is fused in`,
      {
        code: 'CHAIN_MISMATCH',
        suggestions: [`let tensors pass ${name}, or fuse through it`],
      },
    )
  }
}

/** What passes between levels outside of the members' work, over all instances; that a level drains does not count as a read of it. */
function passedWords({hierarchy, tensors}: ChainProblem, {fusionLevel, homeLevel, outer}: FusedNest, shared: SharedTraffic): TrafficTable {
  const words = trafficTable(hierarchy.levels.length, tensors.length)
  for (const [index, {tensor, role}] of tensors.entries()) {
    if (fusionLevel === 0 || role === 'intermediate') continue
    let parent = 0
    for (let level = 1; level <= fusionLevel; level++) {
      if (level < fusionLevel && !outer[level]!.keeps.includes(tensor.name)) continue
      const {fillWords, updateWords} = level < fusionLevel ? shared.outer[level]![index]! : groupPassage(shared, index)
      const child = level === fusionLevel && role === 'state' ? homeLevel : level
      addTraffic(words, child, index, 0, fillWords, 0)
      addTraffic(words, parent, index, fillWords, 0, updateWords)
      parent = level
    }
  }
  return words
}

function groupPassage({classes}: SharedTraffic, tensor: number): Pick<Passage, 'fillWords' | 'updateWords'> {
  const sum = (words: 'fillWords' | 'updateWords'): number =>
    classes.reduce((all, {groupCount, passages}) => all + groupCount * passages[tensor]![words], 0)
  return {fillWords: sum('fillWords'), updateWords: sum('updateWords')}
}

/** The rows of a table whose tensors a member is the first to touch. */
function firstOf(table: TrafficTable, tensors: readonly ChainTensor[], member: number): TrafficTable {
  const words = trafficTable(table.readWords.length / table.tensorCount, table.tensorCount)
  for (let cell = 0; cell < table.readWords.length; cell++) {
    if (tensors[cell % table.tensorCount]!.memberIndices[0] !== member) continue
    words.readWords[cell] = table.readWords[cell]!
    words.fillWords[cell] = table.fillWords[cell]!
    words.updateWords[cell] = table.updateWords[cell]!
  }
  return words
}

type Pricer = (words: TrafficTable) => LevelAnalysis[]

/** Turns words of all instances into the record of a level: of one instance, on average over those used. */
function levelPricer(problem: ChainProblem, nest: FusedNest, members: readonly MemberTraffic[], groupCount: number): Pricer {
  const {hierarchy, tensors} = problem
  const tables = levelTables(hierarchy, {name: problem.chain.name, dimensions: [], tensors: tensors.map(({tensor}) => tensor)})
  const tiles = chainTiles(problem, nest, members)
  return (words) =>
    hierarchy.levels.map(({name}, level) => {
      const {instanceCount, tileWords, usedBytes} = tiles[level]!
      const instances =
        level < nest.fusionLevel ? 1 : Math.min(hierarchy.levels[nest.fusionLevel]!.instanceCount, groupCount) * instanceCount
      const traffic = tensors.map(({tensor}, index): TensorTraffic => {
        const cell = level * tensors.length + index
        const of = (table: Float64Array): number => table[cell]! / instances
        const [reads, fills, updates] = [of(words.readWords), of(words.fillWords), of(words.updateWords)]
        return {
          name: tensor.name,
          isKept: tileWords[index]! > 0,
          tileWords: tileWords[index]!,
          reads,
          fills,
          updates,
          energyJoules: accessJoules(tables, cell, reads, fills, updates),
        }
      })
      const energyJoules = instances * traffic.reduce((sum, tensor) => sum + tensor.energyJoules, 0)
      const trafficBytes =
        instances *
        trafficBytesOf(
          traffic,
          tensors.map(({tensor}) => tensor),
        )
      return {
        name,
        instances,
        energyJoules,
        usedBytes,
        trafficBytes,
        cycles: trafficCycles(tables, level, tensors, traffic),
        tensors: traffic,
      }
    })
}

function accessJoules(
  {wordsPerAccess, readJoules, fillJoules, updateJoules}: LevelTables,
  cell: number,
  reads: number,
  fills: number,
  updates: number,
): number {
  const count = (words: number): number => (wordsPerAccess[cell] === 0 ? words : Math.ceil(words / wordsPerAccess[cell]!))
  return count(reads) * readJoules[cell]! + count(fills) * fillJoules[cell]! + count(updates) * updateJoules[cell]!
}

function trafficCycles(tables: LevelTables, level: number, tensors: readonly ChainTensor[], traffic: readonly TensorTraffic[]): number {
  let [readBytes, writtenBytes] = [0, 0]
  for (const [index, {reads, fills, updates}] of traffic.entries()) {
    const bytes = tensors[index]!.tensor.elementBits / 8
    readBytes += reads * bytes
    writtenBytes += (fills + updates) * bytes
  }
  return portCycles(tables, level, readBytes, writtenBytes)
}

interface Bound {
  readonly cycles: number
  /** Until the last group's members are done, element work and loads that they wait for included. */
  readonly arithmeticCycles: number
  readonly boundBy: string
}

/** Members at once: the groups until the last is done, or the ports of a level, whatever takes longest. */
function atOnce(
  problem: ChainProblem,
  nest: FusedNest,
  members: readonly MemberTraffic[],
  levels: readonly LevelAnalysis[],
  shared: SharedTraffic,
  rates: ChainRates,
): Bound {
  const worked = workCycles(problem, nest, members, shared, rates)
  return slowest({cycles: worked, arithmeticCycles: worked, boundBy: problem.hierarchy.arithmetic.name}, levels, rates)
}

/** Members one after the other, each bound by its work or by a level. */
function inTurn(
  problem: ChainProblem,
  nest: FusedNest,
  members: readonly MemberTraffic[],
  tables: readonly (readonly LevelAnalysis[])[],
  rates: ChainRates,
): Bound {
  const {hierarchy, chain, dimensions} = problem
  const sizes = dimensions.map(({size}) => size)
  const bounds = chain.members.map((member, index) => {
    const alone = {...problem, chain: {...chain, members: [member]}}
    const {productCycles, specialCycles, vectorCycles} = blockCycles(alone, nest, [members[index]!], sizes, rates)
    const worked = Math.max(productCycles / rates.productRatio, specialCycles, vectorCycles)
    return slowest({cycles: worked, arithmeticCycles: worked, boundBy: hierarchy.arithmetic.name}, tables[index]!, rates)
  })
  const longest = bounds.reduce((most, bound) => (bound.cycles > most.cycles ? bound : most))
  const sum = (of: 'cycles' | 'arithmeticCycles'): number => bounds.reduce((all, bound) => all + bound[of], 0)
  return {cycles: sum('cycles'), arithmeticCycles: sum('arithmeticCycles'), boundBy: longest.boundBy}
}

function slowest(work: Bound, levels: readonly LevelAnalysis[], {bandwidthRatio}: ChainRates): Bound {
  const needs = levels.map(({name, cycles}, index) => ({boundBy: name, cycles: index === 0 ? cycles / bandwidthRatio : cycles}))
  const longest = needs.reduce((most, level) => (level.cycles > most.cycles ? level : most))
  return longest.cycles > work.cycles ? {...work, ...longest} : work
}
