import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {UserError} from '../../../src/foundation/user-error.js'
import {parseBar} from '../../../src/validate/bars/bar.js'
import {checkBars} from '../../../src/validate/bars/check-bars.js'
import {barSentence} from '../../../src/view/fail-above-flag.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-bars-'))
function written(name: string, data: unknown): string {
  const file = path.join(folder, name)
  writeFileSync(file, typeof data === 'string' ? data : JSON.stringify(data))
  return file
}

/** A pass of two operators: their times and energies add up. */
function pass(upSeconds: number, downSeconds: number, changes: object = {}) {
  const operator = (name: string, latencySeconds: number) => ({
    name,
    latencySeconds,
    energyJoules: latencySeconds * 100,
    bytesByLevel: {hbm: latencySeconds * 1e12, l2: latencySeconds * 3e12},
  })
  return {
    accelerator: 'made',
    workload: 'model',
    phase: 'prefill',
    settings: {batch: 4, promptTokens: 512, dtype: 'bf16'},
    latencySeconds: upSeconds + downSeconds,
    energyJoules: (upSeconds + downSeconds) * 100,
    operators: [operator('up', upSeconds), operator('down', downSeconds)],
    ...changes,
  }
}

function refusalOf(run: () => unknown): UserError {
  try {
    run()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const held = (record: unknown, ...bars: string[]) => checkBars(record, bars.map(parseBar))

describe('a bar', () => {
  it('is a quantity in the unit of its metric, with any prefix', () => {
    expect(parseBar('latency=3.2 ms').limit).toEqual({kind: 'value', value: 0.0032})
    expect(parseBar('energy = 1.5J').limit).toEqual({kind: 'value', value: 1.5})
    expect(parseBar('edp=4.8 mJ s')).toMatchObject({metric: 'edp', limit: {kind: 'value'}})
    expect(parseBar('bytes.hbm=4 GiB')).toMatchObject({metric: 'bytes', level: 'hbm', limit: {kind: 'value', value: 2 ** 32}})
  })

  it('is a factor on a baseline, whose name may hold anything', () => {
    expect(parseBar('latency=1.05x:out/a=b:c.json').limit).toEqual({kind: 'ratio', ratio: 1.05, file: 'out/a=b:c.json'})
  })

  it.each([
    ['latency', '"latency" sets no bar', 'BAD_VALUE'],
    ['latancy=1s', '"latancy" is not a metric that a bar can be set on', 'UNKNOWN_NAME'],
    ['latency=3 J', '"3 J" is an energy, but latency is a time', 'BAD_VALUE'],
    ['latency=3', '"3" is a plain number, but latency is a time', 'BAD_VALUE'],
    ['latency=fastx:a.json', '"fast" in "fastx:a.json" is no number above zero', 'BAD_VALUE'],
    ['latency=0x:a.json', '"0" in "0x:a.json" is no number above zero', 'BAD_VALUE'],
    ['bytes=4GiB', '"bytes=4GiB" names no memory level', 'BAD_VALUE'],
    ['energy.hbm=4J', 'energy is of no level', 'BAD_VALUE'],
  ])('%s is refused as wrong usage', (text, message, code) => {
    expect(refusalOf(() => parseBar(text))).toMatchObject({message, code, exitCode: 2})
  })

  it('that is misspelt gets the near metric', () => {
    expect(refusalOf(() => parseBar('latancy=1s')).suggestions[0]).toBe('did you mean latency')
  })
})

describe('a result held against bars', () => {
  const baseline = written('baseline.json', pass(0.002, 0.001))

  it('meets a factor up to it, the factor itself included, and misses it above', () => {
    expect(held(pass(0.002, 0.001), `latency=1x:${baseline}`)[0]!.isMet).toBe(true)
    expect(held(pass(0.002, 0.00115), `latency=1.05x:${baseline}`)[0]!.isMet).toBe(true)
    expect(held(pass(0.002, 0.0012), `latency=1.05x:${baseline}`)[0]!.isMet).toBe(false)
  })

  it('names the operator that grew most, not the largest', () => {
    const [outcome] = held(pass(0.0021, 0.0015), `latency=1.05x:${baseline}`)
    expect(outcome!.part).toEqual({name: 'down', value: 0.0015, baselineValue: 0.001})
    expect(barSentence({...outcome!, bar: 'latency=1.05x:baseline.json'})).toBe(
      'latency is 3.6 ms, 1.2 times the 3 ms before, above latency=1.05x:baseline.json; down grew most, from 1 ms to 1.5 ms',
    )
  })

  it('names the largest operator beside an absolute limit', () => {
    const [outcome] = held(pass(0.002, 0.001), 'energy=200 mJ')
    expect(barSentence(outcome!)).toBe('energy is 300 mJ, above energy=200 mJ; up is the largest part, 200 mJ')
  })

  it('says of an operator that was not there before that it is new', () => {
    const fused = pass(0.002, 0.001, {operators: [pass(0.004, 0).operators[0]], latencySeconds: 0.004})
    const renamed = {...fused, operators: [{...fused.operators[0], name: 'fused'}]}
    expect(barSentence(held(renamed, `latency=1.1x:${baseline}`)[0]!)).toContain('; fused is new, 4 ms')
  })

  it('adds up bytes of a level over operators, and multiplies time and energy', () => {
    const outcomes = held(pass(0.002, 0.001), 'bytes.l2=1 GB', 'edp=1 J s', 'power=90 W')
    expect(outcomes.map(({value, isMet}) => [value, isMet])).toEqual([
      [expect.closeTo(9e9, 0), false],
      [expect.closeTo(0.0009, 12), true],
      [expect.closeTo(100, 9), false],
    ])
  })

  it('knows no level that the result does not have', () => {
    const error = refusalOf(() => held(pass(0.002, 0.001), 'bytes.hbn=1 GB'))
    expect(error).toMatchObject({code: 'UNKNOWN_NAME', message: 'this result has no bytes.hbn'})
    expect(error.suggestions[0]).toBe('did you mean bytes.hbm')
  })

  it.each([
    ['accelerator', {accelerator: 'other'}, 'made there, other here'],
    ['workload', {workload: 'other'}, 'model there, other here'],
    ['phase', {phase: 'decode'}, 'prefill there, decode here'],
    ['batch', {settings: {batch: 8, promptTokens: 512}}, '4 there, 8 here'],
    ['contextTokens', {settings: {batch: 4, promptTokens: 512, contextTokens: 9}}, 'none there, 9 here'],
  ])('is not compared with a baseline of another %s', (what, changes, found) => {
    const error = refusalOf(() => held(pass(0.002, 0.001, changes), `latency=1.05x:${baseline}`))
    expect(error).toMatchObject({code: 'BASELINE_DIFFERS', message: `${baseline} is of another ${what}: ${found}`})
  })

  it('is compared across number formats, which are what a compiler changes', () => {
    const narrow = pass(0.001, 0.001, {settings: {batch: 4, promptTokens: 512, dtype: 'fp8'}})
    expect(held(narrow, `latency=1x:${baseline}`)[0]!.isMet).toBe(true)
  })

  it('needs a baseline that can be read and holds a result', () => {
    expect(refusalOf(() => held(pass(1, 1), `latency=1x:${path.join(folder, 'none.json')}`))).toMatchObject({code: 'FILE_UNREADABLE'})
    const broken = written('broken.json', '{"latencySeconds": ')
    expect(refusalOf(() => held(pass(1, 1), `latency=1x:${broken}`))).toMatchObject({code: 'BASELINE_INVALID'})
    const other = written('other.json', {error: {code: 'USAGE'}})
    expect(refusalOf(() => held(pass(1, 1), `latency=1x:${other}`)).message).toBe(
      `${other}: it holds no result of ridge eval, ridge map or ridge map compare`,
    )
  })
})

describe('several results held against bars', () => {
  const both = {
    candidates: [
      {name: 'a', ...pass(0.002, 0.001)},
      {name: 'b', ...pass(0.001, 0.001)},
    ],
  }

  it('each meet the result of their name', () => {
    const file = written('both.json', both)
    const slower = {candidates: [both.candidates[0], {name: 'b', ...pass(0.002, 0.001)}]}
    expect(held(slower, `latency=1.05x:${file}`).map(({result, isMet}) => [result, isMet])).toEqual([
      ['a', true],
      ['b', false],
    ])
    const other = {candidates: [{name: 'c', ...pass(0.001, 0.001)}]}
    expect(refusalOf(() => held(other, `latency=1.05x:${file}`)).message).toBe(`${file} has no result named c`)
  })

  it('all meet the only result of a baseline', () => {
    const file = written('one.json', pass(0.001, 0.001))
    expect(held(both, `latency=1.05x:${file}`).map(({isMet}) => isMet)).toEqual([false, true])
  })
})
