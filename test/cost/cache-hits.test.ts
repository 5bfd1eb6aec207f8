import {describe, expect, it} from 'vitest'
import {designBatch} from '../../src/accelerator/accelerator.js'
import {compileCacheHits} from '../../src/cost/cache-hits.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {node, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

const mebibyte = 2 ** 20
/** The tiny machine with a cache of 1 MiB in place of its buffer. */
const cached = tinyText.replace('kind: scratchpad', 'kind: cache')
/** 10 pJ a byte of its main memory. */
const joulesPerByte = 1e-11

function missRatio(bytes: number, text = cached): number {
  const {machine} = designBatch(tinyMachine({}, text), [], 1)
  const hits = compileCacheHits(machine, 1)
  const hit = hits.of(bytes)
  hits.prepare(1)
  return 1 - hit.values[0]!
}

describe('activations between the kernels of a pass', () => {
  it.each([
    [0, 0],
    [mebibyte / 4, 1 / 257],
    [mebibyte, 1 / 2],
    [4 * mebibyte, 256 / 257],
  ])('of %d bytes pass a cache of 1 MiB by to a share of %d', (bytes, expected) => {
    expect(missRatio(bytes)).toBeCloseTo(expected, 12)
  })

  it('all reach main memory where the level before it is no cache', () => {
    expect(missRatio(1, tinyText)).toBe(1)
  })

  it('take that share of the energy of main memory; weights take theirs in full', () => {
    const reads = [{tensor: 'activations', bytes: 3 * mebibyte} as const, {tensor: 'weights', bytes: mebibyte} as const]
    const writes = [{tensor: 'activations', bytes: mebibyte} as const]
    const {energyBySource, dramBytes} = evaluate(tinyMachine({}, cached), workloadOf(node({reads, writes})))
    const missed = 256 / 257
    expect(energyBySource['dram']).toBeCloseTo(joulesPerByte * mebibyte * (1 + 4 * missed), 15)
    // What the kernel asks of the level is told in full.
    expect(dramBytes).toBe(5 * mebibyte)
  })

  it('cost no less the larger they are', () => {
    let before = 0
    for (let bytes = 1024; bytes < 1e9; bytes *= 1.7) {
      const joules = bytes * missRatio(bytes)
      expect(joules).toBeGreaterThan(before)
      before = joules
    }
  })
})
