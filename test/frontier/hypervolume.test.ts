import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {frontScale, hypervolume, hypervolumeRatio} from '../../src/frontier/hypervolume.js'

type Row = readonly number[]

function columnsOf(rows: readonly Row[], objectiveCount = rows[0]!.length): Float64Array[] {
  return Array.from({length: objectiveCount}, (_, index) => Float64Array.from(rows, (row) => row[index]!))
}

function volumeOf(rows: readonly Row[], reference: Row): number {
  return hypervolume(columnsOf(rows, reference.length), reference)
}

/** The volume of a union by the volumes of all intersections: two to the number of rows of them. */
function byInclusionExclusion(rows: readonly Row[], reference: Row): number {
  let sum = 0
  for (let chosen = 1; chosen < 2 ** rows.length; chosen++) {
    const among = rows.filter((_, row) => (chosen >> row) & 1)
    const shared = reference.reduce((product, end, index) => product * Math.max(0, end - Math.max(...among.map((row) => row[index]!))), 1)
    sum += among.length % 2 === 1 ? shared : -shared
  }
  return sum
}

/** Cells of a grid of whole numbers below the reference that some row dominates. */
function byCells(rows: readonly Row[], reference: Row): number {
  const cellCount = reference.reduce((product, end) => product * end, 1)
  let count = 0
  for (let cell = 0; cell < cellCount; cell++) {
    let rest = cell
    const corner = reference.map((end) => {
      const digit = rest % end
      rest = Math.floor(rest / end)
      return digit
    })
    if (rows.some((row) => row.every((value, index) => value <= corner[index]!))) count++
  }
  return count
}

/** Rows of eighths: every volume is an exact number of floating point, in whatever order it is summed. */
const anySet = fc.integer({min: 1, max: 5}).chain((objectiveCount) =>
  fc.record({
    rows: fc.array(
      fc.array(
        fc.integer({min: -2, max: 9}).map((eighths) => eighths / 8),
        {minLength: objectiveCount, maxLength: objectiveCount},
      ),
      {
        minLength: 1,
        maxLength: 9,
      },
    ),
    reference: fc.constant(Array.from({length: objectiveCount}, () => 1)),
  }),
)

describe('hypervolume', () => {
  it.each([
    {claim: 'a length', rows: [[0.25], [0.5]], reference: [1], volume: 0.75},
    // 1 × 3, then 1 × 2, then 1 × 1.
    {
      claim: 'stairs',
      rows: [
        [0, 2],
        [1, 1],
        [2, 0],
      ],
      reference: [3, 3],
      volume: 6,
    },
    {claim: 'one box', rows: [[1, 2, 3]], reference: [2, 4, 6], volume: 6},
    // Three slabs of 1 × 2 × 2 that share the cube of 1 and each pair nothing more.
    {
      claim: 'three slabs',
      rows: [
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 0],
      ],
      reference: [2, 2, 2],
      volume: 7,
    },
    // Four boxes of 1 × 2 × 2 × 2: 4 · 8 − 6 · 4 + 4 · 2 − 1.
    {
      claim: 'four objectives',
      rows: [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ],
      reference: [2, 2, 2, 2],
      volume: 15,
    },
    // Five boxes of 1 × 2⁴: all cells of the cube of 2 but the one that is below 1 everywhere.
    {
      claim: 'five objectives',
      rows: [
        [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 0, 0, 1],
      ],
      reference: [2, 2, 2, 2, 2],
      volume: 31,
    },
    {claim: 'nothing at the reference point', rows: [[1, 0, 0]], reference: [1, 1, 1], volume: 0},
    {
      claim: 'nothing for a row that is not comparable',
      rows: [
        [Number.NaN, 0],
        [0.5, 0.5],
      ],
      reference: [1, 1],
      volume: 0.25,
    },
  ])('of $claim is $volume', ({rows, reference, volume}) => {
    expect(volumeOf(rows, reference)).toBe(volume)
  })

  it('of no rows is 0', () => {
    expect(volumeOf([], [1, 1])).toBe(0)
  })

  it('is that of inclusion and exclusion', () => {
    fc.assert(
      fc.property(anySet, ({rows, reference}) => {
        expect(volumeOf(rows, reference)).toBe(byInclusionExclusion(rows, reference))
      }),
    )
  })

  it('counts the cells of larger fronts', () => {
    const cells = fc.integer({min: 2, max: 5}).chain((objectiveCount) =>
      fc.record({
        rows: fc.array(fc.array(fc.nat({max: 5}), {minLength: objectiveCount, maxLength: objectiveCount}), {minLength: 10, maxLength: 40}),
        reference: fc.constant(Array.from({length: objectiveCount}, () => 5)),
      }),
    )
    fc.assert(
      fc.property(cells, ({rows, reference}) => {
        expect(volumeOf(rows, reference)).toBe(byCells(rows, reference))
      }),
    )
  })

  it('never falls with another row, and stays with a dominated one', () => {
    fc.assert(
      fc.property(anySet, fc.nat(), ({rows, reference}, pick) => {
        const volume = volumeOf(rows, reference)
        const other = rows[pick % rows.length]!
        expect(volumeOf([...rows.slice(1), rows[0]!], reference)).toBe(volume)
        expect(volumeOf(rows.slice(1), reference)).toBeLessThanOrEqual(volume)
        expect(volumeOf([...rows, other.map((value) => value + 0.5)], reference)).toBe(volume)
      }),
    )
  })

  it('does not depend on which objective comes first', () => {
    fc.assert(
      fc.property(anySet, ({rows, reference}) => {
        expect(
          volumeOf(
            rows.map((row) => row.toReversed()),
            reference,
          ),
        ).toBe(volumeOf(rows, reference))
      }),
    )
  })

  // DTLZ1's front is the simplex x + y + z = 0.5; up to (0.5, 0.5, 0.5), all but the tetrahedron below it is dominated: 0.5³ · (1 − 1/6).
  it('of ever denser fronts comes near that of their limit, from below', () => {
    const simplex = (parts: number): Row[] =>
      Array.from({length: (parts + 1) ** 2}, (_, index) => [index % (parts + 1), Math.floor(index / (parts + 1))] as const)
        .filter(([a, b]) => a + b <= parts)
        .map(([a, b]) => [a, b, parts - a - b].map((share) => (0.5 * share) / parts))
    const limit = 0.5 ** 3 * (5 / 6)
    const gaps = [8, 16, 32, 64].map((parts) => limit - volumeOf(simplex(parts), [0.5, 0.5, 0.5]))
    expect(gaps.every((gap) => gap > 0)).toBe(true)
    // The gap is that of a staircase along the surface: it halves with the width of a step, to the first order.
    for (const [index, gap] of gaps.entries()) if (index > 0) expect(gaps[index - 1]! / gap).toBeGreaterThan(1.8)
  })
})

describe('hypervolumeRatio', () => {
  const stairs = [
    {values: Float64Array.of(10, 20, 30), goal: 'min' as const},
    {values: Float64Array.of(1, 2, 3), goal: 'max' as const},
  ]

  it('measures in the box from the ideal to a tenth beyond the nadir', () => {
    const scale = frontScale(stairs)!
    expect(scale).toEqual({idealValues: [10, 3], nadirValues: [30, 1]})
    // On the scale: (0, 1), (0.5, 0.5), (1, 0) below (1.1, 1.1): 1.1 · 0.1 + 0.6 · 0.5 + 0.1 · 0.5.
    expect(hypervolumeRatio(stairs, scale)).toBeCloseTo((0.11 + 0.3 + 0.05) / 1.21, 12)
  })

  it('does not depend on the units of the objectives', () => {
    const inOthers = stairs.map(({values, goal}, index) => ({values: values.map((value) => 1000 * (index + 1) * value), goal}))
    expect(hypervolumeRatio(inOthers, frontScale(inOthers)!)).toBeCloseTo(hypervolumeRatio(stairs, frontScale(stairs)!), 12)
  })

  it('takes an objective that is the same all over the front as reached by every row', () => {
    const flat = [...stairs, {values: Float64Array.of(7, 7, 7), goal: 'min' as const}]
    expect(hypervolumeRatio(flat, frontScale(flat)!)).toBeCloseTo(hypervolumeRatio(stairs, frontScale(stairs)!), 12)
  })

  it('has no scale where no row is comparable', () => {
    expect(frontScale([{values: Float64Array.of(Number.NaN), goal: 'min'}])).toBeUndefined()
  })
})
