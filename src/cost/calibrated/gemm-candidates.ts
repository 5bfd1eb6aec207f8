import {emptyPhases, type GemmRates, type ProductBytes, setPhases, waveCount} from './gemm-phases.js'
import type {Tiling} from './gemm-tiles.js'

/**
 * The tilings that a library may take at some clock. Each part of a tiling's time is fixed or goes with a clock, so that one which
 * another undercuts in every part, at no larger a handicap, is never taken: a sweep over clocks needs no trial of it.
 */
export function clockCandidates(tilings: readonly Tiling[], rates: GemmRates, bytes: ProductBytes): readonly Tiling[] {
  let candidates: {readonly tiling: Tiling; readonly parts: readonly number[]}[] = []
  for (const tiling of tilings) {
    const parts = partsOf(tiling, rates, bytes)
    if (parts === undefined || candidates.some((other) => undercuts(other.parts, parts))) continue
    candidates = candidates.filter((other) => !undercuts(parts, other.parts))
    candidates.push({tiling, parts})
  }
  return candidates.map(({tiling}) => tiling)
}

/** The handicap and the parts of a tiling's score that no other part moves with; a split costs by its count. Nothing for one in vain. */
function partsOf(tiling: Tiling, rates: GemmRates, bytes: ProductBytes): readonly number[] | undefined {
  const phases = emptyPhases()
  setPhases(phases, tiling, rates, bytes, {...phases, scoreSeconds: Number.POSITIVE_INFINITY})
  const {scoreSeconds, totalSeconds, unitSeconds, portSeconds, cacheSeconds, dramSeconds} = phases
  if (scoreSeconds === Number.POSITIVE_INFINITY) return undefined
  // Rounded, since it is a quotient of two sums.
  const handicap = Math.fround(scoreSeconds / totalSeconds)
  const fill = waveCount(tiling, rates) * tiling.fillRatio
  return [unitSeconds, tiling.splitCount, handicap, fill, dramSeconds, portSeconds, cacheSeconds]
}

function undercuts(one: readonly number[], other: readonly number[]): boolean {
  for (let part = 0; part < one.length; part++) if (one[part]! > other[part]!) return false
  return true
}

/** All that rates say of a machine, at clocks of this ratio, is the same: only rounding moves a rate over its clock. */
export function differInClock(rates: GemmRates, before: GemmRates, hertzRatio: number): boolean {
  return (
    rates.coreCount === before.coreCount &&
    rates.isPersistent === before.isPersistent &&
    rates.rampDepth === before.rampDepth &&
    rates.favourRatio === before.favourRatio &&
    rates.cacheReadRatio === before.cacheReadRatio &&
    rates.cacheWriteRatio === before.cacheWriteRatio &&
    rates.sharedBytes === before.sharedBytes &&
    rates.keepingBytes === before.keepingBytes &&
    rates.secondsPerDramByte === before.secondsPerDramByte &&
    rates.dramSeconds === before.dramSeconds &&
    rates.launchSeconds === before.launchSeconds &&
    goesWithClock(rates.fillSeconds, before.fillSeconds, hertzRatio) &&
    goesWithClock(rates.splitSeconds, before.splitSeconds, hertzRatio) &&
    goesWithClock(rates.secondsPerOperation, before.secondsPerOperation, hertzRatio) &&
    goesWithClock(rates.secondsPerPortByte, before.secondsPerPortByte, hertzRatio) &&
    goesWithClock(rates.secondsPerCacheByte, before.secondsPerCacheByte, hertzRatio)
  )
}

function goesWithClock(seconds: number, before: number, hertzRatio: number): boolean {
  return Math.abs(seconds * hertzRatio - before) <= 1e-14 * before
}
