import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {UserError} from '../../src/foundation/user-error.js'
import {leftOut, type Split, splitOf, splitText} from '../../src/validate/split.js'

const splits = fc.oneof(
  fc.integer({min: 2, max: 12}).map((count): Split => ({kind: 'folds', count})),
  fc.double({min: 0.001, max: 0.999, noNaN: true}).map((ratio): Split => ({kind: 'holdout', ratio})),
)
const shapes = fc
  .array(fc.integer({min: 0, max: 30}), {minLength: 2, maxLength: 80})
  .map((list) => list.map((m) => ({shape: `{"m":${m}}`})))

describe('leftOut', () => {
  it('never has one shape on both sides, and leaves something on each', () => {
    fc.assert(
      fc.property(shapes, splits, (rows, split) => {
        fc.pre(new Set(rows.map(({shape}) => shape)).size > 1)
        for (const out of leftOut(rows, split)) {
          const seen = rows.filter((_, index) => !out.has(index)).map(({shape}) => shape)
          const unseen = rows.filter((_, index) => out.has(index)).map(({shape}) => shape)
          expect(unseen.filter((shape) => seen.includes(shape))).toEqual([])
          expect(Math.min(seen.length, unseen.length)).toBeGreaterThan(0)
        }
      }),
    )
  })

  it('leaves every row out of exactly one of the folds', () => {
    fc.assert(
      fc.property(shapes, fc.integer({min: 2, max: 9}), (rows, count) => {
        const outs = leftOut(rows, {kind: 'folds', count})
        for (const index of rows.keys()) expect(outs.filter((out) => out.has(index))).toHaveLength(1)
      }),
    )
  })

  it('gives folds of equal numbers of shapes, that do not follow their order', () => {
    const rows = Array.from({length: 100}, (_, m) => ({shape: `m${String(m).padStart(3, '0')}`}))
    const folds = leftOut(rows, {kind: 'folds', count: 5})
    expect(folds.map(({size}) => size)).toEqual([20, 20, 20, 20, 20])
    for (const fold of folds) {
      const places = [...fold]
      // Neighbours five apart, as a stride would put them, are as rare as chance has them.
      expect(places.filter((place) => fold.has(place + 5)).length).toBeLessThan(12)
      expect(Math.min(...places)).toBeLessThan(20)
      expect(Math.max(...places)).toBeGreaterThan(79)
    }
  })

  it('does not depend on the order of the rows', () => {
    const rows = Array.from({length: 40}, (_, m) => ({shape: `m${m}`}))
    const shapesOf = (list: typeof rows) =>
      leftOut(list, {kind: 'holdout', ratio: 0.3}).map((out) => [...out].map((index) => list[index]!.shape).sort())
    expect(shapesOf([...rows].reverse())).toEqual(shapesOf(rows))
    expect(shapesOf(rows)[0]).toHaveLength(12)
  })
})

describe('splitOf', () => {
  it('is five folds without a word, and else what was asked for', () => {
    expect(splitOf({})).toEqual({kind: 'folds', count: 5})
    expect(splitOf({folds: 3})).toEqual({kind: 'folds', count: 3})
    expect(splitOf({holdout: '0.25'})).toEqual({kind: 'holdout', ratio: 0.25})
    expect([splitText(splitOf({folds: 3})), splitText(splitOf({holdout: '0.25'}))]).toEqual([
      '3 folds by shape',
      '25 % of the shapes left out',
    ])
  })

  it.each(['0', '1', '-0.5', '50', '50%', 'half', '', 'NaN'])('refuses the share "%s"', (holdout) => {
    expect(() => splitOf({holdout})).toThrow(UserError)
  })
})
