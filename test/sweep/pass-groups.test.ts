import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {groupedRows, passGroups, rowsByPass} from '../../src/sweep/pass-groups.js'

const axes = [
  {name: 'batch', values: [1, 2, 4]},
  {name: 'fused', values: [false, true]},
] as const

const batches = fc.array(fc.tuple(fc.nat(2), fc.nat(1)), {maxLength: 60}).map((levels) => ({
  rowCount: levels.length,
  columns: [Float64Array.from(levels, ([batch]) => batch), Float64Array.from(levels, ([, fused]) => fused)],
}))

describe('rows by their pass', () => {
  it('come once each, those of one pass together and ascending, first passes first', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const all = Int32Array.from({length: batch.rowCount}, (_, row) => row)
        const ordered = [...rowsByPass(passGroups(axes), batch, all)]
        const wanted = [...all].sort((a, b) => keyOf(batch, a) - keyOf(batch, b) || a - b)
        expect(ordered).toEqual(wanted)
      }),
    )
  })

  it('are grouped with the settings that they share', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const groups = groupedRows(passGroups(axes), batch)
        expect(groups.reduce((sum, {rows}) => sum + rows.length, 0)).toBe(batch.rowCount)
        expect(new Set(groups.map(({values}) => JSON.stringify(values))).size).toBe(groups.length)
        for (const {values, rows} of groups)
          for (const row of rows)
            expect(values).toEqual({batch: axes[0].values[batch.columns[0]![row]!], fused: axes[1].values[batch.columns[1]![row]!]})
      }),
    )
  })
})

const keyOf = ({columns}: {readonly columns: readonly Float64Array[]}, row: number): number => 2 * columns[0]![row]! + columns[1]![row]!
