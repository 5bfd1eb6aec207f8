import {describe, expect, it} from 'vitest'
import {emptyPhases, emptyRates, type ProductBytes, rereadBytes, setPhases} from '../../../src/cost/calibrated/gemm-phases.js'
import {type Tiling, tileFamily, tilings} from '../../../src/cost/calibrated/gemm-tiles.js'
import {gemmTime} from '../../../src/cost/calibrated/gemm-time.js'
import {cachedMachine} from '../../support/cached-machine.js'
import {idealOf, kernelTime} from '../../support/kernel-seconds.js'
import {productNode} from '../../support/tiny-machine.js'

function offered(nativeRows: number, nativeColumns: number): readonly Tiling[] {
  const family = tileFamily({isMatrix: true, nativeRows, nativeColumns, knowsBf16: true}, false)
  return tilings(productNode(1024, 1024, 1024).demand.contractions, family)
}

const [some] = offered(16, 16) as [Tiling]
// 100 cores with a block of 100 x 100 results each: a wave is 1000 x 1000, its slices 2 x 1000 x 256 operands of 2 B.
const tiling: Tiling = {...some, elementCount: 10_000, residentCount: 1}
const rates = {...emptyRates(), coreCount: 100, cacheReadRatio: 1, sharedBytes: 1_024_000, keepingBytes: 0}
const bytes: ProductBytes = {
  operandBytes: 2,
  readBytes: 2e6,
  writtenBytes: 2e6,
  resultCount: 1e6,
  resultBytes: 2,
  inputFootprintBytes: 4e6,
  unsharedBytes: 5e9,
  operandCopyCount: 1,
  resultCopyCount: 1,
}

describe('operands that come from the main memory again', () => {
  it('are fetched once for every wave that stays on the chip, less the first time', () => {
    expect(rereadBytes(tiling, rates, bytes)).toBeCloseTo(5e9 / 1000 - 2e6, 3)
    expect(rereadBytes({...tiling, residentCount: 4}, {...rates, sharedBytes: 2_048_000}, bytes)).toBeCloseTo(5e9 / 2000 - 2e6, 3)
  })

  it('are fewer by what the cache keeps beyond a wave', () => {
    // 6 MB are three million operands beside the wave's million results.
    expect(rereadBytes(tiling, {...rates, keepingBytes: 6e6}, bytes)).toBeCloseTo(5e9 / 2000 - 2e6, 3)
  })

  it('are more where the cache has room for a part of the slices under way', () => {
    // A third of them: of 99 neighbours a block shares operands with 33, so that 340 000 results stay together.
    expect(rereadBytes(tiling, {...rates, sharedBytes: 1_024_000 / 3}, bytes)).toBeCloseTo(5e9 / Math.sqrt(340_000) - 2e6, 3)
  })

  it('are none where one wave reaches all results or the cache keeps the operands from run to run', () => {
    expect(rereadBytes(tiling, rates, {...bytes, readBytes: 5e6})).toBe(0)
    expect(rereadBytes(tiling, {...rates, cacheReadRatio: 0}, bytes)).toBe(0)
  })

  it('take the main memory’s time beside what is read and written once', () => {
    // 8192 x 8192 results of a depth of 1024 through 1 MB of cache at 10 GB/s.
    const accelerator = cachedMachine({cacheCapacity: '1 MB', dramBandwidth: '10 GB/s'})
    const {seconds, boundBy, facts} = kernelTime(gemmTime, accelerator, productNode(8192, 8192, 1024), idealOf(gemmTime))
    const [moved, again] = ['main memory', 'of it read again'].map((name) => Number(facts.find((fact) => fact.name === name)!.value))
    expect(again).toBeGreaterThan(1e7)
    expect(moved).toBeCloseTo(2 * (2 * 8192 * 1024 + 8192 ** 2) + again!, 0)
    expect(boundBy).toBe('dram')
    expect(seconds).toBeGreaterThanOrEqual(moved! / 1e10)
    expect(seconds).toBeLessThan((moved! / 1e10) * 1.01)
  })
})

describe('blocks that persist', () => {
  const unbeaten = {...emptyPhases(), scoreSeconds: Number.POSITIVE_INFINITY}
  const whole = {...rates, rampDepth: 0, launchSeconds: 0, fillSeconds: 0, splitSeconds: 0, dramSeconds: 0, secondsPerDramByte: 0}
  const busy = {...whole, secondsPerOperation: 1e-15, secondsPerPortByte: 1e-12, secondsPerCacheByte: 1e-12}
  const timeOf = (each: Tiling, isPersistent: boolean) => {
    const phases = emptyPhases()
    setPhases(phases, each, {...busy, isPersistent}, bytes, unbeaten)
    return phases
  }

  it('are never split where they are enough for all cores as they are', () => {
    const split = (blockCount: number): Tiling => ({...tiling, splitCount: 2, blockCount})
    expect(timeOf(split(200), true).scoreSeconds).toBe(Number.POSITIVE_INFINITY)
    expect(timeOf(split(198), true).scoreSeconds).toBeLessThan(1)
    expect(timeOf(split(200), false).scoreSeconds).toBeLessThan(1)
  })

  it('ask the cache for half of their columns from 128 rows on, and bring all of them in', () => {
    const wide = offered(64, 8).find(({rows, columns, splitCount}) => rows === 128 && columns === 256 && splitCount === 1)!
    // 8 x 4 blocks of a depth of 1024 elements of 2 B, and 128 x 256 results of 2 B through the port of each core.
    expect(timeOf(wide, true).cacheSeconds * 1e12).toBeCloseTo(32 * (128 + 256 / 2) * 1024 * 2, 3)
    expect(timeOf(wide, true).portSeconds * 1e12).toBeCloseTo(2 * ((128 + 256) * 1024 + 128 * 256), 3)
  })
})
