import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Hierarchy, HierarchyLevel} from '../../src/accelerator/hierarchy.js'
import {analyseNest} from '../../src/mapping/analyse-nest.js'
import type {LoopNest} from '../../src/mapping/loop-nest.js'
import {matrixProduct} from '../support/random-mapspaces.js'
import {anyNest, openLevel} from './random-nest.js'

const [m, n, k] = [0, 1, 2]
const keeps = [true, true, true]
const problem = matrixProduct([16, 16, 16])

/** One word a cycle out of memory, one into it. */
const memory: HierarchyLevel = {...openLevel, name: 'memory', readBytesPerCycle: 1, writeBytesPerCycle: 1}

/** 4096 steps of one multiply-adder behind one scratchpad. */
function machine(bufferCount: 1 | 2 | undefined, scratchpad: Partial<HierarchyLevel> = {}): Hierarchy {
  return {
    name: 'two levels',
    levels: [memory, {...openLevel, name: 'scratchpad', bufferCount, ...scratchpad}],
    arithmetic: {name: 'multiply-add', instanceCount: 1, joulesPerOperation: 1, cyclesPerStep: 1},
    hertz: 1e9,
  }
}

/** Rows in `count` tiles, one after the other: all weights stay. */
const rowTiles = (count: number): LoopNest => ({
  levels: [
    {temporal: [{dimension: m, count}], x: [], y: [], keeps},
    {
      temporal: [
        {dimension: m, count: 16 / count},
        {dimension: n, count: 16},
        {dimension: k, count: 16},
      ],
      x: [],
      y: [],
      keeps,
    },
  ],
})

const timeOf = (hierarchy: Hierarchy, nest: LoopNest) => {
  const {cycles, utilizationRatio, boundBy, levels} = analyseNest(problem, hierarchy, nest)
  return {cycles, utilizationRatio, boundBy, stallCycles: levels[1]!.stallCycles}
}

describe('a level with buffers', () => {
  it('of one waits for 512 words of operands and 256 of results, where all is one tile', () => {
    expect(timeOf(machine(1), rowTiles(1))).toEqual({
      cycles: 512 + 4096 + 256,
      utilizationRatio: 4096 / 4864,
      boundBy: 'multiply-add',
      stallCycles: 768,
    })
  })

  it('of two hides nothing where all is one tile', () => {
    expect(timeOf(machine(2), rowTiles(1)).cycles).toBe(512 + 4096 + 256)
  })

  it('of two shows the fill of the first of four tiles and the drain of the last', () => {
    // 64 words of A and all 256 of W; 64 of C.
    expect(timeOf(machine(2), rowTiles(4))).toMatchObject({cycles: 320 + 4096 + 64, stallCycles: 384})
    expect(timeOf(machine(1), rowTiles(4))).toMatchObject({cycles: 512 + 4096 + 256, stallCycles: 768})
  })

  it('shows nothing where none are stated, and then says nothing of stalls', () => {
    expect(timeOf(machine(undefined), rowTiles(4))).toEqual({
      cycles: 4096,
      utilizationRatio: 1,
      boundBy: 'multiply-add',
      stallCycles: undefined,
    })
  })

  it('waits for its own port where that is slower, and its port does not count the same fills twice', () => {
    // 512 words in, then 4096 sums, at a quarter of a word a cycle; 256 results out at one.
    expect(timeOf(machine(1, {writeBytesPerCycle: 0.25}), rowTiles(1)).cycles).toBe(2048 + 4 * 4096 + 256)
  })

  it('bounds the time where its stalls are longer than the work', () => {
    const slow = machine(1)
    const {boundBy, cycles} = timeOf({...slow, levels: [{...memory, readBytesPerCycle: 0.1}, slow.levels[1]!]}, rowTiles(1))
    expect(cycles).toBeCloseTo(5120 + 4096 + 256, 9)
    expect(boundBy).toBe('scratchpad')
  })

  it('takes no longer with two than with one, and no less than with neither', () => {
    const rates = fc.array(fc.constantFrom(0.25, 1, 8, Number.POSITIVE_INFINITY), {minLength: 12, maxLength: 12})
    fc.assert(
      fc.property(
        fc.boolean().chain((isPerfect) => anyNest(96, isPerfect)),
        rates,
        fc.nat({max: 3}),
        ({problem, hierarchy, nest}, picks, at) => {
          const cyclesWith = (bufferCount: 1 | 2 | undefined): number => {
            const levels = hierarchy.levels.map((level, index) => ({
              ...level,
              readBytesPerCycle: picks[3 * index]!,
              writeBytesPerCycle: picks[3 * index + 1]!,
              sharedBytesPerCycle: picks[3 * index + 2]!,
              bufferCount: index === at % hierarchy.levels.length ? bufferCount : ([undefined, 2, 1] as const)[index % 3],
            }))
            return analyseNest(problem, {...hierarchy, levels}, nest).cycles
          }
          const [none, two, one] = [cyclesWith(undefined), cyclesWith(2), cyclesWith(1)]
          expect(two).toBeGreaterThanOrEqual(none * (1 - 1e-12))
          expect(one).toBeGreaterThanOrEqual(two * (1 - 1e-12))
        },
      ),
      {numRuns: 1000},
    )
  })
})
