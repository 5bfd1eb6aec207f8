import {describe, expect, it} from 'vitest'
import {designBatch} from '../../../src/accelerator/accelerator.js'
import {gemmMachine} from '../../../src/cost/calibrated/gemm-machine.js'
import {
  blocksPerCore,
  emptyPhases,
  emptyRates,
  productBytes,
  reductionSeconds,
  setPhases,
  setRates,
  waveCount,
} from '../../../src/cost/calibrated/gemm-phases.js'
import {type Tiling, tileFamily, tilings} from '../../../src/cost/calibrated/gemm-tiles.js'
import {gemmTime} from '../../../src/cost/calibrated/gemm-time.js'
import type {OperatorNode} from '../../../src/workload/operator.js'
import {cachedMachine} from '../../support/cached-machine.js'
import {idealOf, kernelTime} from '../../support/kernel-seconds.js'
import {productNode} from '../../support/tiny-machine.js'

/** Every term vanishes, but that a split starts too late to pay. */
const unsplit = {...idealOf(gemmTime), split: 60}

/** So many products of 16 x 64 results: a block of the smallest tile each, since any other tile needs as many and pads more. */
function blocksNode(blockCount: number, k: number): OperatorNode {
  const {demand, ...rest} = productNode(16, 64, k)
  const contractions = demand.contractions.map((each) => ({...each, batchCount: blockCount}))
  const [reads, writes] = [demand.reads, demand.writes].map((all) => all.map((each) => ({...each, bytes: blockCount * each.bytes})))
  return {...rest, demand: {...demand, contractions, reads: reads!, writes: writes!}}
}

type Values = Partial<Record<keyof typeof gemmTime.parameters, number>>

/** A replay on operands that the cache may keep. */
function replayed(accelerator: ReturnType<typeof cachedMachine>, node: OperatorNode, values: Values = unsplit, operandCopyCount = 1) {
  const {seconds, boundBy, facts} = kernelTime(gemmTime, accelerator, node, values, {launch: 'graph', operandCopyCount})
  return {nanoseconds: seconds * 1e9, boundBy, splitCount: facts.find(({name}) => name === 'split of the depth')!.value}
}

/** The fourth root of the sum of fourth powers: how phases overlap. */
function overlapped(...phases: readonly number[]): number {
  return phases.reduce((sum, phase) => sum + phase ** 4, 0) ** 0.25
}

// A block of 16 x 64 results of a depth of 1024: 2 x 16 x 64 x 1024 operations at 1000 a nanosecond.
const blockNanoseconds = 2097.152

describe('the blocks of a product on 108 cores', () => {
  it('take twice as long from the 109th on', () => {
    expect(replayed(cachedMachine(), blocksNode(108, 1024)).nanoseconds).toBeCloseTo(blockNanoseconds, 6)
    expect(replayed(cachedMachine(), blocksNode(109, 1024)).nanoseconds).toBeCloseTo(2 * blockNanoseconds, 6)
  })

  it('share the work evenly where they persist, but for a core’s first', () => {
    const persistent = (blockCount: number) => replayed(cachedMachine({}, 'warpgroup'), blocksNode(blockCount, 1024)).nanoseconds
    expect(persistent(109)).toBeCloseTo((109 / 108) * blockNanoseconds, 6)
    expect(persistent(54)).toBeCloseTo(blockNanoseconds, 6)
  })

  it('are those of the largest tile where the library favours it by more than a smaller one would spare', () => {
    // 128 blocks of 128 x 256 take two turns of 32 768 results; 4096 blocks of 16 x 64 take 38 of 1024.
    const timeOf = (favour: number) => replayed(cachedMachine(), productNode(2048, 2048, 1024), {...unsplit, favour}).nanoseconds
    expect(timeOf(1.6)).toBeCloseTo((2 * 38 * 1024 * 1024) / 1000, 6)
    expect(timeOf(1.75)).toBeCloseTo((2 * 2 * 32768 * 1024) / 1000, 6)
  })

  it('start and end once for every wave of eight a core', () => {
    const values = {...unsplit, fill: 10}
    expect(replayed(cachedMachine(), blocksNode(864, 1024), values).nanoseconds).toBeCloseTo(8 * blockNanoseconds + 10_000, 6)
    expect(replayed(cachedMachine(), blocksNode(865, 1024), values).nanoseconds).toBeCloseTo(9 * blockNanoseconds + 20_000, 6)
  })

  it('fill the pipeline as far as their depth reaches: 256 elements fill all of it', () => {
    const values = {...unsplit, fill: 10}
    const ofDepth = (k: number) => replayed(cachedMachine(), blocksNode(1, k), values).nanoseconds
    expect(ofDepth(64)).toBeCloseTo(blockNanoseconds / 16 + 2500, 6)
    expect(ofDepth(192)).toBeCloseTo((3 * blockNanoseconds) / 16 + 7500, 6)
    expect(ofDepth(512)).toBeCloseTo(blockNanoseconds / 2 + 10_000, 6)
  })

  it('pass operands and results through the ports of their cores', () => {
    // A depth of 32: (16 + 64) x 32 operands and 16 x 64 results of 2 B are 5120 + 2048 B, at one a nanosecond, beside 65.536 ns of units.
    const machine = cachedMachine({portWidth: '1 B/cycle'})
    const {nanoseconds, boundBy} = replayed(machine, blocksNode(1, 32))
    expect(nanoseconds).toBeCloseTo(overlapped(5120 + 2048, 65.536), 6)
    expect(boundBy).toBe('l2')
    expect(replayed(machine, blocksNode(109, 32), {...unsplit, portShare: 0.5}).nanoseconds).toBeCloseTo(4 * 7168, 3)
  })

  it('copy operands of an odd depth, and results of odd columns, in pieces of 2 B instead of 16', () => {
    const machine = cachedMachine({portWidth: '1 B/cycle'})
    expect(replayed(machine, blocksNode(1, 31)).nanoseconds).toBeCloseTo(overlapped(8 * 5120 + 2048, 65.536), 6)
    expect(replayed(machine, blocksNode(1, 28)).nanoseconds).toBeCloseTo(overlapped(2 * 5120 + 2048, 65.536), 6)
    expect(replayed(machine, productNode(16, 63, 32)).nanoseconds).toBeCloseTo(overlapped(5120 + 8 * 2048, 65.536), 6)
  })

  it('draw their operands from the cache together', () => {
    // 108 blocks of (16 + 64) x 1024 operands of 2 B: 17 694 720 B at 1000 a nanosecond.
    const machine = cachedMachine({cacheWidth: '1000 B/cycle'})
    const {nanoseconds, boundBy} = replayed(machine, blocksNode(108, 1024))
    expect(nanoseconds).toBeCloseTo(overlapped(17_694.72, blockNanoseconds), 6)
    expect(boundBy).toBe('l2')
    const atHalf = replayed(machine, blocksNode(108, 1024), {...unsplit, cacheRate: 0.5}).nanoseconds
    expect(atHalf).toBeCloseTo(overlapped(2 * 17_694.72, blockNanoseconds), 6)
  })

  it('write partial results to the cache and read them again where they split the depth', () => {
    // 32 blocks share a depth of 8192: 524.288 ns each, 1 310 720 B of operands at 10 000 a nanosecond. Then a start of 100 ns and
    // 32 partial results of 16 x 64 x 4 B, both ways: 262 144 B. A split in 16 takes a block twice as long.
    const machine = cachedMachine({cacheWidth: '10000 B/cycle'})
    const {nanoseconds, splitCount} = replayed(machine, blocksNode(1, 8192), {...unsplit, split: 0.1})
    expect(splitCount).toBe(32)
    expect(nanoseconds).toBeCloseTo(100 + 26.2144 + overlapped(524.288, 131.072), 6)
  })
})

describe('the residency of a product’s operands and results', () => {
  // 108 blocks of a depth of 1024 take 17 694 720 B in and 221 184 B out, far longer at 10 B a nanosecond than any core computes.
  const [node, readBytes, writtenBytes] = [blocksNode(108, 1024), 17_694_720, 221_184]
  const ofCapacity = (capacityBytes: number, operandCopyCount: number) => {
    const machine = cachedMachine({dramBandwidth: '10 GB/s', cacheCapacity: `${capacityBytes} B`})
    return replayed(machine, node, unsplit, operandCopyCount).nanoseconds
  }
  const ofBytes = (missedBytes: number) => overlapped(missedBytes / 10, blockNanoseconds)

  it('is a half where they are as large as the cache, for results even where operands are new', () => {
    expect(ofCapacity(readBytes + writtenBytes, 1)).toBeCloseTo(ofBytes((readBytes + writtenBytes) / 2), 3)
    expect(ofCapacity(readBytes + writtenBytes, Number.POSITIVE_INFINITY)).toBeCloseTo(ofBytes(readBytes + writtenBytes / 2), 3)
  })

  it('ends within a factor of two: the eighth power of the footprint over the capacity', () => {
    expect(ofCapacity((readBytes + writtenBytes) / 2, 1)).toBeCloseTo(ofBytes(((readBytes + writtenBytes) * 256) / 257), 3)
    expect(ofCapacity((readBytes + writtenBytes) * 2, 1)).toBeCloseTo(ofBytes((readBytes + writtenBytes) / 257), 3)
  })

  it('counts operands once for each set in turn, results once', () => {
    const [rates, {machine: columns}] = [emptyRates(), designBatch(cachedMachine({cacheCapacity: '60 MB'}), [], 1)]
    const values = Float64Array.from(Object.values(idealOf(gemmTime)))
    setRates(rates, gemmMachine(columns, node), productBytes(node, 3), values, 1e9, 0)
    const missRatio = (footprintBytes: number) => 1 / (1 + (60e6 / footprintBytes) ** 8)
    expect(rates.cacheReadRatio).toBeCloseTo(missRatio(3 * readBytes + writtenBytes), 12)
    expect(rates.cacheWriteRatio).toBeCloseTo(missRatio(readBytes + writtenBytes), 12)
  })
})

describe('the parts of a product’s time', () => {
  const [one] = tilings([productNode(16, 64, 1024).demand.contractions[0]!], warpFamily()) as [Tiling]
  const rates = {...emptyRates(), coreCount: 108, splitSeconds: 2e-6, secondsPerCacheByte: 1e-12}

  it('are whole waves of all that cores hold', () => {
    const waves = [1, 216, 217, 432, 433].map((blockCount) => waveCount({...one, blockCount, residentCount: 2}, rates))
    expect(waves).toEqual([1, 1, 2, 2, 3])
  })

  it('are whole blocks a core, whole turns of them, or even shares', () => {
    const tiling = {...one, blockCount: 109}
    expect(blocksPerCore(tiling, rates)).toBe(2)
    expect(blocksPerCore({...tiling, turnCount: 4}, rates)).toBe(4)
    expect(blocksPerCore(tiling, {...rates, isPersistent: true})).toBe(109 / 108)
  })

  it('hold eight bytes of reduction a result and split, none without a split', () => {
    // 2 us, then 3 x 1 000 000 results of 4 B, both ways, at 1 TB/s: 24 us.
    expect(reductionSeconds({...one, splitCount: 3}, rates, 1e6) * 1e6).toBeCloseTo(26, 9)
    expect(reductionSeconds(one, rates, 1e6)).toBe(0)
  })

  it('are those of the fastest tiling that the library has', () => {
    const accelerator = cachedMachine({cacheWidth: '4000 B/cycle', portWidth: '64 B/cycle'})
    const values = {...idealOf(gemmTime), launch: 1, fill: 1, ramp: 100, split: 2}
    for (const [m, n, k] of [
      [16, 64, 64],
      [100, 3000, 5000],
      [4096, 4096, 512],
      [1000, 200, 30_000],
    ] as const) {
      const node = productNode(m, n, k)
      expect(replayed(accelerator, node, values).nanoseconds).toBeCloseTo(fastest(accelerator, node, values) * 1e9, 6)
    }
  })
})

function warpFamily() {
  return tileFamily({isMatrix: true, nativeRows: 16, nativeColumns: 16, knowsBf16: true}, false)
}

/** The time of the tiling that the library prefers, each computed to its end. */
function fastest(accelerator: ReturnType<typeof cachedMachine>, node: OperatorNode, values: Record<string, number>): number {
  const machine = gemmMachine(designBatch(accelerator, [], 1).machine, node)
  const [rates, bytes, unbeaten] = [emptyRates(), productBytes(node, 1), {...emptyPhases(), scoreSeconds: Number.POSITIVE_INFINITY}]
  const ordered = Float64Array.from(Object.keys(gemmTime.parameters), (name) => values[name]!)
  setRates(rates, machine, bytes, ordered, 1e9, 0)
  const times = machine.offer(0).tilings.map((tiling) => {
    const phases = emptyPhases()
    setPhases(phases, tiling, rates, bytes, unbeaten)
    return phases
  })
  return times.reduce((best, each) => (each.scoreSeconds < best.scoreSeconds ? each : best)).totalSeconds
}
