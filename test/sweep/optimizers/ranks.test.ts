import {describe, expect, it} from 'vitest'
import {type Archive, designArchive} from '../../../src/sweep/optimizers/archive.js'
import {bestRowsOf, frontsOf, roomiestFirst, rowsFrom} from '../../../src/sweep/optimizers/ranks.js'

function archiveOf(rows: readonly {readonly values: readonly number[]; readonly violation?: number}[]): Archive {
  const archive = designArchive([{levelCount: Number.POSITIVE_INFINITY, isOrdered: true}], rows[0]!.values.length, rows.length)
  for (const index of rows.keys()) archive.claim([index / rows.length])
  archive.tell(
    {
      objectives: rows[0]!.values.map((_, index) => rows.map(({values}) => values[index]!)),
      violationRatios: rows.map(({violation}) => violation ?? 0),
    },
    rows.length,
  )
  return archive
}

const fronts = (archive: Archive): number[][] => frontsOf(archive, rowsFrom(0, archive.rowCount())).map((front) => [...front])

describe('frontsOf', () => {
  it('peels feasible rows front by front, then takes the others by violation, those without numbers last', () => {
    const archive = archiveOf([
      {values: [0, 0], violation: 0.5},
      {values: [1, 3]},
      {values: [2, 4]},
      {values: [3, 1]},
      {values: [0, 0], violation: 0.1},
      {values: [Number.NaN, 0]},
      {values: [0, 0], violation: 0.5},
    ])
    expect(fronts(archive)).toEqual([[1, 3], [2], [4], [0, 6], [5]])
  })

  it('puts rows of one objective in order, equal ones as they came', () => {
    expect(fronts(archiveOf([{values: [2]}, {values: [1]}, {values: [2]}]))).toEqual([[1], [0], [2]])
  })
})

describe('roomiestFirst', () => {
  it('takes the ends of each objective, then rows with far neighbours', () => {
    // Neighbours of rows 1, 2 and 3 lie 3, 5 and 5 of 8 apart in each objective; of equal ones the first comes first.
    const archive = archiveOf([0, 1, 3, 6, 8].map((x) => ({values: [x, 8 - x]})))
    expect([...roomiestFirst(archive, rowsFrom(0, 5))]).toEqual([0, 4, 2, 3, 1])
  })
})

describe('bestRowsOf', () => {
  it('follows what is told, from the least far from feasible to the front', () => {
    const archive = designArchive([{levelCount: Number.POSITIVE_INFINITY, isOrdered: true}], 2, 9)
    const best = bestRowsOf(archive)
    const told = (values: readonly number[], violation: number): number[] => {
      archive.claim([archive.rowCount() / 10])
      archive.tell({objectives: values.map((value) => [value]), violationRatios: [violation]}, 1)
      return [...best()]
    }
    expect(told([1, Number.NaN], 0.3)).toEqual([0])
    expect(told([9, 9], 0.2)).toEqual([1])
    expect(told([5, 5], 0)).toEqual([2])
    expect(told([6, 4], 0)).toEqual([2, 3])
    expect(told([4, 4], 0)).toEqual([4])
    expect(told([3, 9], 0.1)).toEqual([4])
  })
})
