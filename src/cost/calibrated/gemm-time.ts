import type {Column, Machine, MemoryKind, MemoryLevel} from '../../accelerator/machine.js'
import type {OperatorNode} from '../../workload/operator.js'
import {type Tiling, tileFamily, tilings} from './gemm-tiles.js'
import type {KernelContext, KernelModel, KernelParameter} from './kernel-model.js'

const parameters = {
  launch: {unit: 'us', least: 0, most: 60, start: 2, meaning: 'from the end of one kernel to the start of the next'},
  fill: {unit: 'us', least: 0, most: 10, start: 0.8, meaning: 'filling the pipeline of a wave of blocks, and draining it'},
  balance: {
    unit: 'ratio',
    least: 0,
    most: 1,
    start: 0.3,
    meaning: 'share of the last wave’s idling that uneven blocks and persistent kernels save',
  },
  peak: {unit: 'ratio', least: 0.1, most: 1, start: 0.95, meaning: 'share of the peak rate that the largest tile nears'},
  halfTile: {unit: 'elements', least: 0, most: 30000, start: 3000, meaning: 'tile that reaches half of this share'},
  operandRate: {unit: 'B/cycle', least: 4, most: 256, start: 40, meaning: 'operands from the L2 into one core'},
  dramShare: {unit: 'ratio', least: 0.1, most: 1, start: 0.8, meaning: 'share of the main memory’s peak bandwidth'},
  split: {unit: 'us', least: 0, most: 60, start: 2.2, meaning: 'the reduction that follows a split of the depth'},
  storeRate: {unit: 'B/cycle', least: 2, most: 256, start: 30, meaning: 'results out of one core, while it computes nothing'},
  throttle: {unit: 'ratio', least: 0, most: 1, start: 0.2, meaning: 'clock lost at the power limit by units that are busy all the time'},
  throttleTime: {unit: 'ms', least: 0.3, most: 5, start: 1.5, meaning: 'kernel time at which its replays meet the power limit'},
  cacheShare: {unit: 'ratio', least: 0.05, most: 1.5, start: 0.9, meaning: 'share of the L2 that keeps operands from run to run'},
} as const satisfies Record<string, KernelParameter>

const index = Object.fromEntries(Object.keys(parameters).map((name, place) => [name, place])) as Record<keyof typeof parameters, number>

/** Time of a matrix product, batched or grouped: the fastest tiling of the library's, under traffic, waves and the power limit. */
export const gemmTime: KernelModel<keyof typeof parameters> = {parameters, compile: compileGemm}

function compileGemm({machine, node, run, parameters: values, boundIndex}: KernelContext) {
  const {dtype, operandBytes} = node.demand.contractions[0]!
  const {unit, choices} = choicesOf(machine, node)
  const [scratchpad, cache] = [memoryOf(machine, 'scratchpad'), memoryOf(machine, 'cache')]
  const dram = memoryOf(machine, 'dram') ?? machine.memories.at(-1)!
  const cores = scratchpad?.instanceCount ?? unit.count
  const perCycle = unit.operationsPerCycle[dtype]!
  const [readBytes, writtenBytes] = [bytesOf(node.demand.reads), bytesOf(node.demand.writes)]
  const resultBytes = writtenBytes / node.demand.contractions.reduce((sum, {m, n, batchCount}) => sum + m * n * batchCount, 0)
  const inputFootprint = run.operandCopyCount * readBytes + writtenBytes
  const bounds = [boundIndex('overhead'), boundIndex(unit.name), boundIndex((cache ?? dram).name), boundIndex(dram.name)] as const

  return (coreHertz: Column, seconds: Column, boundBy: Int32Array, rowCount: number): void => {
    const [launch, fill, split] = [values[index.launch]! * 1e-6, values[index.fill]! * 1e-6, values[index.split]! * 1e-6]
    const [peak, halfTile, balance] = [values[index.peak]!, values[index.halfTile]!, values[index.balance]!]
    for (let row = 0; row < rowCount; row++) {
      const hertz = coreHertz[row]!
      const coreCount = cores[row]!
      const perOperation = coreCount / (unit.count[row]! * perCycle[row]! * hertz * peak)
      const perOperandElement = operandBytes / (values[index.operandRate]! * hertz)
      const perResultElement = resultBytes / (values[index.storeRate]! * hertz)
      const dramBytesPerSecond = dram.instanceCount[row]! * dram.read.amount[row]!
      const keepingBytes = cache === undefined ? 0 : cache.instanceCount[row]! * cache.capacityBytes[row]! * values[index.cacheShare]!
      const missed = readBytes * missRatio(inputFootprint, keepingBytes) + writtenBytes * missRatio(readBytes + writtenBytes, keepingBytes)
      const dramSeconds = missed / (dramBytesPerSecond * values[index.dramShare]!)
      const reductionSeconds = (4 * writtenBytes) / (cache === undefined ? dramBytesPerSecond : levelRate(cache, hertz, machine, row))

      let best = Number.POSITIVE_INFINITY
      let bestUnit = 0
      let bestOperands = 0
      for (let choice = 0; choice < choices.length; choice++) {
        const tiling = choices[choice]!
        const blocks = blocksPerCore(tiling, coreCount, balance)
        const unitSeconds = blocks * tiling.operationCount * perOperation * (1 + halfTile / tiling.elementCount)
        const operandSeconds = blocks * tiling.operandElementCount * perOperandElement
        let other = launch + waveCount(tiling, coreCount) * fill * tiling.fillRatio + blocks * tiling.elementCount * perResultElement
        if (tiling.splitCount > 1) other += split + tiling.splitCount * reductionSeconds
        if (other + unitSeconds >= best || other + dramSeconds >= best) continue
        const total = other + softMaximum(unitSeconds, operandSeconds, dramSeconds)
        if (total >= best) continue
        best = total
        bestUnit = unitSeconds
        bestOperands = operandSeconds
      }
      seconds[row] = best + throttleSeconds(best, bestUnit, values[index.throttle]!, values[index.throttleTime]! * 1e-3)
      const longest = Math.max(bestUnit, bestOperands, dramSeconds)
      boundBy[row] = 2 * longest < best ? bounds[0] : longest === bestUnit ? bounds[1] : longest === bestOperands ? bounds[2] : bounds[3]
    }
  }
}

/** The unit that computes the product, a matrix unit of its format before a vector unit, and the tilings that its library offers. */
function choicesOf(machine: Machine<Column>, {demand}: OperatorNode) {
  const {dtype} = demand.contractions[0]!
  const computes = (kind: string) => machine.units.find((unit) => unit.kind === kind && unit.operationsPerCycle[dtype] !== undefined)
  const matrix = computes('matrix')
  const unit = matrix ?? computes('vector')!
  const knowsBf16 = machine.units.some(({kind, operationsPerCycle}) => kind === 'matrix' && operationsPerCycle.bf16 !== undefined)
  const isBatched = demand.contractions.some(({batchCount}) => batchCount > 1)
  const family = tileFamily(matrix !== undefined, unit.tile.m[0]!, knowsBf16, isBatched)
  return {unit, choices: tilings(demand.contractions, family)}
}

/** Blocks that the fullest core runs one after the other; less where late blocks find idle cores. */
function blocksPerCore({blockCount}: Tiling, coreCount: number, balance: number): number {
  const even = Math.max(1, blockCount / coreCount)
  const whole = Math.ceil(blockCount / coreCount)
  return whole - balance * (whole - even)
}

/** Times that the machine fills with resident blocks. */
function waveCount({blockCount, residentCount}: Tiling, coreCount: number): number {
  return Math.ceil(blockCount / (coreCount * residentCount))
}

/** Share of the bytes that the cache no longer holds when their turn comes again: a smooth step at its capacity. */
function missRatio(footprintBytes: number, keepingBytes: number): number {
  const power = (footprintBytes / keepingBytes) ** 8
  return power > 1e12 || keepingBytes === 0 ? 1 : power / (1 + power)
}

/** Overlapping phases: the fourth root of the sum of fourth powers, a little above the longest. */
function softMaximum(one: number, two: number, three: number): number {
  const a = one * one
  const b = two * two
  const c = three * three
  return Math.sqrt(Math.sqrt(a * a + b * b + c * c))
}

/** Time lost to a lower clock by the share of a kernel that its units are busy, once its replays outlast the power loop. */
function throttleSeconds(kernelSeconds: number, unitSeconds: number, lossRatio: number, loopSeconds: number): number {
  return Math.min(kernelSeconds, unitSeconds) * lossRatio * (1 - Math.exp(-kernelSeconds / loopSeconds))
}

/** Bytes per second of all instances of a level, at this core clock. */
function levelRate({read, instanceCount, clock}: MemoryLevel<Column>, coreHertz: number, machine: Machine<Column>, row: number): number {
  const amount = instanceCount[row]! * read.amount[row]!
  if (clock < 0) return amount
  const hertz = clock === 0 ? coreHertz : machine.clocks[clock]!.maximumHertz[row]!
  return read.isPerCycle ? amount * hertz : (amount * hertz) / machine.clocks[clock]!.nominalHertz[row]!
}

function memoryOf(machine: Machine<Column>, kind: MemoryKind): MemoryLevel<Column> | undefined {
  return machine.memories.find((memory) => memory.kind === kind)
}

function bytesOf(accesses: readonly {readonly bytes: number}[]): number {
  return accesses.reduce((sum, {bytes}) => sum + bytes, 0)
}
