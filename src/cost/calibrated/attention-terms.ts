import type {AttentionMachine} from './attention-machine.js'
import type {AttentionPlan} from './attention-plan.js'
import type {AttentionShape} from './attention-shape.js'
import {overlapped} from './attention-walk-time.js'

/** What one run of a fused kernel spends, by cause; filled anew for each row. */
export interface AttentionTerms {
  residentCount: number
  splitCount: number
  /** Thread blocks, those of splits included, and rounds of them over the slots of all cores. */
  ctaCount: number
  waveCount: number
  /** Walks over the keys and the traffic of memory, which overlap. */
  walkSeconds: number
  trafficSeconds: number
  coreSeconds: number
  /** The rest comes on top. */
  launchSeconds: number
  otherKernelSeconds: number
  prologueSeconds: number
  maskSeconds: number
  combineSeconds: number
  sequenceSeconds: number
  cacheWriteSeconds: number
  layoutSeconds: number
}

/** Terms to be filled: one set serves all rows of a kernel. */
export function attentionTerms(): AttentionTerms {
  return {
    residentCount: 1,
    splitCount: 1,
    ctaCount: 0,
    waveCount: 0,
    walkSeconds: 0,
    trafficSeconds: 0,
    coreSeconds: 0,
    launchSeconds: 0,
    otherKernelSeconds: 0,
    prologueSeconds: 0,
    maskSeconds: 0,
    combineSeconds: 0,
    sequenceSeconds: 0,
    cacheWriteSeconds: 0,
    layoutSeconds: 0,
  }
}

/** All that is spent outside walks and traffic. */
export function overheadSeconds(terms: AttentionTerms): number {
  const {launchSeconds, otherKernelSeconds, prologueSeconds, maskSeconds} = terms
  const {combineSeconds, sequenceSeconds, cacheWriteSeconds, layoutSeconds} = terms
  return (
    launchSeconds +
    otherKernelSeconds +
    prologueSeconds +
    maskSeconds +
    combineSeconds +
    sequenceSeconds +
    cacheWriteSeconds +
    layoutSeconds
  )
}

/** Places of what can bound attention. */
export interface AttentionBounds {
  readonly walkIndex: number
  readonly dramIndex: number
  readonly overheadIndex: number
}

/** What takes the most of the time. */
export function boundOf(terms: AttentionTerms, bounds: AttentionBounds): number {
  if (overheadSeconds(terms) > terms.coreSeconds) return bounds.overheadIndex
  return terms.walkSeconds > terms.trafficSeconds ? bounds.walkIndex : bounds.dramIndex
}

/** Queries, outputs, keys and values through memory, beside the walks. */
export function fillTraffic(
  terms: AttentionTerms,
  plan: AttentionPlan,
  {queryBytes, keyBytes}: AttentionShape,
  bytesPerSecond: number,
  exponent: number,
): void {
  terms.trafficSeconds = (queryBytes + keyBytes) / bytesPerSecond
  terms.coreSeconds = overlapped(terms.walkSeconds, terms.trafficSeconds, exponent)
  terms.layoutSeconds = (plan.layoutPassCount * queryBytes) / bytesPerSecond
}

/** Partial results of so many splits of each row, written and read again in fp32: from the cache what it holds, a soft step at its capacity, else from memory. */
export function partialSeconds(
  {batch, heads, queryTokens, valueHeadDim}: AttentionShape,
  splitCount: number,
  on: AttentionMachine,
  row: number,
  coreHertz: number,
  dramBytesPerSecond: number,
): number {
  const bytes = 4 * splitCount * batch * heads * queryTokens * valueHeadDim
  const cacheBytes = on.cacheBytes(row)
  const missedRatio = cacheBytes === 0 ? 1 : 1 - 1 / (1 + (bytes / cacheBytes) ** 8)
  return 2 * bytes * ((1 - missedRatio) / (on.cacheBytesPerCycle(row) * coreHertz) + missedRatio / dramBytesPerSecond)
}
