import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {compileCandidates, tilingCandidates} from '../../../src/cost/calibrated/gemm-candidates.js'
import {copyPhases, emptyPhases, emptyRates, type GemmRates, productBytes, setPhases} from '../../../src/cost/calibrated/gemm-phases.js'
import {type Tiling, tileFamily, tilings} from '../../../src/cost/calibrated/gemm-tiles.js'
import {productNode} from '../../support/tiny-machine.js'

/** Rates of a machine whose core runs at so many gigahertz. */
function ratesAt(gigahertz: number, over: Partial<GemmRates> = {}): GemmRates {
  return {
    ...emptyRates(),
    coreCount: 108,
    isPersistent: false,
    copiesWhole: true,
    secondsPerOperation: 5e-13 / gigahertz,
    rampDepth: 100,
    favourRatio: 1.3,
    secondsPerPortByte: 8e-12 / gigahertz,
    secondsPerCacheByte: 3e-13 / gigahertz,
    cacheReadRatio: 0.7,
    cacheWriteRatio: 0.5,
    sharedBytes: 4e7,
    keepingBytes: 2e7,
    secondsPerDramByte: 8e-13,
    dramSeconds: 2e-6,
    launchSeconds: 3e-6,
    fillSeconds: 2e-6 / gigahertz,
    splitSeconds: 1e-6 / gigahertz,
    ...over,
  }
}

const size = fc.integer({min: 1, max: 5000})
const ratio = fc.double({min: 0.02, max: 50, noNaN: true})

/** Another machine with as many cores: its clock, its caches and its memory are its own. */
const otherRates = (cores: Partial<GemmRates>): fc.Arbitrary<GemmRates> =>
  fc.tuple(ratio, ratio, ratio, ratio, ratio).map(([core, port, cache, memory, capacity]) => ({
    ...ratesAt(core, cores),
    secondsPerPortByte: 8e-12 * port,
    secondsPerCacheByte: 3e-13 * cache,
    secondsPerDramByte: 8e-13 * memory,
    dramSeconds: 2e-6 * memory,
    sharedBytes: 4e7 * capacity,
    keepingBytes: 2e7 * capacity,
  }))

const matrixTilings = (m: number, n: number, k: number): Tiling[] =>
  tilings(productNode(m, n, k).demand.contractions, tileFamily({isMatrix: true, nativeRows: 16, nativeColumns: 8, knowsBf16: true}, false))

describe('the candidates on so many cores', () => {
  it('hold one that is as good as any to the last bit, whatever the clock, the caches and the memory', () => {
    const machines = fc
      .record({coreCount: fc.integer({min: 1, max: 300}), isPersistent: fc.boolean()})
      .chain((cores) => fc.tuple(fc.constant(cores), fc.array(otherRates(cores), {minLength: 1, maxLength: 5})))
    fc.assert(
      fc.property(size, size, size, machines, (m, n, k, [cores, machine]) => {
        const bytes = productBytes(productNode(m, n, k), 1)
        const all = matrixTilings(m, n, k)
        const candidates = tilingCandidates(all, ratesAt(1, cores), bytes)
        const [phases, best] = [emptyPhases(), emptyPhases()]
        const bestScore = (some: readonly Tiling[], rates: GemmRates): number => {
          best.scoreSeconds = Number.POSITIVE_INFINITY
          for (const tiling of some) {
            setPhases(phases, tiling, rates, bytes, best)
            if (phases.scoreSeconds < best.scoreSeconds) copyPhases(phases, best)
          }
          return best.scoreSeconds
        }
        for (const rates of machine) expect(bestScore(candidates, rates)).toBe(bestScore(all, rates))
      }),
      {numRuns: 100},
    )
  })

  it('are few for a large product', () => {
    const all = matrixTilings(4096, 4096, 4096)
    expect(tilingCandidates(all, ratesAt(1), productBytes(productNode(4096, 4096, 4096), 1)).length).toBeLessThan(all.length / 5)
  })

  it('are looked for once some rows have had as many cores, and again where a fit has moved its parameters', () => {
    const all = matrixTilings(4096, 4096, 4096)
    const candidates = compileCandidates(all, productBytes(productNode(4096, 4096, 4096), 1))
    const counts = Array.from({length: 10}, () => candidates.of(ratesAt(1)).tilings.length)
    expect(counts[0]).toBe(all.length)
    expect(counts[9]).toBeLessThan(all.length)
    expect(candidates.of(ratesAt(1, {coreCount: 107})).tilings.length).toBe(all.length)
    expect(candidates.of(ratesAt(2)).tilings.length).toBe(counts[9])
    expect(candidates.of(ratesAt(1, {rampDepth: 90})).tilings.length).toBe(all.length)
  })
})
