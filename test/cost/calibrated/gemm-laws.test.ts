import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {gemmTime} from '../../../src/cost/calibrated/gemm-time.js'
import {nearestEntry} from '../../../src/cost/calibrated/nearest-entry.js'
import {profileOf} from '../../../src/cost/calibrated/profile.js'
import {kernelTime} from '../../support/kernel-seconds.js'
import {productNode} from '../../support/tiny-machine.js'

type Values = Partial<Record<keyof typeof gemmTime.parameters, number>>

/** Devices with their main memory's parameter and the depth of one step of their library's pipeline. */
const devices = [
  {name: 'a100-sxm-80gb', bandwidth: 'hbmBandwidth', stepDepth: 32},
  {name: 'h100-sxm', bandwidth: 'hbmBandwidth', stepDepth: 64},
  {name: 'l40s', bandwidth: 'memoryBandwidth', stepDepth: 32},
] as const

/** The parameters with which a shipped profile tells the time of products of bf16 on a device. */
function fittedTo(name: string): Values {
  const {parameters} = nearestEntry(profileOf(loadAccelerator(name)), 'gemm', 'bf16', 'graph', name)!.entry
  return Object.fromEntries(Object.keys(gemmTime.parameters).map((parameter, place) => [parameter, parameters[place]!]))
}

const fitted = new Map(devices.map(({name}) => [name as string, fittedTo(name)]))
const accelerators = new Map(devices.map(({name}) => [name as string, loadAccelerator(name)]))

const sources = [
  {from: 'start values', valuesOf: (): Values => ({})},
  {from: 'shipped profiles', valuesOf: (name: string): Values => fitted.get(name)!},
]

describe('the profile of H100', () => {
  it('holds parameters of products of its own', () => {
    const {entry, isExact} = nearestEntry(profileOf(loadAccelerator('h100-sxm')), 'gemm', 'bf16', 'graph', 'h100-sxm')!
    expect(entry.device).toBe('h100-sxm')
    expect(isExact).toBe(true)
  })
})

describe.each(sources)('laws of the time of a product under the parameters of $from', ({valuesOf}) => {
  const device = fc.constantFrom(...devices)
  const size = fc.integer({min: 1, max: 8192})
  // Rows of operands and results in whole copies of 16 B: an odd depth or width takes smaller ones, and longer, as it does on silicon.
  const whole = fc.integer({min: 1, max: 1024}).map((eights) => 8 * eights)
  const sizes = fc.tuple(size, whole, whole)
  const copies = fc.constantFrom(1, 4, Number.POSITIVE_INFINITY)
  const slack = 1 + 1e-9
  const timed = (name: string, [m, n, k]: readonly [number, number, number], set?: Record<string, string>, operandCopyCount = 1) => {
    const accelerator = set === undefined ? accelerators.get(name)! : loadAccelerator(name, {set})
    return kernelTime(gemmTime, accelerator, productNode(m, n, k), valuesOf(name), {launch: 'graph', operandCopyCount})
  }
  const runs = {numRuns: 40}

  it('more depth is faster only by a split into more shares than the shallower product had two steps for', () => {
    const law = fc.property(device, sizes, whole, copies, ({name, stepDepth}, [m, n, k], more, copyCount) => {
      const shallow = timed(name, [m, n, k], undefined, copyCount).seconds
      const {seconds, facts} = timed(name, [m, n, k + more], undefined, copyCount)
      const splitCount = Number(facts.find((fact) => fact.name === 'split of the depth')!.value)
      if (Math.ceil(k / stepDepth) >= 2 * splitCount) expect(seconds * slack).toBeGreaterThanOrEqual(shallow)
    })
    fc.assert(law, runs)
  })

  it('more depth never speeds up what all splits are open to', () => {
    const law = fc.property(
      device,
      sizes,
      fc.integer({min: 512, max: 4096}).map((eights) => 8 * eights),
      ({name}, [m, n, more], k) => {
        expect(timed(name, [m, n, k + more]).seconds * slack).toBeGreaterThanOrEqual(timed(name, [m, n, k]).seconds)
      },
    )
    fc.assert(law, runs)
  })

  it('a larger L2 never slows it', () => {
    const law = fc.property(device, sizes, copies, fc.integer({min: 1, max: 256}), fc.integer({min: 0, max: 256}), (on, shape, ...rest) => {
      const [copyCount, mebibytes, more] = rest
      const [small, large] = [mebibytes, mebibytes + more].map((each) => timed(on.name, shape, {l2: `${each} MiB`}, copyCount).seconds)
      expect(large).toBeLessThanOrEqual(small! * slack)
    })
    fc.assert(law, runs)
  })

  it('an L2 that holds a product from run to run speeds up what waits for memory', () => {
    // 8192 x 8192 weights are 134 MB: an eighth of them fit, or all of them many times.
    for (const {name} of devices) {
      const [small, large] = ['16 MiB', '1 GiB'].map((l2) => timed(name, [1, 8192, 8192], {l2}).seconds)
      expect(large! * 1.5).toBeLessThan(small!)
    }
  })

  it('more cores never slow it', () => {
    const law = fc.property(device, sizes, fc.integer({min: 8, max: 256}), fc.integer({min: 0, max: 64}), ({name}, shape, sms, more) => {
      const [few, many] = [sms, sms + more].map((count) => timed(name, shape, {sms: String(count)}).seconds)
      expect(many).toBeLessThanOrEqual(few! * slack)
    })
    fc.assert(law, runs)
  })

  it('more bandwidth never slows it', () => {
    const law = fc.property(device, sizes, copies, fc.integer({min: 0, max: 100}), ({name, bandwidth}, shape, copyCount, percent) => {
      const [narrow, wide] = [500, 500 + 5 * percent].map((rate) => timed(name, shape, {[bandwidth]: `${rate} GB/s`}, copyCount).seconds)
      expect(wide).toBeLessThanOrEqual(narrow! * slack)
    })
    fc.assert(law, runs)
  })

  it('fewer rows or columns never slow it', () => {
    const fewer = fc.tuple(
      fc.integer({min: 0, max: 500}),
      fc.integer({min: 0, max: 62}).map((eights) => 8 * eights),
    )
    const law = fc.property(device, sizes, fewer, copies, ({name}, [m, n, k], [rows, columns], copyCount) => {
      const larger = timed(name, [m + rows, n + columns, k], undefined, copyCount).seconds
      expect(timed(name, [m, n, k], undefined, copyCount).seconds).toBeLessThanOrEqual(larger * slack)
    })
    fc.assert(law, runs)
  })

  it('a higher clock never slows it', () => {
    const law = fc.property(device, sizes, fc.double({min: 0.2, max: 1, noNaN: true}), ({name}, [m, n, k], clockRatio) => {
      const accelerator = accelerators.get(name)!
      const hertz = accelerator.machine.clocks[0]!.maximumHertz
      const [slow, fast] = [clockRatio * hertz, hertz].map(
        (clockHertz) => kernelTime(gemmTime, accelerator, productNode(m, n, k), valuesOf(name), {clockHertz}).seconds,
      )
      expect(fast).toBeLessThanOrEqual(slow! * slack)
    })
    fc.assert(law, runs)
  })
})
