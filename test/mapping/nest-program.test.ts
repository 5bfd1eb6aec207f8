import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Hierarchy, HierarchyLevel} from '../../src/accelerator/hierarchy.js'
import {analyseNest} from '../../src/mapping/analyse-nest.js'
import {decodeNest, encodeNest} from '../../src/mapping/encode-nest.js'
import type {Loop, LoopNest} from '../../src/mapping/loop-nest.js'
import {faultCode} from '../../src/mapping/nest-layout.js'
import {compileNest, evaluateNest} from '../../src/mapping/nest-program.js'
import type {Problem} from '../../src/workload/problem.js'
import {anyNest} from './random-nest.js'

const [m, n, k] = [0, 1, 2]

/** C[m, n] += A[m, k] · B[k, n] of 8 × 4 × 6, in words of 2 bytes. */
const problem: Problem = {
  name: 'product',
  dimensions: [8, 4, 6].map((size, at) => ({name: 'mnk'[at]!, size})),
  tensors: [
    {name: 'A', ranks: [m, k], isOutput: false},
    {name: 'B', ranks: [k, n], isOutput: false},
    {name: 'C', ranks: [m, n], isOutput: true},
  ].map(({name, ranks, isOutput}) => ({
    name,
    class: 'activations',
    elementBits: 16,
    isOutput,
    ranks: ranks.map((dimension) => ({terms: [{dimension, coefficient: 1}]})),
  })),
}

const outer: HierarchyLevel = {
  name: 'outer',
  kind: 'dram',
  instanceCount: 1,
  fanout: {x: 2, y: 2},
  capacityBytes: Number.POSITIVE_INFINITY,
  accessBits: 64,
  readJoulesPerByte: 1,
  fillJoulesPerByte: 10,
  updateJoulesPerByte: 100,
  readBytesPerCycle: Number.POSITIVE_INFINITY,
  writeBytesPerCycle: Number.POSITIVE_INFINITY,
  sharedBytesPerCycle: Number.POSITIVE_INFINITY,
  isMulticast: true,
  isReducing: true,
  bufferCount: undefined,
}

const inner: HierarchyLevel = {...outer, name: 'inner', kind: 'scratchpad', instanceCount: 4, fanout: {x: 1, y: 1}, accessBits: undefined}

const hierarchy: Hierarchy = {
  name: 'two levels',
  levels: [outer, inner],
  arithmetic: {name: 'multiply-add', instanceCount: 4, joulesPerOperation: 7, cyclesPerStep: 1},
  hertz: 1e9,
}

const keeps = [true, true, true]
const loops = (...pairs: [number, number][]): Loop[] => pairs.map(([dimension, count]) => ({dimension, count}))

/** Outer steps over m then k; two instances along n; inside a tile of m 2, n 2, k 3. */
const nest: LoopNest = {
  levels: [
    {temporal: loops([m, 4], [k, 2]), x: loops([n, 2]), y: [], keeps},
    {temporal: loops([m, 2], [n, 2], [k, 3]), x: [], y: [], keeps},
  ],
}

const withLevels = (changes: Partial<HierarchyLevel>[]): Hierarchy => ({
  ...hierarchy,
  levels: hierarchy.levels.map((level, at) => ({...level, ...changes[at]})),
})

function code(nest: LoopNest, on = hierarchy): number {
  return evaluateNest(compileNest(problem, on), encodeNest(nest, 3))
}

describe('a nest by hand', () => {
  const {levels, cycles, utilizationRatio, energyJoules, arithmeticJoules} = analyseNest(problem, hierarchy, nest)
  const [outside, inside] = levels

  it('reads what instances share once, and hands up each sum when it leaves', () => {
    // A: a tile of 6 words at each of 8 steps, the same in both instances. B: 6 words a step, another in each. C: 4 words stay through k.
    expect(inside!.tensors.map(({tileWords, fills}) => [tileWords, fills])).toEqual([
      [6, 48],
      [6, 48],
      [4, 0],
    ])
    expect(outside!.tensors.map(({reads, updates}) => [reads, updates])).toEqual([
      [48, 0],
      [96, 0],
      [0, 32],
    ])
    // Each of 96 steps reads A and B; each sum of 6 is read back but for its first term.
    expect(inside!.tensors.map(({reads, updates}) => [reads, updates])).toEqual([
      [96, 0],
      [96, 0],
      [80, 96],
    ])
  })

  it('uses half of the multiply-adders, a step a cycle', () => {
    expect(inside!.instances).toBe(2)
    expect(cycles).toBe(96)
    expect(utilizationRatio).toBe(0.5)
  })

  it('charges whole accesses where a level has them, and words where it has not', () => {
    // Outside, 4 words an access of 8 bytes: 12 + 24 reads, 8 updates. Inside, 2 bytes a word.
    expect(outside!.energyJoules).toBe(36 * 8 + 8 * 8 * 100)
    expect(inside!.energyJoules).toBe(2 * 2 * (96 + 96 + 80 + 10 * (48 + 48) + 100 * 96))
    expect(arithmeticJoules).toBe(7 * 192)
    expect(energyJoules).toBe(outside!.energyJoules + inside!.energyJoules + arithmeticJoules)
  })

  it('rounds up to whole accesses for each kind of access on its own', () => {
    const wide = analyseNest(problem, withLevels([{accessBits: 80}]), nest)
    // 5 words an access of 10 bytes: 10 for A's 48, 20 for B's 96, 7 for C's 32.
    expect(wide.levels[0]!.energyJoules).toBe(10 * (10 + 20 + 100 * 7))
    const narrow = analyseNest(problem, withLevels([{accessBits: 8}]), nest)
    // A word takes two accesses of one byte.
    expect(narrow.levels[0]!.energyJoules).toBe(2 * (48 + 96 + 100 * 32))
  })

  it.each([
    // 144 reads and 32 updates of 2 bytes outside; the other ports are open.
    {port: {readBytesPerCycle: 2}, cycles: 144},
    {port: {writeBytesPerCycle: 0.5}, cycles: 128},
    {port: {sharedBytesPerCycle: 2}, cycles: 176},
    {port: {sharedBytesPerCycle: 4}, cycles: 96},
  ])('takes $cycles cycles with $port', ({port, cycles}) => {
    const limited = analyseNest(problem, withLevels([port]), nest)
    expect(limited.cycles).toBe(cycles)
    expect(limited.boundBy).toBe(cycles > 96 ? 'outer' : 'multiply-add')
  })
})

describe('what forbids a nest', () => {
  it('is nothing where it fits, to the byte', () => {
    expect(code(nest, withLevels([{}, {capacityBytes: 32}]))).toBe(faultCode.none)
    expect(code(nest, withLevels([{}, {capacityBytes: 31}]))).toBe(faultCode.capacity)
  })

  it('counts both buffers of a level that has two', () => {
    expect(code(nest, withLevels([{}, {capacityBytes: 64, bufferCount: 2}]))).toBe(faultCode.none)
    expect(code(nest, withLevels([{}, {capacityBytes: 63, bufferCount: 2}]))).toBe(faultCode.capacity)
  })

  it('counts only the tensors that a level keeps', () => {
    const [first, second] = nest.levels
    const passing = {levels: [first!, {...second!, keeps: [true, false, true]}]}
    expect(code(passing, withLevels([{}, {capacityBytes: 20}]))).toBe(faultCode.none)
  })

  it.each([
    {why: 'uncovered', temporal: loops([m, 4]), x: loops([n, 2]), y: [], fault: faultCode.uncovered},
    {
      why: 'a loop with turns that nothing is left for',
      temporal: loops([m, 5], [k, 2]),
      x: loops([n, 2]),
      y: [],
      fault: faultCode.needless,
    },
    {why: 'wider than the array', temporal: loops([m, 4]), x: loops([n, 2], [k, 2]), y: [], fault: faultCode.fanoutX},
    {why: 'higher than the array', temporal: loops([k, 2], [n, 2]), x: [], y: loops([m, 4]), fault: faultCode.fanoutY},
  ])('is told: $why', ({temporal, x, y, fault}) => {
    expect(code({levels: [{temporal, x, y, keeps}, nest.levels[1]!]})).toBe(fault)
  })
})

describe('encoding', () => {
  it('gives back the same loop nest', () => {
    fc.assert(
      fc.property(anyNest(96, false), ({problem, nest}) => {
        const dimensionCount = problem.dimensions.length
        expect(decodeNest(encodeNest(nest, dimensionCount), dimensionCount, problem.tensors.length)).toEqual(nest)
      }),
    )
  })
})
