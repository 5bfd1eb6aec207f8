import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {shippedNames} from '../../src/spec/catalogue.js'
import {type MonteCarloOptions, monteCarlo} from '../../src/uncertainty/monte-carlo.js'
import {constantsThatMove} from '../../src/uncertainty/moving-constants.js'
import {bandsOver} from '../../src/uncertainty/over-settings.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {failure} from '../support/small-accelerator.js'
import {lanesNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

/** 10¹² operations of the lanes: 10 ms at 1 GHz, 1 J of operations, and at 30 W of idle and static power 0.3 J more. */
const work = workloadOf(lanesNode(1e12, 0))

/** The tiny machine with a range at its lanes' energy and another at its static power. */
function ranged(lanes: string, statics = 'exact', text = tinyText) {
  return tinyMachine(
    {},
    text
      .replace('energyPerOperation: {fp32: 1 pJ/op}', `energyPerOperation: {fp32: {value: 1 pJ/op, range: "${lanes}"}}`)
      .replace('static: 20 W', `static: {value: 20 W, range: "${statics}"}`),
  )
}

const energyBand = (lanes: string, options: MonteCarloOptions = {}) => monteCarlo(ranged(lanes), work, options).energyBand

describe('the band of one constant', () => {
  it('has the quantiles of an even spread for a share, an amount and two ends', () => {
    for (const range of ['±50 %', '±0.5 pJ/op', '[0.5 pJ/op, 1.5 pJ/op]']) {
      const {p5Joules, p50Joules, p95Joules} = energyBand(range)
      expect(p5Joules).toBeCloseTo(0.3 + 0.55, 9)
      expect(p50Joules).toBeCloseTo(0.3 + 1, 9)
      expect(p95Joules).toBeCloseTo(0.3 + 1.45, 9)
    }
  })

  it('has those of a spread even over the logarithm for a factor', () => {
    const {p5Joules, p50Joules, p95Joules} = energyBand('x4', {sampleCount: 2000})
    expect(p5Joules).toBeCloseTo(0.3 + 4 ** -0.9, 5)
    expect(p50Joules).toBeCloseTo(0.3 + 1, 5)
    expect(p95Joules).toBeCloseTo(0.3 + 4 ** 0.9, 5)
  })

  it('is of no width where nothing moves', () => {
    for (const range of ['exact', 'x1', '±0 %', '[1 pJ/op, 1 pJ/op]']) {
      const {p5Joules, p95Joules} = energyBand(range)
      expect(p5Joules).toBe(p95Joules)
      expect(p5Joules).toBeCloseTo(1.3, 12)
    }
  })

  it('reaches no other source, and power takes it over the time', () => {
    const {energyBandBySource, powerBand, latencyBand} = monteCarlo(ranged('±50 %'), work)
    expect(energyBandBySource['lanes']).toEqual({
      p5Joules: expect.closeTo(0.55, 9),
      p50Joules: expect.closeTo(1, 9),
      p95Joules: expect.closeTo(1.45, 9),
    })
    expect(energyBandBySource['static']!.p5Joules).toBe(energyBandBySource['static']!.p95Joules)
    expect(latencyBand.p5Seconds).toBe(latencyBand.p95Seconds)
    expect(powerBand.p95Watts).toBeCloseTo(175, 7)
  })

  it('moves a zero by what its range adds', () => {
    const machine = tinyMachine({}, tinyText.replace('static: 20 W', 'static: {value: 0 W, range: "[0 W, 40 W]"}'))
    const {p5Joules, p95Joules} = monteCarlo(machine, work).energyBand
    expect(p5Joules).toBeCloseTo(1.1 + 0.02, 9)
    expect(p95Joules).toBeCloseTo(1.1 + 0.38, 9)
  })

  it('scales a curve of idle power and one of voltage as a whole', () => {
    const idle = tinyMachine({}, tinyText.replace('idle: [', 'idleRange: ±50 %, idle: ['))
    expect(monteCarlo(idle, work).energyBand.p95Joules).toBeCloseTo(1.2 + 0.145, 9)
    const curve = 'voltageRange: ±10 %, voltage: [{clock: 200 MHz, voltage: 1 V}, {clock: 1 GHz, voltage: 1 V}]'
    const volts = tinyMachine({}, tinyText.replace(/voltage: \{floor[^}]*\}/, curve))
    // Operations go with the square of the voltage, static power with the voltage.
    expect(monteCarlo(volts, work).energyBand.p95Joules).toBeCloseTo(0.1 + 1.09 ** 2 + 0.2 * 1.09, 6)
  })

  it('moves what is computed from a parameter', () => {
    const text = tinyText.replace('cores: {value: 100}', 'cores: {value: 100}\n  picojoules: {value: 1, range: ±50 %}')
    const machine = tinyMachine({}, text.replace('energyPerOperation: {fp32: 1 pJ/op}', 'energyPerOperation: {fp32: 1 pJ/op * picojoules}'))
    expect(monteCarlo(machine, work).energyBand.p95Joules).toBeCloseTo(0.3 + 1.45, 9)
  })

  it('keeps counts whole', () => {
    const machine = tinyMachine({}, tinyText.replace('cores: {value: 100}', 'cores: {value: 2, range: ±50 %}'))
    const {p5Seconds, p50Seconds, p95Seconds} = monteCarlo(machine, work).latencyBand
    // 10¹² operations a core and second: three, two and one of them.
    expect([p5Seconds, p50Seconds, p95Seconds]).toEqual([1 / 3, 1 / 2, 1].map((seconds) => expect.closeTo(seconds, 9)))
  })
})

describe('constants of one note', () => {
  it('move together where they are of one dimension', () => {
    const together = tinyText.replace(
      'energyPerOperation: {fp32: 1 pJ/op}',
      'energyPerOperation: {range: x2, fp32: 1 pJ/op, bf16: 1 pJ/op}',
    )
    const machine = tinyMachine({}, together.replace('{fp32: 1000 op/cycle}', '{fp32: 1000 op/cycle, bf16: 1000 op/cycle}'))
    expect(constantsThatMove(machine)).toEqual([
      expect.objectContaining({
        name: 'lanes energy per operation',
        rangeText: 'x2',
        members: [
          expect.objectContaining({pointer: '/units/lanes/energyPerOperation/fp32'}),
          expect.objectContaining({pointer: '/units/lanes/energyPerOperation/bf16'}),
        ],
      }),
    ])
  })

  it('move apart where each has its own', () => {
    const apart = tinyText.replace('floor: 500 mV', 'range: ±10 %, floor: 500 mV')
    expect(constantsThatMove(tinyMachine({}, apart)).map(({name}) => name)).toEqual([
      'core voltage floor',
      'core voltage knee',
      'core voltage slope',
    ])
  })
})

describe('samples', () => {
  it('are the same for the same seed, and others for another', () => {
    const machine = ranged('x2', '±50 %')
    expect(monteCarlo(machine, work, {seedIndex: 7})).toEqual(monteCarlo(machine, work, {seedIndex: 7}))
    expect(monteCarlo(machine, work, {seedIndex: 8}).energyBand).not.toEqual(monteCarlo(machine, work, {seedIndex: 7}).energyBand)
  })

  it.each([19, 0, -5, 20.5, Number.NaN, 1e6])('of %s draw no band', (sampleCount) => {
    const error = failure(() => monteCarlo(ranged('x2'), work, {sampleCount}))
    expect([error.code, error.message]).toEqual(['SAMPLE_COUNT_INVALID', `${sampleCount} samples draw no band`])
  })

  it('hold the nominal energy between them, and a wider range never narrows the band', () => {
    const factor = fc.double({min: 1, max: 8, noNaN: true})
    fc.assert(
      fc.property(factor, factor, fc.integer({min: 1, max: 1000}), (one, other, seedIndex) => {
        const text = (value: number): string => `x${value.toFixed(6)}`
        const [narrow, wide] = [Math.min(one, other), Math.max(one, other)].map((each) => energyBand(text(each), {seedIndex}))
        expect(narrow!.p5Joules).toBeLessThanOrEqual(1.3 + 1e-9)
        expect(narrow!.p95Joules).toBeGreaterThanOrEqual(1.3 - 1e-9)
        expect(wide!.p5Joules).toBeLessThanOrEqual(narrow!.p5Joules)
        expect(wide!.p95Joules).toBeGreaterThanOrEqual(narrow!.p95Joules)
      }),
      {numRuns: 40},
    )
  })
})

describe('a power limit', () => {
  it('turns uncertain energy into uncertain time, and holds the power', () => {
    const limited = monteCarlo(ranged('±50 %'), work, {powerLimitWatts: 100})
    expect(limited.latencyBand.p95Seconds).toBeGreaterThan(limited.latencyBand.p5Seconds * 1.2)
    expect(limited.powerBand.p95Watts).toBeLessThanOrEqual(100)
    expect(limited.powerBand.p5Watts).toBeGreaterThan(80)
  })

  it('is left out over clocks, as in the curve of a pass over its clocks', () => {
    const machine = ranged('±50 %')
    const [slow, fast] = bandsOver(machine, work, [{clockHertz: 0.5e9}, {clockHertz: 1e9}], {sampleCount: 500})
    expect(fast).toEqual(
      expect.objectContaining({energyBand: monteCarlo(machine, work).energyBand, powerBand: monteCarlo(machine, work).powerBand}),
    )
    // Half of the voltage, a quarter of the energy; static power halves with the voltage.
    expect(slow!.energyBand.p95Joules).toBeCloseTo(1.45 / 4 + 0.2 + 0.2, 9)
  })
})

describe('a rate or a delay', () => {
  const fast = tinyText.replace('bandwidth: dramBandwidth', 'bandwidth: {value: 1 TB/s, range: x2}')

  it('moves an ideal bound', () => {
    const bands = monteCarlo(tinyMachine({}, fast), workloadOf(lanesNode(1, 1e9)), {fidelity: 'roofline'})
    expect(bands.latencyBand.p95Seconds / bands.latencyBand.p5Seconds).toBeCloseTo(4 ** 0.9, 3)
    expect(bands.withTimeError).toBeNull()
  })

  it('leaves a time that was fitted to measurements, whose own error stands beside', () => {
    const accelerator = loadAccelerator('h100-sxm')
    const workload = loadWorkload('llama-3.1-8b', {phase: 'decode', batch: 16, contextTokens: 2048})
    const bands = monteCarlo(accelerator, workload)
    const {latencySeconds, expectedMape} = evaluate(accelerator, workload)
    expect(bands.latencyBand).toEqual({p5Seconds: latencySeconds, p50Seconds: latencySeconds, p95Seconds: latencySeconds})
    expect(bands.timeErrorRatio).toBeCloseTo(expectedMape!, 9)
    // Nine in ten of a Laplace distribution lie within ln 10 of its mean size.
    expect(Math.log(bands.withTimeError!.latencyBand.p95Seconds / latencySeconds)).toBeCloseTo(expectedMape! * Math.log(10), 3)
  })
})

describe('shipped accelerators', () => {
  it.each(shippedNames('accelerator'))('%s have a band around the energy of every pass that they run', (name) => {
    const accelerator = loadAccelerator(name)
    const model = name === 'eyeriss' ? undefined : 'llama-3.1-8b'
    if (model === undefined) return
    for (const phase of ['prefill', 'decode'] as const) {
      const workload = loadWorkload(model, {
        phase,
        dtype: accelerator.machine.units.some(({joulesPerOperation}) => joulesPerOperation.bf16 !== undefined) ? 'bf16' : 'fp16',
      })
      const {energyJoules} = evaluate(accelerator, workload)
      const {energyBand, constantCount} = monteCarlo(accelerator, workload, {sampleCount: 100})
      expect(constantCount).toBeGreaterThan(5)
      expect(energyBand.p5Joules).toBeLessThan(energyJoules)
      expect(energyBand.p95Joules).toBeGreaterThan(energyJoules)
    }
  })
})

it('draws the same samples for a file wherever on a disk it lies', () => {
  const bands = [0, 1].map(() => {
    const folder = path.join(mkdtempSync(path.join(tmpdir(), 'ridgepoint-guess-')), 'chip')
    mkdirSync(folder)
    const file = path.join(folder, 'accelerator.yaml')
    writeFileSync(
      file,
      'title: Chip\nextends: h100-sxm\nsources: {book: {title: A book}}\nsource: book\nparameters: {l2: {value: 40 MiB, range: x2, source: book}}\n',
    )
    return monteCarlo(loadAccelerator(file), loadWorkload('gpt2', {phase: 'decode'}), {sampleCount: 40}).energyBand
  })
  expect(bands[1]).toEqual(bands[0])
})
