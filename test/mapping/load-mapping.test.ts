import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseHierarchy} from '../../src/accelerator/load-hierarchy.js'
import {loadMapping, mappingData, parseMapping} from '../../src/mapping/load-mapping.js'
import type {LoopNest} from '../../src/mapping/loop-nest.js'
import {mappingFaults} from '../../src/mapping/mapping-fault.js'
import {yamlText} from '../../src/spec/write-yaml.js'
import {failure} from '../support/small-accelerator.js'
import {smallGemm, smallHierarchy, smallLevels} from '../support/small-hierarchy.js'

const [problem, hierarchy] = [smallGemm(), smallLevels()]
const parsed = (levels: string) => parseMapping(`levels:\n${levels}`, problem, hierarchy)

describe('a mapping file', () => {
  it('gives each level its loops, outermost first, and says what passes it', () => {
    const nest = parsed(
      '  dram: {temporal: [M 2, K 3]}\n  buffer: {x: [M 4], y: [N 2], bypass: [weights]}\n  registers: {temporal: [K 2, N 2]}\n',
    )
    expect(nest.levels[0]).toEqual({
      temporal: [
        {dimension: 0, count: 2},
        {dimension: 2, count: 3},
      ],
      x: [],
      y: [],
      keeps: [true, true, true],
    })
    expect(nest.levels[1]).toMatchObject({x: [{dimension: 0, count: 4}], y: [{dimension: 1, count: 2}], keeps: [true, false, true]})
    expect(nest.levels[2]!.temporal.map(({dimension}) => dimension)).toEqual([2, 1])
  })

  it('may leave levels out: they have no loops and keep all; loops of one turn are none', () => {
    const nest = parsed('  dram: {temporal: [M 8, N 4, K 6]}\n  registers: {temporal: [M 1]}\n')
    expect(nest.levels.slice(1)).toEqual([1, 2].map(() => ({temporal: [], x: [], y: [], keeps: [true, true, true]})))
  })

  it('names what a level keeps, or what passes it', () => {
    const loops = 'dram: {temporal: [M 8, N 4, K 6]}'
    const kept = parsed(`  ${loops}\n  buffer: {keep: [outputs]}\n`)
    const passed = parsed(`  ${loops}\n  buffer: {bypass: [inputs, weights]}\n`)
    expect(kept).toEqual(passed)
    expect(kept.levels[1]!.keeps).toEqual([false, false, true])
  })

  it('keeps nowhere what a level cannot hold', () => {
    const narrow = parseHierarchy('small', smallHierarchy.replace('  registers:\n', '  registers:\n    operands: [weights]\n'))
    const nest = parseMapping('levels: {dram: {temporal: [M 8, N 4, K 6]}}', problem, narrow)
    expect(nest.levels[2]!.keeps).toEqual([false, true, false])
    expect(mappingData(nest, problem, narrow).levels).not.toHaveProperty('registers')
    const error = failure(() => parseMapping('levels: {dram: {temporal: [M 8, N 4, K 6]}, registers: {keep: [inputs]}}', problem, narrow))
    expect(error.message).toContain('registers cannot keep inputs')
  })

  it('may have counts that do not divide, of which the outermost takes what is left', () => {
    // Tiles of 4 cover 6 in 2 turns, the second of 2.
    const nest = parsed('  dram: {temporal: [M 8, N 4, K 2]}\n  registers: {temporal: [K 4]}\n')
    expect(nest.levels[0]!.temporal.at(-1)).toEqual({dimension: 2, count: 2})
  })

  it('comes back as it was from the file that writes it', () => {
    // 8 · 4 · 6 as primes, each at one of five places.
    const split = fc.record({
      places: fc.array(fc.nat(4), {minLength: 7, maxLength: 7}),
      keeps: fc.array(fc.boolean(), {minLength: 6, maxLength: 6}),
    })
    fc.assert(
      fc.property(split, ({places, keeps}) => {
        const factors = [2, 2, 2, 2, 2, 3, 2]
        const dimensions = [0, 0, 0, 1, 1, 2, 2]
        const counts = new Map<string, number>()
        for (const [index, at] of places.entries()) {
          const key = `${at} ${dimensions[index]}`
          counts.set(key, (counts.get(key) ?? 1) * factors[index]!)
        }
        const loops = (at: number) =>
          [0, 1, 2].flatMap((dimension) =>
            counts.has(`${at} ${dimension}`) ? [{dimension, count: counts.get(`${at} ${dimension}`)!}] : [],
          )
        const nest: LoopNest = {
          levels: [
            {temporal: loops(0), x: [], y: [], keeps: [true, true, true]},
            {temporal: loops(1), x: loops(2), y: loops(3), keeps: keeps.slice(0, 3)},
            {temporal: loops(4).toReversed(), x: [], y: [], keeps: keeps.slice(3)},
          ],
        }
        fc.pre(mappingFaults(nest, problem, hierarchy).length === 0)
        expect(parseMapping(yamlText(mappingData(nest, problem, hierarchy)), problem, hierarchy)).toEqual(nest)
      }),
      {numRuns: 200},
    )
  })
})

describe('a fault of a mapping file', () => {
  it('hides no other: unknown levels, dimensions and tensors are told at once, also in a level that is unknown', () => {
    const error = failure(() => parsed('  bufer: {x: [Q 2], keep: [weight]}\n  registers: {temporal: [L 2, M 0], bypass: [output]}\n'))
    for (const name of ['bufer', 'Q', 'weight', 'L', 'output']) expect(error.message).toContain(`"${name}" is not a`)
    expect(error.message).toContain('a loop of 0 turns does nothing')
    expect(error.code).toBe('MAPPING_INVALID')
  })

  const rest = '  registers: {temporal: [M 8, N 4, K 6]}\n'
  it.each([
    [
      '  dram: {temporal: [M 2, N 4, K 6]}\n',
      'mapping.yaml:2:21 /levels/dram/temporal/0',
      'the counts of M do not multiply to its size: 2, but M has 8',
      'write M 8 at dram',
    ],
    [
      '  dram: {temporal: [M 2, N 4, K 6]}\n  registers: {temporal: [M 2]}\n',
      ':2:21 /levels/dram/temporal/0',
      '2 · 2 = 4, but M has 8',
      'write M 4 at dram',
    ],
    ['  dram: {temporal: [M 8, N 4]}\n', ':2:3 /levels', 'no loop runs over K, which has 6', 'add K 6 to a level'],
    ['  dram: {temporal: [M 16, N 4, K 6]}\n', ':2:21 ', 'M 16 at dram is more than the 8 that M has', 'write M 8'],
    [
      `  dram: {temporal: [M 2]}\n${rest}`,
      ':2:21 ',
      'M 2 at dram is too much: the loops inside it cover 8 of 8',
      'leave this loop over M out',
    ],
    [
      '  dram: {temporal: [M 8, N 4, K 3]}\n  registers: {temporal: [K 4]}\n',
      ':2:31 /levels/dram/temporal/2',
      'K 3 at dram is too much: the loops inside it cover 4 of 6',
      'write K 2',
    ],
    [`  dram: {temporal: [L 2]}\n${rest}`, ':2:21 /levels/dram/temporal/0', '"L" is not a dimension of small-gemm', 'known: M, N, K'],
    [`  drem: {temporal: [M 2]}\n${rest}`, ':2:9 /levels/drem', '"drem" is not a level of small', 'did you mean dram'],
    [`  dram: {temporel: [M 2]}\n${rest}`, ':2:20 /levels/dram/temporel', '"temporel" is not a key here', 'did you mean temporal'],
    [
      `  buffer: {bypass: [weight]}\n${rest}`,
      ':2:21 /levels/buffer/bypass/0',
      '"weight" is not a tensor of small-gemm',
      'did you mean weights',
    ],
    [`  buffer: {keep: [weights], bypass: [inputs]}\n${rest}`, ' /levels/buffer/bypass', 'exclude each other', 'keep one of the two'],
    [
      `  dram: {bypass: [inputs]}\n${rest}`,
      ' /levels/dram',
      'dram is the outermost level, where every tensor comes from, but inputs passes it',
      'keep inputs there',
    ],
    [`  dram: {temporal: [M]}\n${rest}`, ':2:21 ', '"M" is not a dimension and a count', '`K 4`'],
    [`  dram: {temporal: [M 2.5]}\n${rest}`, ':2:21 ', '"M 2.5" is not a dimension and a count', '`K 4`'],
    [`  dram: {temporal: [M 0]}\n${rest}`, ':2:21 ', 'a loop of 0 turns does nothing', 'begin at 1'],
    ['  dram: {temporal: [M 2, M 4, N 4, K 6]}\n', ':2:26 ', 'M stands in this list already', 'multiply the two counts'],
    [
      '  dram: {x: [M 2]}\n  registers: {temporal: [M 4, N 4, K 6]}\n',
      ':2:14 /levels/dram/x/0',
      'M 2 along x is unrolled on no array: one instance stands under dram',
      'make it a loop in time',
    ],
    [
      '  buffer: {y: [M 4]}\n  registers: {temporal: [M 2, N 4, K 6]}\n',
      ':2:16 /levels/buffer/y/0',
      'M 4 along y asks for 4 instances, but buffer has 2 there (4 along x, 2 along y)',
      'spread it along x, or at most 2 along y',
    ],
    [
      '  buffer: {x: [M 4, N 2]}\n  registers: {temporal: [M 2, N 2, K 6]}\n',
      ':2:16 /levels/buffer/x/0',
      'M 4, N 2 along x asks for 8 instances, but buffer has 4 there',
      'spread at most 4 along x, the rest in time',
    ],
  ])('%j is told at its place', (levels, place, message, hint) => {
    const error = failure(() => parsed(levels))
    expect(error.message).toContain(place)
    expect(error.message).toContain(message)
    expect(error.suggestions.join('\n')).toContain(hint)
    expect(error.exitCode).toBe(3)
  })

  it('is told with all others that its loops have', () => {
    const error = failure(() => parsed('  dram: {temporal: [M 2]}\n  buffer: {y: [N 4]}\n'))
    expect(error.code).toBe('MAPPING_INVALID')
    expect(error.message.match(/mapping\.yaml:/g)).toHaveLength(3)
  })

  it('in its path is told', () => {
    expect(failure(() => loadMapping('no-such.yaml', problem, hierarchy)).code).toBe('FILE_UNREADABLE')
  })
})
