import {describe, expect, it} from 'vitest'
import {designArchive, type SearchDimension} from '../../../src/sweep/optimizers/archive.js'

const levels = (levelCount: number): SearchDimension => ({levelCount, isOrdered: true})
const free = levels(Number.POSITIVE_INFINITY)

describe('designArchive', () => {
  it('gives designs of the same levels one row', () => {
    const archive = designArchive([levels(4), levels(2)], 1, 8)
    expect(archive.claim([0.3, 0.1])).toBe(true)
    expect(archive.claim([0.49, 0.4])).toBe(false)
    expect(archive.claim([0.3, 0.6])).toBe(true)
    expect(archive.rowOf([0.25, 0.99])).toBe(1)
    expect(archive.rowOf([0.99, 0.99])).toBeUndefined()
    expect(archive.designAt(0)).toEqual([0.375, 0.25])
  })

  it('tells free shares apart, and spaces of more designs than a number can count', () => {
    const wide = designArchive([free, ...Array.from({length: 60}, () => levels(2))], 1, 8)
    const rest = Array.from({length: 60}, () => 0)
    expect(wide.claim([0.3, ...rest])).toBe(true)
    expect(wide.claim([0.3 + 2 ** -52, ...rest])).toBe(true)
    expect(wide.claim([0.3, ...rest.with(59, 0.4)])).toBe(false)
    expect(wide.claim([0.3, ...rest.with(59, 0.5)])).toBe(true)
  })

  it('has no more rows than may be evaluated, nor than there are designs', () => {
    const few = designArchive([free], 1, 2)
    expect([0.1, 0.2, 0.3].map((share) => few.claim([share]))).toEqual([true, true, false])
    expect(designArchive([levels(3), levels(2)], 1, 100).openCount()).toBe(6)
  })

  it('takes a key for what is one design, and nothing once it is closed', () => {
    const archive = designArchive([free, levels(2)], 1, 8, ([share]) => Math.round(share! * 10))
    expect([0.31, 0.32, 0.36].map((share) => archive.claim([share, 0.1]))).toEqual([true, false, true])
    expect(archive.rowOf([0.29, 0.9])).toBe(0)
    archive.close()
    expect(archive.openCount()).toBe(0)
  })

  it('leaves out an objective until a design has it', () => {
    const archive = designArchive([free], 2, 3)
    for (const share of [0.1, 0.2, 0.3]) archive.claim([share])
    expect(archive.objectives()).toHaveLength(0)
    archive.tell(
      {
        objectives: [
          [1, 2],
          [Number.NaN, Number.NaN],
        ],
        violationRatios: [0, 0],
      },
      2,
    )
    expect(archive.objectives().map((values) => values[1])).toEqual([2])
    archive.tell({objectives: [[Number.NaN], [5]], violationRatios: [1]}, 1)
    expect(archive.objectives().map((values) => values[2])).toEqual([Number.NaN, 5])
    expect([...archive.violationRatios]).toEqual([0, 0, 1])
  })
})
