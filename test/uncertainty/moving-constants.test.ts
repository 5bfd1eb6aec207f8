import {describe, expect, it} from 'vitest'
import {parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import {constantsThatMove, unrangedConstants} from '../../src/uncertainty/moving-constants.js'
import {edited, failure, small, smallAccelerator} from '../support/small-accelerator.js'

const parsed = (text: string) => parseAccelerator('small', text)

/** The small machine with this at its main memory's energy. */
const dram = (note: string): string => edited('energy: 5 pJ/b', `energy: {value: 5 pJ/b, ${note}}`)

describe('a range', () => {
  it.each([
    ['x2', 'factor', 20, 80],
    ['×1.25', 'factor', 32, 50],
    ['±10 %', 'share', 36, 44],
    ['+/-10%', 'share', 36, 44],
    ['±1 pJ/b', 'amount', 32, 48],
    ['[4 pJ/b, 6.5 pJ/b]', 'amount', 32, 52],
    ['exact', 'share', 40, 40],
  ])('may be written as %s', (text, kind, low, high) => {
    const {range} = parsed(dram(`range: "${text}"`)).constants.find(({pointer}) => pointer === '/memories/dram/energy')!
    expect(range).toMatchObject({text, kind, note: '/memories/dram/energy/range'})
    // Joules per byte: eight bits.
    expect(range!.ends.map((end) => end * 1e12)).toEqual([expect.closeTo(low, 9), expect.closeTo(high, 9)])
  })

  it('holds for what stands under it, until a nearer source or estimate speaks of its own', () => {
    const text = edited('dram:\n    kind: dram', 'dram:\n    range: x3\n    kind: dram').replace(
      'latency: 100 ns',
      'latency: {value: 100 ns, source: book}',
    )
    const ranges = parsed(text.replace('capacity: 1 GiB', 'capacity: {value: 1 GiB, estimate: a guess}'))
      .constants.filter(({pointer}) => pointer.startsWith('/memories/dram/'))
      .map(({pointer, range}) => [pointer.split('/')[3], range?.text])
    expect(Object.fromEntries(ranges)).toEqual({instances: 'x3', capacity: undefined, bandwidth: 'x3', latency: undefined, energy: 'x3'})
  })

  it.each([
    ['twice', '"twice" is not a range'],
    ['x0.5', 'the range x0.5 is a factor below 1'],
    ['±120 %', 'the range ±120 % reaches below zero'],
    ['±3 V', '"3 V" is a voltage, but the range of energy per amount of data is expected'],
    ['[1 pJ/b, 4 pJ/b]', 'the value lies outside of its range [1 pJ/b, 4 pJ/b]'],
    ['[6 pJ/b, 4 pJ/b]', 'the value lies outside of its range [6 pJ/b, 4 pJ/b]'],
    ['[-1 pJ/b, 6 pJ/b]', 'the range [-1 pJ/b, 6 pJ/b] reaches below zero'],
    ['± much', '"much" in "much" is neither a unit nor a name that is known here'],
  ])('of %s is refused at its place', (range, message) => {
    const error = failure(() => parsed(dram(`range: "${range}"`)))
    expect(error.code).toBe('RANGE_INVALID')
    expect(error.message.split('\n')).toEqual(['small.yaml:43:36 /memories/dram/energy/range', `  ${message}`])
    expect(error.suggestions.length).toBeGreaterThan(0)
    expect(error.exitCode).toBe(3)
  })

  it('of a zero needs two ends', () => {
    const error = failure(() => parsed(edited('static: 0 W', 'static: {value: 0 W, range: x2}')))
    expect([error.code, error.suggestions]).toEqual(['RANGE_INVALID', ['give two ends, as in `[0 W, 10 W]`']])
  })

  it.each([
    ['an amount', edited('power:\n  limit', 'power:\n  idleRange: ±1 W\n  limit')],
    ['one point alone', edited('power: 1 W', 'power: {value: 1 W, range: x2}')],
  ])('of a curve scales it as a whole: %s is refused', (_what, text) => {
    const error = failure(() => parsed(text))
    expect([error.code, error.suggestions]).toEqual(['RANGE_INVALID', ['write it beside the curve, as in `x1.2` or `±6 %`']])
  })
})

describe('constants that move', () => {
  it('are those with a range that is not exact, and act on a pass', () => {
    expect(constantsThatMove(small())).toEqual([])
    const text = dram('range: x2')
      .replace('area: 5 mm^2', 'area: {value: 5 mm^2, range: x2}')
      .replace('static: 0 W', 'static: {value: 0 W, range: exact}')
    expect(constantsThatMove(parsed(text)).map(({name, rangeText}) => [name, rangeText])).toEqual([['dram energy per byte', 'x2']])
  })

  it('are named in words', () => {
    const text = smallAccelerator.replace('source: book\n', 'source: book\nrange: ±1 %\n').replace('static: 0 W', 'static: {value: 1 W}')
    expect(constantsThatMove(parsed(text)).map(({name}) => name)).toContain('core voltage curve')
    const units = edited('energyPerOperation: {bf16: 1 pJ/op}', 'energyPerOperation: {bf16: {value: 1 pJ/op, range: x2}}')
    expect(constantsThatMove(parsed(units)).map(({name}) => name)).toEqual(['array bf16 energy per operation'])
    const idle = edited('power:\n  limit', 'power:\n  idleRange: x2\n  limit')
    expect(constantsThatMove(parsed(idle)).map(({name, members}) => [name, members.map(({pointer}) => pointer)])).toEqual([
      ['idle power', ['/power/idleScale']],
    ])
    const power = edited('limit: 20 W', 'limit: {value: 20 W, range: x1.2}\n  response: {value: 1 ms, range: x2}')
    expect(constantsThatMove(parsed(power)).map(({name}) => name)).toEqual(['power limit', 'response of the power limit'])
    const cache = edited('cache: 2 MiB', 'cache: {value: 2 MiB, describes: size of the cache, range: x2}')
    expect(constantsThatMove(parsed(cache)).map(({name}) => name)).toEqual(['size of the cache'])
  })

  it('need a range wherever there is an estimate: each one without is told at its place', () => {
    const text = dram('estimate: a guess').replace('latency: 20 ns', 'latency: {value: 20 ns, estimate: another}')
    expect(unrangedConstants(parsed(text)).map(({pointer}) => pointer)).toEqual(['/memories/cache/latency', '/memories/dram/energy'])
    const error = failure(() => constantsThatMove(parsed(text)))
    expect(error.code).toBe('RANGE_MISSING')
    expect(error.message.split('\n')).toEqual([
      'small.yaml:35:14 /memories/cache/latency',
      '  the estimate of 20 ns states no range',
      'small.yaml:43:13 /memories/dram/energy',
      '  the estimate of 5 pJ/b states no range',
    ])
    expect(error.suggestions).toEqual(['add `range: x2`, `±10 %` or two ends beside the estimate; `exact` where no error can move it'])
  })
})
