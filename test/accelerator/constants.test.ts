import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import type {Accelerator} from '../../src/accelerator/accelerator.js'
import {loadAccelerator, parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import {edited, failure, small, smallAccelerator} from '../support/small-accelerator.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-constants-'))
afterAll(() => rmSync(folder, {recursive: true}))

/** The small machine with its second source, and with estimates at the main memory's energy and at the idle curve. */
const base = smallAccelerator
  .replace('  book: {title: a book}\n', '  book: {title: a book}\n  guess: {title: a guess}\n')
  .replace('energy: 5 pJ/b', 'energy: {value: 5 pJ/b, source: guess, estimate: within a factor of 2}')
  .replace('  idle:\n', '  idleSource: guess\n  idleEstimate: as of its neighbour\n  idle:\n')
mkdirSync(folder, {recursive: true})
writeFileSync(path.join(folder, 'base.yaml'), base)

let fileCount = 0
function deriving(content: string, set: Record<string, string> = {}): Accelerator {
  const file = path.join(folder, `own-${fileCount++}.yaml`)
  writeFileSync(file, `title: Own\nextends: base.yaml\nsources: {mine: {title: my own notes}}\n${content}`)
  return loadAccelerator(file, {set})
}

/** Source and estimate of the constant at a pointer. */
function notes({constants}: Accelerator, pointer: string): (string | undefined)[] {
  const {source, estimate} = constants.find((each) => each.pointer === pointer)!
  return estimate === undefined ? [source] : [source, estimate]
}

describe('the source of a value in a file that extends another', () => {
  it.each([
    ['at the value', '{energy: {value: 1 pJ/b, source: mine}}', ''],
    ['around it', '{energy: 1 pJ/b, source: mine}', ''],
    ['at the head of the file', '{energy: 1 pJ/b}', 'source: mine\n'],
  ])('is the one that stands %s, and the estimate of what it replaces goes', (_where, dram, head) => {
    const own = deriving(`${head}memories: {dram: ${dram}}\n`)
    expect(notes(own, '/memories/dram/energy')).toEqual(['mine'])
    expect(own.machine.memories[1]!.readJoulesPerByte).toBeCloseTo(8e-12, 20)
  })

  it('is no section of the base: what only the base writes keeps what the base says of it', () => {
    const own = deriving('source: mine\nmemories: {dram: {latency: 50 ns, source: mine, estimate: measured once}}\n')
    expect(notes(own, '/memories/dram/latency')).toEqual(['mine', 'measured once'])
    expect(notes(own, '/memories/dram/energy')).toEqual(['guess', 'within a factor of 2'])
    expect(notes(own, '/memories/dram/bandwidth')).toEqual(['book'])
    expect(notes(own, '/power/limit')).toEqual(['book'])
  })

  it('may be a name under the sources of the base', () => {
    expect(notes(deriving('memories: {dram: {latency: {value: 50 ns, source: book}}}\n'), '/memories/dram/latency')).toEqual(['book'])
  })

  it('is missing where the file itself names none, whatever the base says around the value', () => {
    const error = failure(() => deriving('memories:\n  dram: {bandwidth: 9 TB/s}\n'))
    expect(error).toMatchObject({code: 'SOURCE_MISSING', exitCode: 3})
    expect(error.message).toMatch(/own-\d+\.yaml:5:21 \/memories\/dram\/bandwidth\n {2}9 TB\/s has no source$/)
    expect(error.suggestions).toEqual([
      'add `source: NAME`, a name under `sources`, here or around it',
      expect.stringMatching(/own-\d+\.yaml writes needs a source in it/),
    ])
    expect(failure(() => deriving('parameters: {cores: 8}\n')).message).toMatch(/:4:21 \/parameters\/cores/)
    expect(failure(() => deriving('memories: {dram: {energy: {value: 1 pJ/b}}}\n')).code).toBe('SOURCE_MISSING')
  })

  it('is not asked for twice of a file that stands on its own', () => {
    const error = failure(() => parseAccelerator('small', edited('source: book\n', '')))
    expect(error.suggestions).toEqual(['add `source: NAME`, a name under `sources`, here or around it'])
  })

  it('that is not listed anywhere is refused at the value', () => {
    const error = failure(() => deriving('memories: {dram: {latency: {value: 50 ns, source: mime}}}\n'))
    expect(error).toMatchObject({code: 'SOURCE_UNKNOWN', suggestions: expect.arrayContaining(['did you mean mine'])})
    expect(error.message).toMatch(/own-\d+\.yaml:4:28 \/memories\/dram\/latency/)
  })

  it('can be told of a curve of the base, by a note beside it', () => {
    const own = deriving('power: {idleSource: mine, idleEstimate: as of its cousin}\n')
    expect(notes(own, '/power/idle/0/power')).toEqual(['mine', 'as of its cousin'])
    expect(notes(deriving('power: {idleSource: mine}\n'), '/power/idle/1/power')).toEqual(['mine'])
    expect(failure(() => deriving('power: {idleEstimate: as of its cousin}\n')).code).toBe('SOURCE_MISSING')
  })

  it('of a curve that replaces the base’s is not that beside the base’s', () => {
    const curve = 'idle: [{clock: 100 MHz, power: 3 W}, {clock: 1 GHz, power: 4 W}]'
    expect(failure(() => deriving(`power: {${curve}}\n`)).code).toBe('SOURCE_MISSING')
    expect(notes(deriving(`power: {${curve}, idleSource: mine}\n`), '/power/idle/1/power')).toEqual(['mine'])
  })

  it('goes over several files: each vouches for what it writes', () => {
    writeFileSync(
      path.join(folder, 'middle.yaml'),
      'extends: base.yaml\nsource: guess\nmemories: {dram: {latency: 70 ns, energy: 2 pJ/b}}\n',
    )
    const file = path.join(folder, 'top.yaml')
    writeFileSync(file, 'extends: middle.yaml\nmemories: {dram: {energy: {value: 1 pJ/b, source: book}}}\n')
    const top = loadAccelerator(file)
    expect(notes(top, '/memories/dram/latency')).toEqual(['guess'])
    expect(notes(top, '/memories/dram/energy')).toEqual(['book'])
    expect(notes(top, '/memories/dram/bandwidth')).toEqual(['book'])
  })

  it('reads through the aliases of YAML', () => {
    const own = deriving('memories:\n  dram: {latency: &note {value: 50 ns, source: mine}}\n  cache: {latency: *note}\n')
    expect(notes(own, '/memories/cache/latency')).toEqual(['mine'])
  })
})

describe('a value that only names a parameter', () => {
  const text = base.replace('  cache: 2 MiB\n', '  cache: {value: 2 MiB, source: guess, estimate: half of the next}\n')

  it('has the source and the estimate of the parameter', () => {
    const accelerator = parseAccelerator('small', text)
    expect(notes(accelerator, '/memories/cache/capacity')).toEqual(['guess', 'half of the next'])
    expect(notes(accelerator, '/memories/cache/latency')).toEqual(['book'])
  })

  it('has them through a parameter that names another, and its own when it is computed', () => {
    const chained = parseAccelerator(
      'small',
      text.replace('capacity: cache', 'capacity: twin').replace('  wires:', '  twin: cache\n  wires:'),
    )
    expect(notes(chained, '/memories/cache/capacity')).toEqual(['guess', 'half of the next'])
    const computed = parseAccelerator('small', text.replace('capacity: cache', 'capacity: 2 * cache'))
    expect(notes(computed, '/memories/cache/capacity')).toEqual(['book'])
  })

  it('follows a parameter that a deriving file replaces', () => {
    expect(notes(deriving('parameters: {cores: {value: 8, source: mine}}\n'), '/units/array/count')).toEqual(['mine'])
  })
})

describe('a value that was set from outside', () => {
  it('has --set as its source, and no estimate', () => {
    const set = small({set: {cores: '6', 'dram.energy': '2 pJ/b', 'power.limit': '25 W'}})
    for (const pointer of ['/units/array/count', '/memories/dram/energy', '/power/limit']) expect(notes(set, pointer)).toEqual(['--set'])
    expect(notes(set, '/memories/dram/latency')).toEqual(['book'])
    expect(notes(deriving('', {'dram.energy': '2 pJ/b'}), '/memories/dram/energy')).toEqual(['--set'])
  })

  it('is no source that a file may name', () => {
    expect(failure(() => parseAccelerator('small', edited('source: book', 'source: --set'))).code).toBe('SOURCE_UNKNOWN')
  })

  it.each([
    ['has no unit', 'cache', '96', '96 has no unit, but an amount of data is expected', 'write it as in `2 MiB`'],
    ['is a rate', 'cache', '24 MB/s', '"24 MB/s" is a rate of data, but an amount of data is expected', 'write it as in `2 MiB`'],
    ['has a unit', 'cores', '3 MHz', '"3 MHz" is a frequency, but a plain number is expected', 'write it as in `4`'],
    [
      'is negative',
      'cores',
      '-4',
      '-4 does not fit /units/array/count: cores is -4, but more than zero is expected',
      'write it as in `132`',
    ],
    [
      'contradicts a limit of the file',
      'power.minimumLimit',
      '25 W',
      '25 W does not fit /power/limit: the power limit must lie between minimumLimit and maximumLimit',
      'choose between 25 W and 30 W',
    ],
  ])('and %s is refused at --set, saying what is expected', (_what, key, value, reason, hint) => {
    const error = failure(() => small({set: {[key]: value}}))
    const pointer = key.includes('.') ? `/${key.replace('.', '/')}` : `/parameters/${key}`
    expect(error.message).toMatch(/^--set \S+=[^\n]*:1:\d+ /)
    expect(error.message.startsWith(`--set ${key}=${value}:1:`)).toBe(true)
    expect(error.message.split('\n')[0]!.endsWith(` ${pointer}`)).toBe(true)
    expect(error.message.split('\n')[1]!.trim()).toBe(reason)
    expect(error.suggestions).toEqual([hint])
    expect(error.exitCode).toBe(3)
  })

  it('is told from others that were set beside it', () => {
    const limits = {'power.limit': '35 W', 'power.maximumLimit': '40 W'}
    expect(small({set: limits}).machine.power.limitWatts).toBe(35)
    expect(failure(() => small({set: {...limits, cores: '-4'}})).message).toContain('--set cores=-4:')
  })

  it('takes no blame for what is wrong in the file', () => {
    const broken = edited('latency: 100 ns', 'latency: 100')
    expect(failure(() => parseAccelerator('small', broken, {set: {cores: '6'}})).message).toContain('small.yaml:42:14')
  })
})
