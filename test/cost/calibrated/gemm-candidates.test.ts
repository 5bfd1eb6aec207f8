import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {clockCandidates, differInClock} from '../../../src/cost/calibrated/gemm-candidates.js'
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

describe('the candidates of a sweep over clocks', () => {
  it('hold the one of all tilings that the library takes at every clock', () => {
    fc.assert(
      fc.property(size, size, size, fc.boolean(), (m, n, k, isPersistent) => {
        const node = productNode(m, n, k)
        const bytes = productBytes(node, 1)
        const all = tilings(
          node.demand.contractions,
          tileFamily({isMatrix: true, nativeRows: 16, nativeColumns: 8, knowsBf16: true}, false),
        )
        const candidates = clockCandidates(all, ratesAt(1, {isPersistent}), bytes)
        const [phases, best] = [emptyPhases(), emptyPhases()]
        /** The time of the tiling that the library takes. */
        const taken = (some: readonly Tiling[], gigahertz: number): number => {
          best.scoreSeconds = Number.POSITIVE_INFINITY
          for (const tiling of some) {
            setPhases(phases, tiling, ratesAt(gigahertz, {isPersistent}), bytes, best)
            if (phases.scoreSeconds < best.scoreSeconds) copyPhases(phases, best)
          }
          return best.totalSeconds
        }
        for (const gigahertz of [0.01, 0.5, 1, 2, 50]) expect(taken(candidates, gigahertz)).toBe(taken(all, gigahertz))
      }),
      {numRuns: 100},
    )
  })

  it('are few for a large product', () => {
    const node = productNode(4096, 4096, 4096)
    const all = tilings(node.demand.contractions, tileFamily({isMatrix: true, nativeRows: 16, nativeColumns: 8, knowsBf16: true}, false))
    expect(clockCandidates(all, ratesAt(1), productBytes(node, 1)).length).toBeLessThan(all.length / 5)
  })

  it('are of one machine: a rate that does not go with the clock makes another', () => {
    expect(differInClock(ratesAt(1.41), ratesAt(0.51), 1.41 / 0.51)).toBe(true)
    expect(differInClock(ratesAt(1.41), ratesAt(0.51), 1.4 / 0.51)).toBe(false)
    for (const over of [
      {coreCount: 107},
      {isPersistent: true},
      {secondsPerDramByte: 9e-13},
      {launchSeconds: 4e-6},
      {secondsPerPortByte: 8e-12},
    ])
      expect(differInClock(ratesAt(1.41, over), ratesAt(0.51), 1.41 / 0.51)).toBe(false)
  })
})
