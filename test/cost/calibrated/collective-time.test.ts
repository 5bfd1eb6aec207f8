import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {collectiveTime} from '../../../src/cost/calibrated/collective-time.js'
import {collectives} from '../../../src/workload/operator.js'
import {collective} from '../../../src/workload/operators/collective.js'
import {idealOf, kernelTime} from '../../support/kernel-seconds.js'
import {tinyMachine, tinyText} from '../../support/tiny-machine.js'

// Ten links of 10 GB/s at half their peak carry 50 GB/s; a hop takes 1 us; the memory moves 1 TB/s.
const fitted = {start: 5, hop: 1, linkShare: 0.5, exchange: 4}
const tiny = tinyMachine()
const reducing = tinyMachine({}, tinyText.replace('topology: switch,', 'topology: switch, reduction: in-switch,'))
const fillMicroseconds = (4 * 1024 ** 2) / 50e3

function microseconds(pattern: (typeof collectives)[number], bytes: number, ranks: number, accelerator = tiny): number {
  return kernelTime(collectiveTime, accelerator, collective({collective: pattern, bytes, ranks, dtype: 'bf16'}), fitted).seconds * 1e6
}

describe('collectiveTime', () => {
  it('sends a small share with a flag in every word, at half the rate and in one step more', () => {
    // 4 KiB are half of what starts all threads: 1.5 hops; two steps of 4 KiB at 25 GB/s.
    expect(microseconds('all_gather', 8192, 2)).toBeCloseTo(5 + 1.5 + (2 * 4096) / 25e3, 9)
  })

  it('streams a large buffer at the rate of the links, after a full buffer, and copies its own share', () => {
    expect(microseconds('all_gather', 200e6, 2)).toBeCloseTo(5 + 2 + fillMicroseconds + 100e6 / 50e3 + 200e6 / 0.75e6, 6)
  })

  it('passes every share around the ring twice to reduce', () => {
    const [hops, steps] = [6, 6]
    const expected = 5 + hops + 1 + fillMicroseconds + (steps * 100e6) / 50e3 + 200e6 / 0.75e6
    expect(microseconds('allreduce', 400e6, 4)).toBeCloseTo(expected, 6)
  })

  it('reduces in the switch where switches can and that is faster', () => {
    const inSwitch = 5 + 4 * fillMicroseconds + (800e6 * 1.125) / (0.85 * 50e3)
    expect(microseconds('allreduce', 800e6, 8, reducing)).toBeCloseTo(inSwitch, 6)
    expect(microseconds('allreduce', 8192, 8, reducing)).toBe(microseconds('allreduce', 8192, 8))
  })

  it('exchanges small shares with all peers at once through one link each', () => {
    // Request, credit, data, and half a hop to post two more; 1 KiB with flags over one of ten links of 5 GB/s.
    expect(microseconds('alltoall', 4096, 4)).toBeCloseTo(5 + 3.5 + 1024 / 2.5e3, 9)
  })

  it('sends one message to one peer, whatever the number of ranks', () => {
    const expected = 5 + 3 + 4 + fillMicroseconds + 200e6 / 50e3
    expect(microseconds('send_receive', 200e6, 2)).toBeCloseTo(expected, 6)
    expect(microseconds('send_receive', 200e6, 8)).toBeCloseTo(expected, 6)
  })

  it('names the algorithm and the protocol that it took', () => {
    const taken = (pattern: (typeof collectives)[number], bytes: number, accelerator = tiny) =>
      kernelTime(collectiveTime, accelerator, collective({collective: pattern, bytes, ranks: 8, dtype: 'bf16'}), fitted)
        .facts.filter(({name}) => name === 'algorithm' || name === 'protocol')
        .map(({value}) => value)
    expect(taken('allreduce', 800e6, reducing)).toEqual(['reduction in the switch', 'simple'])
    expect(taken('allreduce', 8192, reducing)).toEqual(['ring', 'flag in every word'])
    expect(taken('allreduce', 800e6)).toEqual(['ring', 'simple'])
    expect(taken('alltoall', 8192)).toEqual(['direct', 'flag in every word'])
  })

  it('takes only what its steps carry and copy when every parameter is ideal', () => {
    const {seconds} = kernelTime(
      collectiveTime,
      tiny,
      collective({collective: 'all_gather', bytes: 200e6, ranks: 2, dtype: 'bf16'}),
      idealOf(collectiveTime),
    )
    expect(seconds * 1e6).toBeCloseTo(fillMicroseconds / 2 + 100e6 / 100e3 + 200e6 / 0.75e6, 6)
  })

  it('takes no time alone', () => {
    expect(microseconds('allreduce', 1e6, 1)).toBe(0)
  })

  it('is bound by the links when large, and by its start when small', () => {
    const boundBy = (bytes: number) =>
      kernelTime(collectiveTime, tiny, collective({collective: 'allreduce', bytes, ranks: 8, dtype: 'bf16'}), fitted).boundBy
    expect([boundBy(1e9), boundBy(1e3)]).toEqual(['wire', 'overhead'])
  })

  it('never takes longer over lower latency, nor less over more bytes but for the step to another protocol', () => {
    const a100 = loadAccelerator('a100-sxm-80gb')
    const near = loadAccelerator('a100-sxm-80gb', {set: {'nvlink.latency': '0.5 us'}})
    const bytes = fc.integer({min: 9, max: 30}).map((power) => 2 ** power)
    fc.assert(
      fc.property(
        fc.constantFrom(...collectives),
        bytes,
        fc.constantFrom(2, 4, 8),
        fc.double({min: 1.2, max: 8, noNaN: true}),
        (pattern, size, ranks, more) => {
          const seconds = (amount: number, machine = a100) =>
            kernelTime(collectiveTime, machine, collective({collective: pattern, bytes: amount, ranks, dtype: 'bf16'})).seconds
          expect(seconds(size, near)).toBeLessThanOrEqual(seconds(size))
          expect(seconds(size * more)).toBeGreaterThanOrEqual(seconds(size) * 0.7)
        },
      ),
    )
  })
})
