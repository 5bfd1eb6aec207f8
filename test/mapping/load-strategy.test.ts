import {describe, expect, it} from 'vitest'
import {loadHierarchy, parseHierarchy} from '../../src/accelerator/load-hierarchy.js'
import {hierarchyConstraints} from '../../src/mapping/hierarchy-constraints.js'
import {loadStrategy, parseStrategy} from '../../src/mapping/load-strategy.js'
import {failure} from '../support/small-accelerator.js'
import {smallGemm, smallHierarchy, smallLevels} from '../support/small-hierarchy.js'

const [problem, hierarchy] = [smallGemm(), smallLevels()]
const parsed = (levels: string) => parseStrategy(`levels:\n${levels}`, problem, hierarchy)
const [M, N, K] = [0, 1, 2]

describe('a strategy file', () => {
  it('leaves free what it does not name, but for what the hierarchy itself fixes', () => {
    expect(parseStrategy('levels: {}', problem, hierarchy).levels).toEqual(hierarchyConstraints(problem, hierarchy).levels)
  })

  it('fixes counts, bounds them, gives the rest, and fixes all others at once', () => {
    const {levels} = parsed('  buffer: {temporal: [K 2, M <= 4], x: [M rest, others 1]}\n')
    expect(levels[1]!.temporal).toMatchObject({counts: [undefined, undefined, 2], maximumCounts: [4, undefined, undefined]})
    expect(levels[1]!.x.counts).toEqual(['rest', 1, 1])
    expect(levels[1]!.y.counts).toEqual([undefined, undefined, undefined])
  })

  it('orders the outermost and the innermost loops', () => {
    const {temporal} = parsed('  buffer: {outermost: [K], innermost: [M, N]}\n').levels[1]!
    expect([temporal.outermost, temporal.innermost]).toEqual([[K], [M, N]])
  })

  it('keeps tensors by name or by the part that they play', () => {
    const batched = smallGemm('dtype: int8\nbatched-gemm: {batch: 2, m: 8, n: 4, k: 6}\n')
    const {levels} = parseStrategy('levels: {registers: {keep: [weights], bypass: [left]}}', batched, hierarchy)
    expect(levels[2]!.keeps).toEqual([false, true, undefined])
  })

  it('can mean the outermost and innermost levels of any hierarchy', () => {
    const {levels} = parsed('  outermost: {temporal: [others 1]}\n  innermost: {keep: [outputs]}\n')
    expect(levels[0]!.temporal.counts).toEqual([1, 1, 1])
    expect(levels[2]!.keeps).toEqual([undefined, undefined, true])
  })

  it('allows imperfect counts where it says so', () => {
    expect(parseStrategy('imperfect: true\nlevels: {}', problem, hierarchy).allowsImperfect).toBe(true)
    expect(parseStrategy('levels: {}', problem, hierarchy).allowsImperfect).toBe(false)
  })
})

describe('a fault of a strategy file', () => {
  it('hides no other: unknown levels, dimensions and tensors are told at once', () => {
    const error = failure(() => parsed('  bufer: {x: [Q 2], keep: [weight]}\n  registers: {y: [L 2], bypass: [output]}\n'))
    for (const name of ['bufer', 'Q', 'weight', 'L', 'output']) expect(error.message).toContain(`"${name}" is not a`)
    expect(error.code).toBe('UNKNOWN_NAME')
  })

  it('tells faults of several kinds under the code of strategies', () => {
    const error = failure(() => parsed('  bufer: {x: [M 2]}\n  buffer: {x: [M 2, M <= 4]}\n'))
    expect(error.message).toContain('"bufer" is not a level')
    expect(error.message).toContain('M stands in this list already')
    expect(error.code).toBe('STRATEGY_INVALID')
  })

  it.each([
    ['  bufer: {x: [M 2]}\n', 'strategy.yaml:2:10 /levels/bufer', '"bufer" is not a level of small', 'did you mean buffer'],
    ['  buffer: {x: [L 2]}\n', ':2:16 /levels/buffer/x/0', '"L" is not a dimension', 'known: M, N, K'],
    ['  buffer: {x: [M all]}\n', ':2:16 ', '"M all" fixes no count', '`K rest`'],
    ['  buffer: {x: [M <= rest]}\n', ':2:16 ', '"M <= rest" fixes no count', '`K <= 4`'],
    ['  buffer: {x: [M 0]}\n', ':2:16 ', 'a loop of 0 turns is not possible', 'begin at 1'],
    ['  buffer: {x: [M 2, M <= 4]}\n', ':2:21 ', 'M stands in this list already', 'keep one'],
    ['  buffer: {x: [others 1, others <= 4]}\n', ':2:26 ', 'others stands in this list already', 'keep one'],
    ['  buffer: {x: [M rest], y: [M rest]}\n', ':2:29 /levels/buffer/y/0', 'x of buffer takes the rest of M already', 'keep one'],
    [
      '  buffer: {x: [M rest]}\n  outermost: {temporal: [N 2, others rest]}\n',
      ':3:31 /levels/outermost/temporal/1',
      'x of buffer takes the rest of M already',
      'keep one',
    ],
    ['  buffer: {outermost: [M], innermost: [M]}\n', ' /levels/buffer', 'M has two places in one order', 'keep one'],
    ['  buffer: {outermost: [Q]}\n', ':2:24 /levels/buffer/outermost/0', '"Q" is not a dimension', 'known'],
    ['  buffer: {keep: [weight]}\n', ':2:19 /levels/buffer/keep/0', '"weight" is not a tensor', 'did you mean weights'],
    [
      '  buffer: {keep: [weights], bypass: [weights]}\n',
      ' /levels/buffer/bypass/0',
      'weights is both kept at buffer and let pass',
      'leave it out',
    ],
    ['  outermost: {bypass: [inputs]}\n', ' /levels/outermost/bypass/0', 'dram is the outermost level', 'leave it out'],
    [
      '  innermost: {x: [M 1]}\n  registers: {y: [M 1]}\n',
      ' /levels/registers',
      'innermost and registers are the same level',
      'write them as one',
    ],
  ])('%j is told at its place', (levels, place, message, hint) => {
    const error = failure(() => parsed(levels))
    expect(error.message).toContain(place)
    expect(error.message).toContain(message)
    expect(error.suggestions.join('\n')).toContain(hint)
    expect(error.exitCode).toBe(3)
  })

  it('against what a level can hold, or a matrix unit takes, is told', () => {
    const narrow = parseHierarchy('small', smallHierarchy.replace('  registers:\n', '  registers:\n    operands: [weights]\n'))
    expect(failure(() => parseStrategy('levels: {registers: {keep: [inputs]}}', problem, narrow)).message).toContain(
      'registers cannot keep inputs',
    )
    const large = smallGemm('dtype: bf16\ngemm: {m: 1024, n: 1024, k: 1024}\n')
    const gpu = loadHierarchy('h100-sxm', {dtype: 'bf16'})
    const error = failure(() => parseStrategy('levels: {innermost: {temporal: [M 2]}}', large, gpu))
    expect(error.message).toContain('the machine itself takes M 1 here')
  })

  it('in its path is told', () => {
    expect(failure(() => loadStrategy('no-such.yaml', problem, hierarchy)).code).toBe('FILE_UNREADABLE')
  })
})
