import {
  blocksPerCore,
  elementsPerSharedByte,
  fillCount,
  type GemmRates,
  handicapOf,
  isSplitInVain,
  type ProductBytes,
  portBytes,
  rampedOperations,
  waveElements,
} from './gemm-phases.js'
import type {Tiling} from './gemm-tiles.js'

/** Rows of as many cores from which on it pays to look for the tilings that matter. */
const worthwhileRows = 8

/** The tilings that a library may take, by the count of cores, once some rows have had as many. */
export interface Candidates {
  /** What to try on a machine with these rates, and which of them was taken last. */
  readonly of: (rates: GemmRates) => Trial
}

export interface Trial {
  tilings: readonly Tiling[]
  takenIndex: number
  rowCount: number
}

/** Compiles the choice of what to try; parameters that a fit has moved since make other candidates. */
export function compileCandidates(tilings: readonly Tiling[], bytes: ProductBytes): Candidates {
  const trials = new Map<number, Trial>()
  let [rampDepth, favourRatio, coreCount] = [Number.NaN, Number.NaN, Number.NaN]
  let last: Trial = {tilings, takenIndex: 0, rowCount: 0}
  const trialOf = (rates: GemmRates): Trial => {
    if (rates.rampDepth !== rampDepth || rates.favourRatio !== favourRatio) trials.clear()
    else if (rates.coreCount === coreCount) return last
    rampDepth = rates.rampDepth
    favourRatio = rates.favourRatio
    coreCount = rates.coreCount
    last = trials.get(coreCount) ?? {tilings, takenIndex: 0, rowCount: 0}
    trials.set(coreCount, last)
    return last
  }
  const of = (rates: GemmRates): Trial => {
    const trial = trialOf(rates)
    trial.rowCount++
    if (trial.rowCount === worthwhileRows) {
      trial.tilings = tilingCandidates(tilings, rates, bytes)
      trial.takenIndex = 0
    }
    return trial
  }
  return {of}
}

/**
 * The tilings that a library may take on so many cores, whatever their clock, the caches and the memory. Each part of a tiling's time
 * goes with a rate of its own, so that one which another undercuts in every part, at no larger a handicap, is never taken.
 */
export function tilingCandidates(tilings: readonly Tiling[], rates: GemmRates, bytes: ProductBytes): readonly Tiling[] {
  let candidates: {readonly tiling: Tiling; readonly parts: readonly number[]}[] = []
  for (const tiling of tilings) {
    if (isSplitInVain(tiling, rates)) continue
    const parts = partsOf(tiling, rates, bytes)
    if (candidates.some((other) => undercuts(other.parts, parts))) continue
    candidates = candidates.filter((other) => !undercuts(parts, other.parts))
    candidates.push({tiling, parts})
  }
  return candidates.map(({tiling}) => tiling)
}

/**
 * What a tiling's score grows with, each by a rate of the machine that no other part knows; computed as its phases do, so that rounding
 * does not turn their order round and a result never depends on how many tilings were tried.
 */
function partsOf(tiling: Tiling, rates: GemmRates, bytes: ProductBytes): readonly number[] {
  return [
    rampedOperations(tiling, rates),
    tiling.splitCount,
    handicapOf(tiling, rates),
    fillCount(tiling, rates),
    blocksPerCore(tiling, rates) * portBytes(tiling, rates, bytes),
    tiling.blockCount * tiling.requestedElementCount,
    // Bytes read again fall with the results under way: of one block, more with the cache behind them, up to those of a wave.
    -tiling.elementCount,
    -elementsPerSharedByte(tiling, rates, bytes.operandBytes),
    -waveElements(tiling, rates),
  ]
}

function undercuts(one: readonly number[], other: readonly number[]): boolean {
  for (let part = 0; part < one.length; part++) if (one[part]! > other[part]!) return false
  return true
}
