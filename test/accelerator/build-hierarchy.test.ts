import {describe, expect, it} from 'vitest'
import {hierarchyOf} from '../../src/accelerator/build-hierarchy.js'
import type {Hierarchy} from '../../src/accelerator/hierarchy.js'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import type {Dtype} from '../../src/foundation/dtype.js'
import {shippedNames} from '../../src/spec/catalogue.js'
import {tinyMachine, tinyText} from '../support/tiny-machine.js'

const shipped = shippedNames('accelerator').flatMap((name) => {
  const accelerator = loadAccelerator(name)
  return accelerator.machine.units
    .filter(({kind}) => kind !== 'special')
    .flatMap((unit) => (Object.keys(unit.operationsPerCycle) as Dtype[]).map((dtype) => ({name, accelerator, unit, dtype})))
})

const named = (hierarchy: Hierarchy, name: string) => hierarchy.levels.find((level) => level.name === name)!

describe('hierarchyOf', () => {
  it.each(shipped)('$name $unit.name $dtype: fanouts reach every multiply-adder, which together keep the peak rate', (each) => {
    const {accelerator, unit, dtype} = each
    const {levels, arithmetic, hertz} = hierarchyOf(accelerator, {dtype, unit: unit.name})
    const reached = levels.reduce((product, {fanout}) => product * fanout.x * fanout.y, levels[0]!.instanceCount)
    expect(reached).toBe(arithmetic.instanceCount)
    for (const [index, {instanceCount, fanout}] of levels.slice(0, -1).entries())
      expect(instanceCount * fanout.x * fanout.y).toBe(levels[index + 1]!.instanceCount)
    const operationsPerSecond = (2 * arithmetic.instanceCount * hertz) / arithmetic.cyclesPerStep
    expect(operationsPerSecond).toBeCloseTo(unit.count * unit.operationsPerCycle[dtype]! * accelerator.machine.clocks[0]!.maximumHertz, -3)
    expect(levels.every(({capacityBytes, operands}) => capacityBytes > 0 || operands?.length === 0)).toBe(true)
  })

  it('gives each processing element of Eyeriss a memory for each operand, in an array of 12 rows and 14 columns', () => {
    const hierarchy = hierarchyOf(loadAccelerator('eyeriss'), {dtype: 'int16', clockHertz: 200e6})
    expect(hierarchy.levels.map(({name, instanceCount, operands}) => [name, instanceCount, operands!.join(' ')])).toEqual([
      ['dram', 1, 'inputs weights outputs'],
      ['globalBuffer', 1, 'inputs outputs'],
      ['spads.inputs', 168, 'inputs'],
      ['spads.weights', 168, 'weights'],
      ['spads.outputs', 168, 'outputs'],
    ])
    expect(named(hierarchy, 'globalBuffer').fanout).toEqual({x: 14, y: 12})
    const words = (role: string): number => named(hierarchy, `spads.${role}`).capacityBytes / 2
    expect(['inputs', 'weights', 'outputs'].map(words)).toEqual([12, 224, 24])
    // At 200 MHz and 1 V, where its energies are stated: 1.6 pJ a multiply-add and a word of a scratchpad, 6 and 200 times as much further out.
    expect(hierarchy.arithmetic).toEqual({
      name: 'processingElements',
      instanceCount: 168,
      joulesPerOperation: expect.closeTo(1.6e-12, 20),
      cyclesPerStep: 1,
    })
    const perWord = (name: string): number => 2e12 * named(hierarchy, name).readJoulesPerByte
    expect(perWord('spads.weights')).toBeCloseTo(1.6, 9)
    expect(perWord('globalBuffer')).toBeCloseTo(9.6, 9)
    expect(perWord('dram')).toBeCloseTo(320, 9)
    // 720 MB/s over 200 million cycles a second.
    expect(named(hierarchy, 'dram').sharedBytesPerCycle).toBeCloseTo(3.6, 9)
  })

  it('lets the tensor cores of an H100 step through their native tile, four beside the registers of each SM', () => {
    const hierarchy = hierarchyOf(loadAccelerator('h100-sxm'), {dtype: 'bf16'})
    expect(hierarchy.levels.map(({name, instanceCount, fanout}) => [name, instanceCount, fanout.x, fanout.y])).toEqual([
      ['hbm', 1, 1, 1],
      ['l2', 1, 132, 1],
      ['shared', 132, 1, 1],
      ['registers', 132, 4, 1],
      ['tensorTile', 528, 64, 128],
    ])
    // 64 × 8 × 16 multiply-adds at 512 a cycle.
    expect(hierarchy.arithmetic).toMatchObject({cyclesPerStep: 16, tile: {m: 64, n: 8, k: 16}})
    expect(hierarchyOf(loadAccelerator('h100-sxm'), {dtype: 'fp8'}).arithmetic.cyclesPerStep).toBe(8)
  })

  it('counts the rates of memories with clocks of their own in cycles of the core, and scales energies of the core alone', () => {
    const accelerator = tinyMachine()
    const [slow, fast] = [200e6, 1e9].map((clockHertz) => hierarchyOf(accelerator, {dtype: 'bf16', clockHertz}))
    expect(named(fast!, 'dram').sharedBytesPerCycle).toBe(1000)
    expect(named(slow!, 'dram').sharedBytesPerCycle).toBe(5000)
    expect([slow, fast].map((each) => named(each!, 'buffer').sharedBytesPerCycle)).toEqual([100_000, 100_000])
    // Half of the voltage, a quarter of the energy.
    expect(named(slow!, 'buffer').readJoulesPerByte / named(fast!, 'buffer').readJoulesPerByte).toBeCloseTo(0.25, 12)
    expect(slow!.arithmetic.joulesPerOperation / fast!.arithmetic.joulesPerOperation).toBeCloseTo(0.25, 12)
    expect(named(slow!, 'dram').readJoulesPerByte).toBe(named(fast!, 'dram').readJoulesPerByte)
  })

  it('takes memories that outnumber the units they feed for their banks', () => {
    const text = tinyText.replace('instances: 1, capacity: bufferCapacity', 'instances: 300, capacity: bufferCapacity')
    const buffer = named(hierarchyOf(tinyMachine({}, text), {dtype: 'bf16'}), 'buffer')
    expect(buffer).toMatchObject({instanceCount: 100, capacityBytes: 3 * 2 ** 20, sharedBytesPerCycle: 300_000, fanout: {x: 1, y: 1}})
  })

  it('reads what a file tells of mapping', () => {
    const text = tinyText.replace(
      'bandwidth: 100000 B/cycle',
      'bandwidth: 100000 B/cycle, mapping: {access: 64 b, multicast: true, reduction: true, buffers: 2, operands: [weights]}',
    )
    expect(named(hierarchyOf(tinyMachine({}, text), {dtype: 'bf16'}), 'buffer')).toMatchObject({
      accessBits: 64,
      isMulticast: true,
      isReducing: true,
      bufferCount: 2,
      operands: ['weights'],
    })
    expect(named(hierarchyOf(tinyMachine(), {dtype: 'fp32'}), 'buffer')).toMatchObject({
      isMulticast: false,
      isReducing: false,
      bufferCount: undefined,
    })
  })

  it.each([
    {options: {dtype: 'bf16', unit: 'arrray'}, code: 'UNKNOWN_NAME', message: /arrray/},
    {options: {dtype: 'fp8', unit: 'array'}, code: 'UNSUPPORTED_DTYPE', message: /array of tiny does not compute fp8/},
    {
      options: {dtype: 'int4'},
      code: 'UNSUPPORTED_DTYPE',
      message: /no matrix or vector unit of tiny computes int4, which this problem needs/,
    },
  ] as const)('refuses $options', ({options, code, message}) => {
    expect(() => hierarchyOf(tinyMachine(), options)).toThrow(expect.objectContaining({code, message: expect.stringMatching(message)}))
  })

  it.each([
    {
      what: 'mapping: {operands: [weights], partitions: {weights: 1 KiB}}',
      pointer: '/memories/buffer/mapping/operands',
      message: /exclude each other/,
    },
    {what: 'mapping: {partitions: {weights: 0 B}}', pointer: '/memories/buffer/mapping/partitions/weights', message: /more than zero/},
  ])('refuses $what', ({what, pointer, message}) => {
    const text = tinyText.replace('bandwidth: 100000 B/cycle', `bandwidth: 100000 B/cycle, ${what}`)
    expect(() => tinyMachine({}, text)).toThrow(
      expect.objectContaining({problems: [expect.objectContaining({pointer, message: expect.stringMatching(message)})]}),
    )
  })

  it('refuses a part of an energy that is not stated', () => {
    const text = tinyText.replace(
      'energyPerOperation: {bf16: 1 pJ/op}',
      'energyPerOperation: {bf16: 1 pJ/op}, arithmeticEnergy: {fp8: 1 pJ/op}',
    )
    expect(() => tinyMachine({}, text)).toThrow(
      expect.objectContaining({problems: [expect.objectContaining({pointer: '/units/array/arithmeticEnergy/fp8'})]}),
    )
  })
})
