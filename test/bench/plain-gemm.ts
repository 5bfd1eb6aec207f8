import type {EncodedNest} from '#ridge/mapping/encoded-nest.js'

/** Sizes of the one problem, C[m, n] += A[m, k] · B[k, n] in bytes, and of the one machine: DRAM, a buffer, an array of registers. */
export const gemm = {
  size: 512,
  arrayWidth: 16,
  bufferBytes: 256 * 1024,
  registerBytes: 512,
  dramAccessBytes: 64,
  bufferAccessBytes: 16,
  dramBytesPerCycle: 32,
  bufferBytesPerCycle: 256,
  registerBytesPerCycle: 4,
  dramJoulesPerByte: 100e-12,
  bufferJoulesPerByte: 3e-12,
  registerJoulesPerByte: 0.4e-12,
  joulesPerOperation: 0.5e-12,
} as const

/** What `plainGemm` counts, at level · 9 + tensor · 3 + (0 reads, 1 fills, 2 updates); then cycles, joules, utilization. */
export const plainResults = {cycles: 27, energyJoules: 28, utilizationRatio: 29, count: 30} as const

/** The arithmetic of one mapping written straight down for this one problem and machine; false where it does not fit. */
export function plainGemm({counts, order}: EncodedNest, out: Float64Array): boolean {
  const mSpread = counts[12]! * counts[15]!
  const nSpread = counts[13]! * counts[16]!
  const kSpread = counts[14]! * counts[17]!
  const mInner = counts[18]!
  const nInner = counts[19]!
  const kInner = counts[20]!
  const mBuffer = counts[9]! * mSpread * mInner
  const nBuffer = counts[10]! * nSpread * nInner
  const kBuffer = counts[11]! * kSpread * kInner
  if (mBuffer * counts[0]! !== gemm.size || nBuffer * counts[1]! !== gemm.size || kBuffer * counts[2]! !== gemm.size) return false
  if (counts[12]! * counts[13]! * counts[14]! > gemm.arrayWidth || counts[15]! * counts[16]! * counts[17]! > gemm.arrayWidth) return false
  const aInner = mInner * kInner
  const bInner = kInner * nInner
  const cInner = mInner * nInner
  const aBuffer = mBuffer * kBuffer
  const bBuffer = kBuffer * nBuffer
  const cBuffer = mBuffer * nBuffer
  if (aInner + bInner + cInner > gemm.registerBytes || aBuffer + bBuffer + cBuffer > gemm.bufferBytes) return false
  let turns = 1
  let a = 1
  let b = 1
  let c = 1
  let cInTime = 1
  for (let place = 0; place < 3; place++) {
    const dimension = order[place]!
    const count = counts[dimension]!
    if (count === 1) continue
    turns *= count
    if (dimension !== 1) a = turns
    if (dimension !== 0) b = turns
    if (dimension !== 2) {
      c = turns
      cInTime *= count
    }
  }
  const aFills = aBuffer * a
  const bFills = bBuffer * b
  const cVisits = cBuffer * c
  const cHeld = cBuffer * cInTime
  for (let place = 3; place < 6; place++) {
    const dimension = order[place]!
    const count = counts[9 + dimension]!
    if (count === 1) continue
    turns *= count
    if (dimension !== 1) a = turns
    if (dimension !== 0) b = turns
    if (dimension !== 2) {
      c = turns
      cInTime *= count
    }
  }
  const instances = mSpread * nSpread * kSpread
  const steps = turns * mInner * nInner * kInner
  const aInnerFills = aInner * a
  const bInnerFills = bInner * b
  const cInnerVisits = cInner * c
  const cInnerHeld = cInner * cInTime
  const cUpdates = cInnerVisits * mSpread * nSpread
  out[0] = aFills
  out[3] = bFills
  out[6] = cVisits - gemm.size * gemm.size
  out[8] = cVisits
  out[9] = aInnerFills * mSpread * kSpread
  out[10] = aFills
  out[12] = bInnerFills * kSpread * nSpread
  out[13] = bFills
  out[15] = cUpdates - cHeld
  out[16] = cVisits - cHeld
  out[17] = cUpdates
  out[18] = steps
  out[19] = aInnerFills
  out[21] = steps
  out[22] = bInnerFills
  out[24] = steps - cInnerHeld
  out[25] = cInnerVisits - cInnerHeld
  out[26] = steps
  let dramAccesses = 0
  let bufferAccesses = 0
  let registerBytes = 0
  for (let at = 0; at < 9; at++) {
    dramAccesses += Math.ceil(out[at]! / gemm.dramAccessBytes)
    bufferAccesses += Math.ceil(out[9 + at]! / gemm.bufferAccessBytes)
    registerBytes += out[18 + at]!
  }
  const dramBytes = out[0]! + out[3]! + out[6]! + out[8]!
  const bufferBytes = out[9]! + out[10]! + out[12]! + out[13]! + out[15]! + out[16]! + out[17]!
  let cycles = Math.max(steps, dramBytes / gemm.dramBytesPerCycle)
  cycles = Math.max(cycles, bufferBytes / gemm.bufferBytesPerCycle)
  cycles = Math.max(cycles, registerBytes / gemm.registerBytesPerCycle)
  out[plainResults.cycles] = cycles
  out[plainResults.energyJoules] =
    gemm.size ** 3 * gemm.joulesPerOperation +
    dramAccesses * gemm.dramAccessBytes * gemm.dramJoulesPerByte +
    bufferAccesses * gemm.bufferAccessBytes * gemm.bufferJoulesPerByte +
    registerBytes * gemm.registerJoulesPerByte * instances
  out[plainResults.utilizationRatio] = gemm.size ** 3 / (cycles * gemm.arrayWidth ** 2)
  return true
}
