import {describe, expect, it} from 'vitest'
import type {Accelerator} from '../../src/accelerator/accelerator.js'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import type {Dtype} from '../../src/foundation/dtype.js'
import type {UnitKind} from '../../src/foundation/resource.js'
import {shippedNames} from '../../src/spec/catalogue.js'

interface Peak {
  readonly kind: UnitKind
  readonly dtype: Dtype
  readonly teraOperationsPerSecond: number
  /** The clock at which the data sheet states it: the boost clock, or the highest state. */
  readonly at: 'nominalHertz' | 'maximumHertz'
}

interface Published {
  readonly source: string
  readonly peaks: readonly Peak[]
  readonly bytesPerSecond: number
  readonly capacityBytes: number
  readonly limitWatts?: number
  /** Area of one die of each kind. */
  readonly dieSquareMillimetres: Readonly<Record<string, number>>
}

const peaks = (kind: UnitKind, at: Peak['at'], rates: Partial<Record<Dtype, number>>): Peak[] =>
  Object.entries(rates).map(([dtype, rate]) => ({kind, dtype: dtype as Dtype, teraOperationsPerSecond: rate, at}))
const matrix = (rates: Partial<Record<Dtype, number>>, at: Peak['at'] = 'nominalHertz') => peaks('matrix', at, rates)
const vector = (rates: Partial<Record<Dtype, number>>, at: Peak['at'] = 'maximumHertz') => peaks('vector', at, rates)
const gigabytes = 1e9
const gibibytes = 2 ** 30

const a100 = {
  source: 'A100 data sheet and whitepaper',
  peaks: [...matrix({fp64: 19.5, tf32: 156, bf16: 312, fp16: 312, int8: 624, int4: 1248}), ...vector({fp64: 9.7, fp32: 19.5, fp16: 78})],
  dieSquareMillimetres: {gpu: 826},
}
const hopper = {
  source: 'H100 whitepaper, H200 and GH200 data sheets, dense',
  peaks: [
    ...matrix({tf32: 494.7, bf16: 989.4, fp16: 989.4, fp8: 1978.9, int8: 1978.9}),
    ...matrix({fp64: 66.9}, 'maximumHertz'),
    ...vector({fp64: 33.5, fp32: 66.9, fp16: 133.8}),
  ],
  dieSquareMillimetres: {gpu: 814},
}

/** Figures of data sheets, dense; memory sizes as the cards report them, in binary units. */
const published: Readonly<Record<string, Published>> = {
  'a100-pcie-40gb': {...a100, bytesPerSecond: 1555 * gigabytes, capacityBytes: 40 * gibibytes, limitWatts: 250},
  'a100-pcie-80gb': {...a100, bytesPerSecond: 1935 * gigabytes, capacityBytes: 80 * gibibytes, limitWatts: 300},
  'a100-sxm-40gb': {...a100, bytesPerSecond: 1555 * gigabytes, capacityBytes: 40 * gibibytes, limitWatts: 400},
  'a100-sxm-80gb': {...a100, bytesPerSecond: 2039 * gigabytes, capacityBytes: 80 * gibibytes, limitWatts: 400},
  'h100-sxm': {...hopper, bytesPerSecond: 3352 * gigabytes, capacityBytes: 80 * gibibytes, limitWatts: 700},
  'h200-sxm': {...hopper, bytesPerSecond: 4800 * gigabytes, capacityBytes: 141 * gibibytes, limitWatts: 700},
  gh200: {...hopper, bytesPerSecond: 4000 * gigabytes, capacityBytes: 96 * gibibytes, limitWatts: 900},
  'h100-pcie': {
    source: 'H100 whitepaper and product brief PB-11133, dense',
    peaks: [
      ...matrix({tf32: 378, bf16: 756, fp16: 756, fp8: 1513, int8: 1513}),
      ...matrix({fp64: 51.2}, 'maximumHertz'),
      ...vector({fp64: 25.6, fp32: 51.2, fp16: 102.4}),
    ],
    bytesPerSecond: 2039 * gigabytes,
    capacityBytes: 80 * gibibytes,
    limitWatts: 350,
    dieSquareMillimetres: {gpu: 814},
  },
  'b200-sxm': {
    source: 'HGX and DGX B200 data sheets, an eighth, dense',
    peaks: [
      ...matrix({tf32: 1125, bf16: 2250, fp16: 2250, fp8: 4500, int8: 4500, fp4: 9000}),
      ...matrix({fp64: 37}, 'maximumHertz'),
      ...vector({fp64: 37, fp32: 75}),
    ],
    bytesPerSecond: 8000 * gigabytes,
    capacityBytes: 180 * gibibytes,
    limitWatts: 1000,
    dieSquareMillimetres: {gpu: 800},
  },
  l4: {
    source: 'L4 data sheet, dense',
    peaks: [...matrix({tf32: 60, bf16: 121, fp16: 121, fp8: 242.5, int8: 242.5, int4: 485}), ...vector({fp32: 30.3})],
    bytesPerSecond: 300 * gigabytes,
    capacityBytes: 24 * gibibytes,
    limitWatts: 72,
    dieSquareMillimetres: {gpu: 294.5},
  },
  l40s: {
    source: 'L40S data sheet, dense; int4 at twice int8, as the Ada whitepaper has AD102',
    peaks: [...matrix({tf32: 183, bf16: 362.05, fp16: 362.05, fp8: 733, int8: 733, int4: 1466}), ...vector({fp32: 91.6})],
    bytesPerSecond: 864 * gigabytes,
    capacityBytes: 48 * gibibytes,
    limitWatts: 350,
    dieSquareMillimetres: {gpu: 608.5},
  },
  a10: {
    source: 'A10 data sheet, dense',
    peaks: [...matrix({tf32: 62.5, bf16: 125, fp16: 125, int8: 250, int4: 500}), ...vector({fp32: 31.2})],
    bytesPerSecond: 600 * gigabytes,
    capacityBytes: 24 * gibibytes,
    limitWatts: 150,
    dieSquareMillimetres: {gpu: 628.4},
  },
  a40: {
    source: 'A40 data sheet, dense',
    peaks: [...matrix({tf32: 74.8, bf16: 149.7, fp16: 149.7, int8: 299.3, int4: 598.7}), ...vector({fp32: 37.4})],
    bytesPerSecond: 696 * gigabytes,
    capacityBytes: 48 * gibibytes,
    limitWatts: 300,
    dieSquareMillimetres: {gpu: 628.4},
  },
  t4: {
    source: 'T4 data sheet and product brief',
    peaks: [...matrix({fp16: 65, int8: 130, int4: 260}), ...vector({fp32: 8.1})],
    bytesPerSecond: 320 * gigabytes,
    capacityBytes: 16 * gibibytes,
    limitWatts: 70,
    dieSquareMillimetres: {gpu: 545},
  },
  'quadro-rtx-6000': {
    source: 'Turing whitepaper, Quadro RTX 6000',
    peaks: [...matrix({fp16: 130.5, int8: 261, int4: 522}), ...vector({fp32: 16.3, fp16: 32.6})],
    bytesPerSecond: 672 * gigabytes,
    capacityBytes: 24 * gibibytes,
    limitWatts: 260,
    dieSquareMillimetres: {gpu: 754},
  },
  'v100-pcie-32gb': {
    source: 'V100 data sheet, PCIe',
    peaks: [...matrix({fp16: 112}), ...vector({fp64: 7, fp32: 14})],
    bytesPerSecond: 900 * gigabytes,
    capacityBytes: 32 * gibibytes,
    limitWatts: 250,
    dieSquareMillimetres: {gpu: 815},
  },
  'p100-pcie': {
    source: 'P100 PCIe data sheet',
    peaks: vector({fp64: 4.7, fp32: 9.3, fp16: 18.7}, 'nominalHertz'),
    bytesPerSecond: 732 * gigabytes,
    capacityBytes: 16 * gibibytes,
    limitWatts: 250,
    dieSquareMillimetres: {gpu: 610},
  },
  p4: {
    source: 'P4 data sheet',
    peaks: vector({fp32: 5.5, int8: 22}, 'nominalHertz'),
    bytesPerSecond: 192 * gigabytes,
    capacityBytes: 8 * gibibytes,
    limitWatts: 75,
    dieSquareMillimetres: {gpu: 314},
  },
  mi210: {
    source: 'MI210 data sheet',
    peaks: [...matrix({fp64: 45.3, fp32: 45.3, bf16: 181, fp16: 181, int8: 181, int4: 181}), ...vector({fp64: 22.6, fp32: 22.6})],
    bytesPerSecond: 1638.4 * gigabytes,
    capacityBytes: 64 * gibibytes,
    limitWatts: 300,
    dieSquareMillimetres: {gcd: 724},
  },
  mi250: {
    source: 'MI250 data sheet',
    peaks: [...matrix({fp64: 90.5, fp32: 90.5, bf16: 362.1, fp16: 362.1, int8: 362.1, int4: 362.1}), ...vector({fp64: 45.3, fp32: 45.3})],
    bytesPerSecond: 3276.8 * gigabytes,
    capacityBytes: 128 * gibibytes,
    limitWatts: 500,
    dieSquareMillimetres: {gcd: 724},
  },
  mi300x: {
    source: 'MI300X data sheet, dense; die areas from the press',
    peaks: [
      ...matrix({fp64: 163.4, fp32: 163.4, tf32: 653.7, bf16: 1307.4, fp16: 1307.4, fp8: 2614.9, int8: 2614.9}),
      ...vector({fp64: 81.7, fp32: 163.4}),
    ],
    bytesPerSecond: 5300 * gigabytes,
    capacityBytes: 192 * gibibytes,
    limitWatts: 750,
    dieSquareMillimetres: {xcd: 115, iod: 370},
  },
  'tpu-v4': {
    source: 'Cloud TPU documentation; ISCA 2023: a die below 600 mm², 192 W at most',
    peaks: matrix({bf16: 275, int8: 275}),
    bytesPerSecond: 1200 * gigabytes,
    capacityBytes: 32 * gibibytes,
    limitWatts: 192,
    dieSquareMillimetres: {tpu: 600},
  },
  'tpu-v5e': {
    source: 'Cloud TPU documentation; neither node, die nor power are public',
    peaks: matrix({bf16: 197, int8: 393}),
    bytesPerSecond: 819 * gigabytes,
    capacityBytes: 16 * gibibytes,
    dieSquareMillimetres: {},
  },
  eyeriss: {
    source: 'JSSC 2017: 168 multiply-adds a cycle at 200 MHz; the link at 90 MHz; the core of 3.5 mm by 3.5 mm',
    peaks: matrix({int16: 0.0672}),
    bytesPerSecond: 0.72 * gigabytes,
    capacityBytes: 1 * gibibytes,
    dieSquareMillimetres: {chip: 12.25},
  },
}

/** Designs that nobody built: their figures are choices. */
const designs = ['chiplet-npu', 'systolic-edge']

const shipped = new Map<string, Accelerator>(shippedNames('accelerator').map((name) => [name, loadAccelerator(name)]))

/** Operations per second of all units of a kind. */
function peakRate({machine}: Accelerator, {kind, dtype, at}: Peak): number {
  return machine.units
    .filter((unit) => unit.kind === kind)
    .reduce((sum, unit) => sum + unit.count * (unit.operationsPerCycle[dtype] ?? 0) * machine.clocks[unit.clock]![at], 0)
}

describe('shipped accelerators', () => {
  it('are those whose published figures stand here, and the designs to start from', () => {
    expect([...shipped.keys()]).toEqual([...Object.keys(published), ...designs].sort())
  })

  it.each([...shipped])('%s names a source for every constant and a method for every one that is only estimated', (_name, accelerator) => {
    const sources = (accelerator.source.data as {sources: Record<string, {title: string}>}).sources
    expect(accelerator.constants.length).toBeGreaterThan(50)
    for (const {pointer, source, estimate} of accelerator.constants) {
      const name = source.split(',')[0]!.trim()
      expect(sources[name]?.title, pointer).toBeTruthy()
      if (name === 'estimate') expect(estimate, pointer).toBeTruthy()
      // Its table was not at hand: what is known of it is recalled.
      if (/jouppi/.test(`${name} ${estimate}`)) expect(estimate, pointer).toContain('unverified')
    }
  })

  it.each([...shipped])(
    '%s gives every estimate its range, and what was recalled one of a factor of 2 at the least',
    (_name, accelerator) => {
      // The clocks at which a curve stands were chosen, not estimated.
      const estimates = accelerator.constants.filter(({pointer, estimate}) => estimate !== undefined && !/\/\d+\/clock$/.test(pointer))
      expect(estimates.length).toBeGreaterThan(5)
      for (const {pointer, estimate, range, value} of estimates) {
        expect(range, pointer).toBeDefined()
        const [low, high] = range!.ends
        expect(low, pointer).toBeLessThanOrEqual(value)
        expect(high, pointer).toBeGreaterThanOrEqual(value)
        if (/recalled|unverified/.test(estimate!)) {
          expect(estimate, pointer).toContain('unverified')
          expect(value / low, pointer).toBeGreaterThanOrEqual(2)
          expect(high / value, pointer).toBeGreaterThanOrEqual(2)
        }
      }
    },
  )

  it.each(Object.keys(published))('%s peaks where its data sheet says, to two hundredths', (name) => {
    for (const peak of published[name]!.peaks) {
      const ratio = peakRate(shipped.get(name)!, peak) / (peak.teraOperationsPerSecond * 1e12)
      expect(Math.abs(ratio - 1), `${peak.kind} ${peak.dtype}`).toBeLessThan(0.02)
    }
  })

  it.each(Object.keys(published))('%s computes no format in its matrix units whose peak does not stand here', (name) => {
    const dtypes = shipped
      .get(name)!
      .machine.units.flatMap(({kind, operationsPerCycle}) => (kind === 'matrix' ? Object.keys(operationsPerCycle) : []))
    const stated = published[name]!.peaks.flatMap(({kind, dtype}) => (kind === 'matrix' ? [dtype] : []))
    expect(dtypes.toSorted()).toEqual(stated.toSorted())
  })

  it.each(Object.keys(published))('%s has the main memory and the power limit of its data sheet', (name) => {
    const {machine} = shipped.get(name)!
    const {bytesPerSecond, capacityBytes, limitWatts} = published[name]!
    const main = machine.memories.at(-1)!
    expect(main.kind).toBe('dram')
    expect(main.read.isPerCycle).toBe(false)
    expect((main.read.amount * main.instanceCount) / bytesPerSecond).toBeCloseTo(1, 9)
    expect(main.capacityBytes * main.instanceCount).toBeCloseTo(capacityBytes, -1)
    if (limitWatts !== undefined) expect(machine.power.limitWatts).toBe(limitWatts)
  })

  it.each(Object.keys(published))('%s fills its dies to within a tenth of their published areas', (name) => {
    const areas = shipped
      .get(name)!
      .machine.dies.map((die): [string, number] => [
        die.name,
        die.components.reduce((sum, part) => sum + part.componentCount * part.squareMillimetres, 0),
      ])
    const expected = published[name]!.dieSquareMillimetres
    expect(areas.map(([die]) => die)).toEqual(Object.keys(expected))
    for (const [die, squareMillimetres] of areas) {
      expect(Math.abs(squareMillimetres / expected[die]! - 1), die).toBeLessThan(0.1)
    }
  })

  it('share the voltage that was measured only between A100s', () => {
    const measured = [...shipped].filter(([, {machine}]) => machine.clocks[0]!.voltage.kind === 'table').map(([name]) => name)
    expect(measured).toEqual(['a100-pcie-40gb', 'a100-pcie-80gb', 'a100-sxm-40gb', 'a100-sxm-80gb', 'eyeriss'])
    for (const [name, {constants}] of shipped) {
      if (measured.includes(name)) continue
      expect(constants.find(({pointer}) => pointer === '/clocks/core/voltage/floor')?.estimate, name).toBeTruthy()
    }
  })
})
