import {describe, expect, it} from 'vitest'
import {tileFamily, tilings} from '../../../src/cost/calibrated/gemm-tiles.js'
import type {Contraction} from '../../../src/workload/operator.js'

function product(m: number, n: number, k: number, batchCount = 1): Contraction {
  return {m, n, k, batchCount, dtype: 'bf16', operationCount: 2 * m * n * k * batchCount, operandBytes: 2}
}

const mma = tileFamily({isMatrix: true, nativeRows: 16, nativeColumns: 8, knowsBf16: true}, false)

describe('tilings of a product', () => {
  it('cover the result with whole tiles, in every batch', () => {
    const found = tilings([product(300, 300, 64, 5)], mma).filter(
      ({elementCount, operandElementCount, splitCount}) =>
        elementCount === 128 * 128 && operandElementCount === 256 * 64 && splitCount === 1,
    )
    expect(found.map(({blockCount}) => blockCount)).toEqual([3 * 3 * 5])
  })

  it('add the blocks of groups of several heights', () => {
    const found = tilings([product(100, 512, 64), product(200, 512, 64, 3)], mma)
    const large = found.find(({elementCount}) => elementCount === 128 * 128)!
    expect(large.blockCount).toBe(4 * (1 + 2 * 3))
  })

  it('split a depth only while each block keeps two steps', () => {
    const splitCounts = (k: number) => [...new Set(tilings([product(256, 256, k)], mma).map(({splitCount}) => splitCount))]
    expect(splitCounts(64)).toEqual([1])
    expect(splitCounts(256)).toEqual([1, 2, 3, 4])
    expect(splitCounts(4096)).toEqual([1, 2, 3, 4, 6, 8, 16, 32])
  })

  it('pad the depth of a block to whole steps', () => {
    const [first] = tilings([product(16, 64, 40)], mma)
    expect(first).toMatchObject({elementCount: 1024, operationCount: 2 * 1024 * 64, operandElementCount: 80 * 64, fillRatio: 0.25})
  })

  it('leave out tiles that only pad more', () => {
    expect(tilings([product(16, 32, 32)], mma).map(({elementCount}) => elementCount)).toEqual([1024])
  })
})

describe('the choice of a library', () => {
  const largerBlockCounts = (m: number, n: number, family = mma) =>
    new Map(
      tilings([product(m, n, 2048)], family).map((each) => [`${each.rows}x${each.columns}/${each.splitCount}`, each.largerBlockCount]),
    )

  it('prefers its largest tile to smaller ones on as many cores as that has blocks, but not to a split', () => {
    const counts = largerBlockCounts(2048, 2048)
    expect(['128x256/1', '256x128/1', '128x128/1', '64x64/1', '128x128/2'].map((tile) => counts.get(tile))).toEqual([0, 0, 128, 128, 0])
  })

  it('does not where the largest pads more, nor where blocks persist', () => {
    expect([...largerBlockCounts(2048, 64).values()].every((count) => count === 0)).toBe(true)
    const persistent = tileFamily({isMatrix: true, nativeRows: 64, nativeColumns: 8, knowsBf16: true}, false)
    expect([...largerBlockCounts(2048, 2048, persistent).values()].every((count) => count === 0)).toBe(true)
  })
})

describe('the tiles of a library', () => {
  const matrix = (nativeRows: number, nativeColumns: number) =>
    tileFamily({isMatrix: true, nativeRows, nativeColumns, knowsBf16: true}, false)
  const vector = (knowsBf16: boolean, isBatched: boolean) =>
    tileFamily({isMatrix: false, nativeRows: 1, nativeColumns: 1, knowsBf16}, isBatched)

  it('deepen their steps and persist for warpgroup instructions', () => {
    expect([mma.stepDepth, matrix(64, 8).stepDepth]).toEqual([32, 64])
    expect([mma.isPersistent, matrix(64, 8).isPersistent]).toEqual([false, true])
  })

  it('share the columns of a tile between two cores for instructions that span them', () => {
    const operands = (nativeRows: number) =>
      tilings([product(128, 256, 64)], matrix(nativeRows, 8)).find(({rows, columns}) => rows === 128 && columns === 256)!
        .operandElementCount
    expect([operands(64), operands(128)]).toEqual([(128 + 256) * 64, (128 + 128) * 64])
  })

  it('are whole arrays on a systolic array', () => {
    for (const [rows, columns] of matrix(128, 128).tiles) expect([rows % 128, columns % 128]).toEqual([0, 0])
    expect(matrix(256, 256).tiles).toEqual([[256, 256]])
  })

  it('hold a core until its units are full where threads hide latency by their number', () => {
    const found = tilings([product(256, 256, 512)], vector(false, false))
    const turns = (rows: number, columns: number) => [
      ...new Set(found.filter((each) => each.rows === rows && each.columns === columns).map(({turnCount}) => turnCount)),
    ]
    expect(turns(128, 128)).toEqual([1])
    expect(turns(64, 128)).toEqual([2])
    expect(turns(128, 32)).toEqual([4])
    // Four slices of the depth fill a core with one block instead of four.
    expect(turns(32, 128)).toEqual([1, 4])
    expect(tilings([product(256, 256, 512)], mma).every(({turnCount}) => turnCount === 1)).toBe(true)
  })

  it('never split batched products on vector units, and keep one tile for them beside bf16 matrix units', () => {
    expect(vector(false, true).splitCounts).toEqual([1])
    expect(vector(true, true).tiles).toEqual([[128, 128]])
    expect(vector(true, false).tiles.length).toBeGreaterThan(1)
  })
})
