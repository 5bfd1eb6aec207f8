import type {Column, Machine, MemoryKind, MemoryLevel} from '../../accelerator/machine.js'
import {UserError} from '../../foundation/user-error.js'
import type {OperatorNode} from '../../workload/operator.js'
import {type Tiling, tileFamily, tilings} from './gemm-tiles.js'
import {levelBytesPerSecond} from './machine-parts.js'

/** The tilings of a product on one row's machine. */
export interface Offer {
  readonly tilings: readonly Tiling[]
  readonly isPersistent: boolean
}

/** What products ask of a machine, row by row. */
export interface GemmMachine {
  readonly unitName: string
  /** The product runs on a matrix unit. */
  readonly isMatrix: boolean
  readonly cacheName: string
  readonly dramName: string
  readonly coreCount: (row: number) => number
  /** The core clock at which times of blocks are stated. */
  readonly nominalHertz: (row: number) => number
  /** Operations that one core completes in a cycle. */
  readonly operationsPerCycle: (row: number) => number
  /** Bytes that one core's scratchpad moves in a cycle; infinite where there is none. */
  readonly stagedBytesPerCycle: (row: number) => number
  /** Bytes a second that the shared cache hands out at a clock; infinite where there is none. */
  readonly cacheBytesPerSecond: (coreHertz: number, row: number) => number
  readonly cacheBytes: (row: number) => number
  /** What holds operands for more than one core: the shared cache, else the storage of the cores themselves. */
  readonly sharedBytes: (row: number) => number
  readonly dramBytesPerSecond: (coreHertz: number, row: number) => number
  /** Found once for each native tile. */
  readonly offer: (row: number) => Offer
}

/** Binds a machine's columns to the quantities of a product. */
export function gemmMachine(machine: Machine<Column>, node: OperatorNode): GemmMachine {
  const {unit, rate, isMatrix} = unitOf(machine, node)
  const [scratchpad, cache] = [memoryOf(machine, 'scratchpad'), memoryOf(machine, 'cache')]
  const dram = machine.memories.at(-1)!
  const keeper = cache ?? scratchpad ?? machine.memories[0]!
  const cores = scratchpad?.instanceCount ?? unit.count
  const knowsBf16 = machine.units.some(({kind, operationsPerCycle}) => kind === 'matrix' && operationsPerCycle.bf16 !== undefined)
  const isBatched = node.demand.contractions.some(({batchCount}) => batchCount > 1)
  const offers = new Map<number, Offer>()
  let [lastKey, last] = [0, undefined as Offer | undefined]
  const offer = (row: number): Offer => {
    const key = unit.tile.m[row]! * 65536 + unit.tile.n[row]!
    if (key === lastKey && last !== undefined) return last
    lastKey = key
    last = offers.get(key) ?? made(key, row)
    return last
  }
  const made = (key: number, row: number): Offer => {
    const [nativeRows, nativeColumns] = [unit.tile.m[row]!, unit.tile.n[row]!]
    const family = tileFamily({isMatrix, nativeRows, nativeColumns, knowsBf16}, isBatched)
    const offered = {tilings: tilings(node.demand.contractions, family), isPersistent: family.isPersistent}
    offers.set(key, offered)
    return offered
  }
  return {
    unitName: unit.name,
    isMatrix,
    cacheName: (cache ?? dram).name,
    dramName: dram.name,
    coreCount: (row) => cores[row]!,
    nominalHertz: (row) => machine.clocks[0]!.nominalHertz[row]!,
    operationsPerCycle: (row) => (unit.count[row]! * rate[row]!) / cores[row]!,
    stagedBytesPerCycle: (row) => (scratchpad === undefined ? Number.POSITIVE_INFINITY : bytesPerCycle(machine, scratchpad, row)),
    cacheBytesPerSecond: (coreHertz, row) =>
      cache === undefined ? Number.POSITIVE_INFINITY : levelBytesPerSecond(machine, cache, cache.read, coreHertz, row),
    cacheBytes: (row) => (cache === undefined ? 0 : cache.instanceCount[row]! * cache.capacityBytes[row]!),
    sharedBytes: (row) => keeper.instanceCount[row]! * keeper.capacityBytes[row]!,
    dramBytesPerSecond: (coreHertz, row) => levelBytesPerSecond(machine, dram, dram.read, coreHertz, row),
    offer,
  }
}

/** The unit that computes the product: a matrix unit of its format before a vector unit. */
function unitOf(machine: Machine<Column>, {name, demand}: OperatorNode) {
  const {dtype} = demand.contractions[0]!
  for (const kind of ['matrix', 'vector'] as const) {
    const unit = machine.units.find((each) => each.kind === kind && each.operationsPerCycle[dtype] !== undefined)
    if (unit !== undefined) return {unit, rate: unit.operationsPerCycle[dtype]!, isMatrix: kind === 'matrix'}
  }
  throw new UserError(`no matrix or vector unit computes ${dtype}, which operator ${name} needs`, {code: 'UNSUPPORTED_DTYPE'})
}

function memoryOf(machine: Machine<Column>, kind: MemoryKind): MemoryLevel<Column> | undefined {
  return machine.memories.find((memory) => memory.kind === kind)
}

/** Bytes that one instance of a level moves in a core cycle, at its nominal clock where it states them by the second. */
function bytesPerCycle({clocks}: Machine<Column>, {read}: MemoryLevel<Column>, row: number): number {
  return read.isPerCycle ? read.amount[row]! : read.amount[row]! / clocks[0]!.nominalHertz[row]!
}
