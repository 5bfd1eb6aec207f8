import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {loadAccelerator, parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import type {UserError} from '../../src/foundation/user-error.js'
import {edited, failure, small, smallAccelerator} from '../support/small-accelerator.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-accelerator-'))
afterAll(() => rmSync(folder, {recursive: true}))

function written(name: string, content: string): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), {recursive: true})
  writeFileSync(file, content)
  return file
}

const failureOf = (before: string, after: string): UserError => failure(() => parseAccelerator('small', edited(before, after)))

describe('an accelerator file', () => {
  it('becomes a machine in SI units, its expressions evaluated', () => {
    const {machine, title, name} = small()
    expect([name, title]).toEqual(['small', 'Small'])
    expect(machine.units[0]).toMatchObject({count: 4, joulesPerOperation: {bf16: expect.closeTo(1e-12, 24)}})
    expect(machine.memories[0]).toMatchObject({capacityBytes: 2 * 2 ** 20, read: {amount: 64, isPerCycle: true}, isSharedPort: true})
    expect(machine.memories[1]).toMatchObject({read: {amount: 1e10, isPerCycle: false}, readJoulesPerByte: expect.closeTo(4e-11, 20)})
  })

  it.each([
    ['an unknown key', 'latency: 100 ns', 'latency: 100 ns\n    bypas: [weights]', 43, 12, '/memories/dram/bypas', 'did you mean bypass'],
    [
      'a rate where an amount belongs',
      'capacity: 1 GiB',
      'capacity: 24 MB/s',
      40,
      15,
      '/memories/dram/capacity',
      'write it as in `24 MiB`',
    ],
    ['an amount where a rate belongs', 'bandwidth: 10 GB/s', 'bandwidth: 10 GB', 41, 16, '/memories/dram/bandwidth', '`3.35 TB/s`'],
    ['a bare number', 'latency: 100 ns', 'latency: 100', 42, 14, '/memories/dram/latency', 'write it as in `2.5 us`'],
    ['a unit that does not exist', 'limit: 20 W', 'limit: 20 Wutts', 45, 10, '/power/limit', 'names here: cores, cache, wires'],
    [
      'a name close to a parameter',
      'count: cores\n    clock',
      'count: core\n    clock',
      23,
      12,
      '/units/array/count',
      'did you mean cores',
    ],
    ['an unknown clock', '    clock: core\n    tile', '    clock: cora\n    tile', 24, 12, '/units/array/clock', 'did you mean core'],
    [
      'an unknown dtype',
      '{bf16: 100 op/cycle}',
      '{bf61: 100 op/cycle}',
      26,
      32,
      '/units/array/operationsPerCycle/bf61',
      'did you mean bf16',
    ],
    ['an unknown kind', 'kind: matrix', 'kind: matrx', 22, 11, '/units/array/kind', 'did you mean matrix'],
    [
      'a dtype without energy',
      '{bf16: 1 pJ/op}',
      '{fp16: 1 pJ/op}',
      26,
      32,
      '/units/array/operationsPerCycle/bf16',
      'add bf16 to energyPerOperation',
    ],
    [
      'a matrix unit without its tile',
      '    tile: {m: 8, n: 8, k: 8}\n',
      '',
      22,
      5,
      '/units/array/tile',
      'add `tile: {m: 16, n: 8, k: 16}`',
    ],
    ['a curve that falls', 'voltage: 0.9 V}', 'voltage: 0.5 V}', 17, 33, '/clocks/core/voltage/1/voltage', 'check this row'],
    ['an unknown source', 'source: book', 'source: boook', 6, 10, '/parameters/cores', 'did you mean book'],
    [
      'a rate per cycle without a clock',
      '    clock: core\n    bandwidth',
      '    bandwidth',
      33,
      16,
      '/memories/cache/bandwidth',
      'add `clock: core`',
    ],
    [
      'both one rate and two',
      '    bandwidth: 10',
      '    readBandwidth: 1 GB/s\n    bandwidth: 10',
      42,
      16,
      '/memories/dram/bandwidth',
      'give bandwidth, or',
    ],
  ])('with %s is refused at its place', (_what, before, after, line, column, pointer, hint) => {
    const error = failureOf(before, after)
    expect(error.message.split('\n')[0]).toBe(`small.yaml:${line}:${column} ${pointer}`)
    expect(error.suggestions.join('\n')).toContain(hint)
    expect(error.exitCode).toBe(3)
  })

  it('says in words what a value is and what was expected', () => {
    expect(failureOf('capacity: 1 GiB', 'capacity: 24 MB/s').message).toContain(
      '"24 MB/s" is a rate of data, but an amount of data is expected',
    )
    expect(failureOf('latency: 100 ns', 'latency: 100').message).toContain('100 has no unit, but a time is expected')
    expect(failureOf('voltage: 0.9 V}', 'voltage: 0.5 V}').message).toContain('voltage falls while the clock rises')
  })

  it('needs a source for every constant, its own or one around it', () => {
    const error = failureOf('source: book\n', '')
    expect(error.code).toBe('SOURCE_MISSING')
    expect(error.message).toContain('small.yaml:5:10 /parameters/cores')
    const local = edited('source: book\n', '').replace('cores: 4', 'cores: {value: 4, source: book}')
    expect(failure(() => parseAccelerator('small', local)).message).toContain('/parameters/cache')
  })

  it('lists every place that departs from the schema at once', () => {
    const error = failure(() => parseAccelerator('small', edited('kind: matrix', 'kind: matrx').replace('energy: 5 pJ/b', 'enrgy: 5 pJ/b')))
    expect(error.message.split('\n').filter((line) => line.startsWith('small.yaml:'))).toHaveLength(2)
  })

  it.each([
    ['zero', 'count: cores\n    clock', 'count: 0\n    clock'],
    ['negative', 'bandwidth: 10 GB/s', 'bandwidth: -10 GB/s'],
    ['zero by an expression', 'count: cores\n    clock', 'count: cores - 4\n    clock'],
    ['infinite', 'bandwidth: 10 GB/s', 'bandwidth: 10 GB/s / (cores - 4)'],
    ['not a number', 'bandwidth: 10 GB/s', 'bandwidth: 10 GB/s * sqrt(0 - cores)'],
  ])('refuses a value that is %s where it makes no sense', (_what, before, after) => {
    expect(failureOf(before, after)).toMatchObject({code: 'VALUE_OUT_OF_RANGE'})
  })

  it.each(['.nan', 'NaN', '.inf', 'Infinity'])('refuses %s as a number', (value) => {
    expect(failureOf('latency: 100 ns', `latency: ${value}`).message).toMatch(/small\.yaml:42:14 \/memories\/dram\/latency/)
  })

  it('keeps limits and clocks in order', () => {
    expect(failureOf('limit: 20 W', 'limit: 50 W').message).toContain('/power/limit')
    expect(failureOf('nominal: 1 GHz', 'nominal: 2 GHz').message).toContain('minimum, nominal and maximum clock must rise')
  })

  it('refuses a default limit below idle power, and a controller that holds more than its limit', () => {
    const drained = failureOf('{clock: 100 MHz, power: 1 W}', '{clock: 100 MHz, power: 21 W}\n    - {clock: 200 MHz, power: 21 W}').message
    expect(drained).toContain('power falls while the clock rises')
    expect(failureOf('power: 1 W}\n    - {clock: 1 GHz, power: 2 W}', 'power: 21 W}').message).toMatch(
      /small\.yaml:\d+:\d+ \/power\/limit\n {2}a limit of 20 W is below the 21 W of idle power at the lowest clock/,
    )
    const {message, suggestions} = failureOf('  limit: 20 W', '  limit: 20 W\n  regulation: 96.5')
    expect(message).toContain('a controller holds at most its limit, but 96.5 of it is stated')
    expect(suggestions).toEqual(['write the share as in `regulation: 0.964`'])
  })

  it.each([
    [
      'clocks that do not rise',
      '{clock: 1 GHz, voltage: 0.9 V}',
      '{clock: 100 MHz, voltage: 0.9 V}',
      '/clocks/core/voltage/1/clock',
      'must rise from row to row',
    ],
    [
      'a voltage that falls',
      '{clock: 1 GHz, voltage: 0.9 V}',
      '{clock: 1 GHz, voltage: 0.5 V}',
      '/clocks/core/voltage/1/voltage',
      'voltage falls while the clock rises',
    ],
    [
      'an idle power that falls',
      '{clock: 1 GHz, power: 2 W}',
      '{clock: 1 GHz, power: 0.9 W}',
      '/power/idle/1/power',
      'power falls while the clock rises',
    ],
    [
      'idle clocks that do not rise',
      '{clock: 1 GHz, power: 2 W}',
      '{clock: 50 MHz, power: 2 W}',
      '/power/idle/1/clock',
      'must rise from row to row',
    ],
    [
      'a negative idle power',
      '{clock: 1 GHz, power: 2 W}',
      '{clock: 1 GHz, power: -2 W}',
      '/power/idle/1/power',
      'but more than zero is expected',
    ],
    [
      'a voltage in watts',
      '{clock: 1 GHz, voltage: 0.9 V}',
      '{clock: 1 GHz, voltage: 0.9 W}',
      '/clocks/core/voltage/1/voltage',
      'but a voltage is expected',
    ],
  ])('refuses a curve with %s, at its row', (_what, before, after, pointer, reason) => {
    const {message} = failureOf(before, after)
    expect(message.split('\n')[0]).toContain(pointer)
    expect(message).toContain(reason)
  })

  it('lets a measured curve fall by its noise', () => {
    expect(() => parseAccelerator('small', edited('{clock: 1 GHz, power: 2 W}', '{clock: 1 GHz, power: 0.985 W}'))).not.toThrow()
  })
})

describe('expressions in a file', () => {
  it.each([
    ['an assignment', 'cores = 5'],
    ['a function definition', 'f(x) = x'],
    ['an import', 'import({a: 1})'],
    ['evaluation', 'evaluate("1")'],
    ['a function that is not on the list', 'gamma(cores)'],
    ['property access', 'cores.constructor'],
    ['an index', 'cores[1]'],
    ['text', '"cores"'],
    ['an object', '{a: 1}'],
    ['several statements', '1; 2'],
    ['a conditional', 'cores > 2 ? 1 : 2'],
    ['the constructor of all things', 'constructor(cores)'],
  ])('refuse %s', (_what, expression) => {
    const error = failureOf('wires: 8 * cores', `wires: '${expression}'`)
    expect(error.code).toBe('QUANTITY_INVALID')
    expect(error.message).toContain('small.yaml:8:10 /parameters/wires')
  })

  it('refuse a text longer than 500 characters, before it is parsed', () => {
    expect(failureOf('wires: 8 * cores', `wires: 8${' + 1'.repeat(200)}`).message).toContain('at most 500 characters')
  })

  it('name the nearest function that files may call', () => {
    expect(failureOf('wires: 8 * cores', 'wires: ciel(cores)').suggestions).toContain('did you mean ceil')
  })

  it('report parameters that depend on each other, with the path', () => {
    const error = failureOf('cores: 4', 'cores: wires / 8')
    expect(error.code).toBe('PARAMETER_CYCLE')
    expect(error.message).toContain('cores → wires → cores')
    expect(error.message).toMatch(/small\.yaml:\d+:\d+ \/parameters\/cores/)
  })
})

describe('a family by extends', () => {
  const base = written('base.yaml', smallAccelerator)

  it('overrides what it names and keeps the rest', () => {
    const file = written(
      'wide.yaml',
      'title: Wide\nextends: base.yaml\nsource: book\nparameters:\n  cores: 16\nmemories:\n  dram: {bandwidth: 40 GB/s}\n',
    )
    const [wide, narrow] = [loadAccelerator(file).machine, loadAccelerator(base).machine]
    expect(wide.units[0]!.count).toBe(16)
    expect(wide.memories[0]!.read.amount).toBe(4 * narrow.memories[0]!.read.amount)
    expect(wide.memories[1]!.read.amount).toBe(4e10)
    expect(wide.dies[0]!.components[0]!.componentCount).toBe(16)
    expect({...wide.power}).toEqual({...narrow.power})
  })

  it('goes over several files, and an error stands in the file that wrote the value', () => {
    written('middle.yaml', 'extends: base.yaml\nparameters: {cache: {value: 4 MiB, source: book}}\n')
    const file = written('top.yaml', 'extends: middle.yaml\nsource: book\nparameters:\n  cores: 8\n')
    expect(loadAccelerator(file).machine.memories[0]!.capacityBytes).toBe(4 * 2 ** 20)
    const broken = written('broken.yaml', 'extends: middle.yaml\nmemories:\n  dram:\n    latency: 5 W\n')
    expect(failure(() => loadAccelerator(broken)).message).toContain(`${path.basename(broken)}:4:14 /memories/dram/latency`)
  })

  it('removes what it sets to null', () => {
    const file = written('bare.yaml', 'extends: base.yaml\ndies: null\n')
    expect(loadAccelerator(file).machine.dies).toEqual([])
  })

  it('names the nearest key when what it sets to null is not there', () => {
    const error = failure(() => loadAccelerator(written('bare.yaml', 'extends: base.yaml\ndise: null\n')))
    expect(error.message).toContain('bare.yaml:2:7 /dise\n  what is extended has no dise to remove here')
    expect(error.suggestions).toContain('did you mean dies')
  })

  it('reports a circle with its path', () => {
    const file = written('one.yaml', 'title: One\nextends: two.yaml\n')
    written('two.yaml', 'extends: three.yaml\n')
    written('three.yaml', 'extends: one.yaml\n')
    const error = failure(() => loadAccelerator(file))
    expect(error.code).toBe('EXTENDS_CYCLE')
    expect(error.message.replaceAll(/[^ ]*[\\/](?=\w+\.yaml)/g, '')).toContain('one.yaml → two.yaml → three.yaml → one.yaml')
  })

  it('names the nearest shipped accelerator when the base is none', () => {
    const error = failure(() => parseAccelerator('small', 'title: Small\nextends: h100-sxn\n'))
    expect(error.message).toContain('small.yaml:2:10 /extends')
    expect(error.suggestions).toContain('did you mean h100-sxm')
  })

  it('says when the file is missing or is not YAML', () => {
    expect(failure(() => loadAccelerator(path.join(folder, 'absent.yaml'))).code).toBe('FILE_UNREADABLE')
    expect(failure(() => parseAccelerator('small', 'title: [Small\n')).code).toBe('YAML_MALFORMED')
  })
})

describe('values set from outside', () => {
  it('replace a parameter, and all that depends on it follows', () => {
    const {machine} = small({set: {cores: '6', cache: '1 MiB'}})
    expect([machine.units[0]!.count, machine.memories[0]!.read.amount, machine.memories[0]!.capacityBytes]).toEqual([6, 96, 2 ** 20])
  })

  it('replace a field by its dotted path', () => {
    const {machine} = small({set: {'dram.energy': '2 pJ/b', 'power.limit': '25 W', 'array.operationsPerCycle.bf16': '50 op/cycle'}})
    expect(machine.memories[1]!.readJoulesPerByte).toBeCloseTo(1.6e-11, 20)
    expect([machine.power.limitWatts, machine.units[0]!.operationsPerCycle.bf16]).toEqual([25, 50])
  })

  it('are refused with the nearest name, the wrong dimension, or a bad key, and say who set them', () => {
    expect(failure(() => small({set: {cors: '6'}}))).toMatchObject({
      code: 'UNKNOWN_NAME',
      suggestions: expect.arrayContaining(['did you mean cores']),
    })
    expect(failure(() => small({set: {'dram.capacity': '2 GB/s'}})).message).toMatch(
      /^--set dram\.capacity=2 GB\/s:\d+:\d+ \/memories\/dram\/capacity/,
    )
    expect(failure(() => small({set: {'dram.capasity': '2 GB'}})).suggestions.join()).toContain('did you mean capacity')
    expect(failure(() => small({set: {cores: '0'}}))).toMatchObject({code: 'VALUE_OUT_OF_RANGE'})
    expect(failure(() => small({set: {cores: '4.5'}}))).toMatchObject({
      code: 'VALUE_OUT_OF_RANGE',
      message: expect.stringMatching(/cores is 4\.5, but a whole number is expected/),
      suggestions: ['choose cores so that it is whole'],
    })
    expect(failure(() => small({set: {cores: 'wires'}}))).toMatchObject({code: 'PARAMETER_CYCLE'})
  })
})

describe('links', () => {
  it('reduce in the devices unless they say otherwise', () => {
    const of = (name: string) => loadAccelerator(name).machine.links[0]!.reduction
    expect(['a100-sxm-80gb', 'h100-sxm', 'h200-sxm', 'gh200', 'b200-sxm', 'h100-pcie'].map(of)).toEqual([
      'endpoints',
      'in-switch',
      'in-switch',
      'in-switch',
      'in-switch',
      'endpoints',
    ])
  })

  it('cannot reduce in a switch that they do not have', () => {
    const error = failure(() => loadAccelerator('h100-sxm', {set: {'nvlink.topology': 'ring'}}))
    expect(error.message).toContain('/links/nvlink/reduction: links of topology ring have no switch that could reduce')
    expect(error.suggestions.join()).toContain('reduction: endpoints')
  })
})
