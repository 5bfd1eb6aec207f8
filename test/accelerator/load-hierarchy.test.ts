import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {loadHierarchy, parseHierarchy} from '../../src/accelerator/load-hierarchy.js'
import {failure} from '../support/small-accelerator.js'
import {smallHierarchy, smallLevels} from '../support/small-hierarchy.js'

/** The small hierarchy's text with one piece of it replaced, which must stand there once. */
function edited(before: string, after: string): string {
  if (smallHierarchy.split(before).length !== 2) throw new Error(`"${before}" does not stand once in the small hierarchy`)
  return smallHierarchy.replace(before, after)
}

function fileOf(text: string): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'levels-')), 'small.yaml')
  writeFileSync(file, text)
  return file
}

describe('a file of levels', () => {
  it('counts instances from the outermost level inward', () => {
    const {levels, arithmetic} = smallLevels()
    expect(levels.map(({name, instanceCount}) => [name, instanceCount])).toEqual([
      ['dram', 1],
      ['buffer', 1],
      ['registers', 8],
    ])
    expect(arithmetic).toEqual({name: 'mac', instanceCount: 8, joulesPerOperation: 0.5e-12, cyclesPerStep: 1})
  })

  it('states energies per byte, or of accesses of a known width', () => {
    // 800 pJ for 64 bits are 100 pJ a byte.
    const {levels} = smallLevels()
    const pJ = (level: number) =>
      (['readJoulesPerByte', 'fillJoulesPerByte', 'updateJoulesPerByte'] as const).map((key) => levels[level]![key] * 1e12)
    expect(pJ(0)).toEqual([expect.closeTo(100, 9), expect.closeTo(100, 9), expect.closeTo(100, 9)])
    expect(pJ(1)).toEqual([expect.closeTo(6, 9), expect.closeTo(7, 9), expect.closeTo(7, 9)])
    expect(pJ(2)).toEqual([expect.closeTo(1, 9), expect.closeTo(2, 9), expect.closeTo(3, 9)])
  })

  it('states rates per cycle or per second, of which a faster clock leaves less to a cycle', () => {
    const rates = (clockHertz?: number) => {
      const {levels, hertz} = parseHierarchy('small', smallHierarchy, clockHertz === undefined ? {} : {clockHertz})
      return [hertz, levels[0]!.sharedBytesPerCycle, levels[1]!.readBytesPerCycle, levels[1]!.writeBytesPerCycle]
    }
    expect(rates()).toEqual([1e8, 8, 16, 16])
    expect(rates(2e8)).toEqual([2e8, 8, 8, 16])
  })

  it('is unlimited only where it says so', () => {
    const [dram, buffer, registers] = smallLevels().levels
    expect([dram!.capacityBytes, registers!.sharedBytesPerCycle]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
    expect([buffer!.capacityBytes, buffer!.sharedBytesPerCycle]).toEqual([1024, Number.POSITIVE_INFINITY])
  })

  it('says what a level can hold, and whether it hides fills', () => {
    const text = edited('  registers:\n', '  registers:\n    operands: [weights]\n    bypass: [kvCache]\n    buffers: 2\n')
    expect(parseHierarchy('small', text).levels[2]).toMatchObject({operands: ['weights'], bypass: ['kvCache'], bufferCount: 2})
  })

  it('takes parameters and values set from outside', () => {
    const text = edited('capacity: 1 KiB', 'capacity: room').replace(
      'levels:',
      'parameters:\n  room: {value: 1 KiB, source: book}\nlevels:',
    )
    const capacity = (set: Record<string, string>) => parseHierarchy('small', text, {set}).levels[1]!.capacityBytes
    expect(capacity({})).toBe(1024)
    expect(capacity({room: '2 KiB'})).toBe(2048)
    expect(capacity({'buffer.capacity': '3 KiB'})).toBe(3072)
    expect(parseHierarchy('small', text, {set: {'buffer.fanout.x': '2'}}).arithmetic.instanceCount).toBe(4)
  })

  it('is read by the door that reads accelerators too', () => {
    const file = fileOf(smallHierarchy)
    expect(loadHierarchy(file, {dtype: undefined})).toEqual(smallLevels())
    expect(failure(() => loadHierarchy(file, {dtype: 'int8', unit: 'tensor'})).message).toContain('no unit tensor can be chosen')
    expect(loadHierarchy('eyeriss', {dtype: 'int16'}).levels.at(0)?.name).toBe('dram')
    expect(failure(() => loadHierarchy('eyeriss', {dtype: undefined}))).toMatchObject({code: 'DTYPE_MISSING', exitCode: 3})
  })

  it('is no accelerator, and says who reads it', () => {
    const error = failure(() => loadAccelerator(fileOf(smallHierarchy)))
    expect(error.code).toBe('LEVELS_ALONE')
    expect(error.message).toContain('small.yaml:7:3 /levels')
    expect(error.message).toContain('no power, clock states or units')
    expect(error.suggestions.join()).toContain('ridge map')
  })
})

describe('an energy that the others leave nothing of', () => {
  it.each([
    [
      'readEnergy: 6 pJ/B\n',
      'readEnergy: 6 pJ/B\n    energy: 3 pJ/B\n',
      '/levels/buffer/energy',
      'energy has no effect beside readEnergy and writeEnergy',
    ],
    [
      'updateEnergy: 3 pJ/B\n',
      'updateEnergy: 3 pJ/B\n    writeEnergy: 3 pJ/B\n',
      '/levels/registers/writeEnergy',
      'writeEnergy has no effect beside fillEnergy and updateEnergy',
    ],
  ])('is refused: %j beside %j', (before, after, place, message) => {
    const error = failure(() => parseHierarchy('small', edited(before, after)))
    expect(error.message).toContain(place)
    expect(error.message).toContain(message)
  })

  it('is refused where --set writes it', () => {
    const error = failure(() => parseHierarchy('small', smallHierarchy, {set: {'levels.buffer.energy': '3 pJ/B'}}))
    expect(error.message).toContain('--set levels.buffer.energy=3 pJ/B')
    expect(error.message).toContain('energy has no effect')
  })
})

describe('a fault of a file of levels', () => {
  it.each([
    ['capacity: 1 KiB', 'capacity: 0 B', 'small.yaml:15:15 /levels/buffer/capacity', 'VALUE_OUT_OF_RANGE', '24 MiB'],
    ['capacity: 1 KiB', 'capacity: 1024', ':15:15 /levels/buffer/capacity', '1024 has no unit', '24 MiB'],
    ['capacity: 1 KiB', 'capacity: 1 MHz', ':15:15 /levels/buffer/capacity', 'is a frequency, but an amount of data', '24 MiB'],
    ['    capacity: 1 KiB\n', '', '/levels/buffer/capacity', '"capacity" is missing', 'add capacity'],
    ['fanout: {x: 4, y: 2}', 'fanout: {x: 4, y: 0}', ':20:23 /levels/buffer/fanout/y', 'VALUE_OUT_OF_RANGE', '132'],
    ['fanout: {x: 4, y: 2}', 'fanout: {x: 4, z: 2}', ':20:23 /levels/buffer/fanout/z', '"z" is not a key here', 'x, y'],
    [
      '    multicast: true\n',
      '',
      '/levels/buffer/multicast',
      '8 instances stand under this level',
      '`multicast: true` or `multicast: false`',
    ],
    ['    reduction: true\n', '', '/levels/buffer/reduction', 'nothing says whether results', '`reduction: true` or `reduction: false`'],
    [
      '    writeEnergy: 7 pJ/B\n',
      '',
      '/levels/buffer/fillEnergy',
      'nothing states the energy of fills',
      'add energy, or writeEnergy or fillEnergy',
    ],
    ['    updateEnergy: 3 pJ/B\n', '', '/levels/registers/updateEnergy', 'energy of updates', 'writeEnergy or updateEnergy'],
    ['    access: 64 b\n', '', '/levels/dram/energy', 'nothing says how wide one is', 'access: 64 b'],
    ['    writeBandwidth: 16 B/cycle\n', '', '/levels/buffer/writeBandwidth', 'nothing states the write rate', '`bandwidth: unlimited`'],
    ['    bandwidth: unlimited\n', '', '/levels/registers/readBandwidth', 'nothing states the read rate', '`bandwidth: unlimited`'],
    ['energy: 0.5 pJ}', 'energy: 0.5 pJ/op}', ':30:33 /arithmetic/energy', 'is energy per operation, but an energy', '1.6 pJ'],
    ['kind: scratchpad', 'kind: buffer', '/levels/buffer/kind', 'is not one of register, scratchpad', ''],
    ['source: book\n', '', '/clock', '100 MHz has no source', 'add `source: NAME`'],
    ['source: book\n', 'source: bock\n', '/clock', 'its source "bock" is not under `sources`', 'did you mean book'],
  ])('%j in place of %j is told at its place', (before, after, place, message, hint) => {
    const error = failure(() => parseHierarchy('small', edited(before, after)))
    expect(error.message).toContain(place)
    expect(`${error.message} ${error.code}`).toContain(message)
    expect(error.suggestions.join('\n')).toContain(hint)
    expect(error.exitCode).toBe(3)
  })
})
