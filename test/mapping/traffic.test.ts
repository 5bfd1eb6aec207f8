import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {designBatch} from '../../src/accelerator/accelerator.js'
import {insideBytes, levelDemands, paddedOperations, tileReadBytes} from '../../src/mapping/traffic.js'
import type {Contraction} from '../../src/workload/operator.js'
import {node, productNode, tinyMachine} from '../support/tiny-machine.js'

const product = (m: number, n: number, k: number): Contraction => productNode(m, n, k).demand.contractions[0]!
const size = fc.integer({min: 1, max: 3000})
const edge = fc.constantFrom(1, 8, 16, 64, 128)

describe('paddedOperations', () => {
  it.each([
    [16, 16, 16, 2 * 16 ** 3],
    [17, 16, 16, 2 * 32 * 16 * 16],
    [16, 16, 17, 2 * 16 * 16 * 32],
    [1, 1, 1, 2 * 16 ** 3],
  ])('a product of %d × %d × %d on 16 × 16 × 16 tiles', (m, n, k, operations) => {
    expect(paddedOperations(product(m, n, k), 16, 16, 16)).toBe(operations)
  })

  it('is never less than what is useful, never more than one tile of padding a side, and the same turned round', () => {
    fc.assert(
      fc.property(size, size, size, edge, edge, edge, (m, n, k, tm, tn, tk) => {
        const executed = paddedOperations(product(m, n, k), tm, tn, tk)
        expect(executed).toBeGreaterThanOrEqual(2 * m * n * k * (1 - 1e-12))
        expect(executed).toBeLessThanOrEqual(2 * (m + tm) * (n + tn) * (k + tk))
        expect(paddedOperations(product(n, m, k), tm, tn, tk)).toBeCloseTo(executed, 3)
      }),
    )
  })

  it('keeps the useful share: a causal product executes half', () => {
    const causal = {...product(64, 64, 64), operationCount: 64 ** 3}
    expect(paddedOperations(causal, 16, 16, 16)).toBe(64 ** 3)
  })
})

describe('tileReadBytes', () => {
  it('fetches each operand once per tile of the other', () => {
    // 64 × 64 × 64 on 16 × 32 tiles: A four times over n / 32 = 2, B over m / 16 = 4, in bf16.
    expect(tileReadBytes(product(64, 64, 64), 16, 32)).toBe(2 * (64 * 64 * 2 + 64 * 64 * 4))
  })
})

describe('levelDemands', () => {
  const {machine} = tinyMachine()

  it('asks of every level the bytes that are touched, and of products the I/O bound', () => {
    const [, dram] = levelDemands(productNode(4, 8, 16).demand, false, machine)
    expect(dram).toMatchObject({readBytes: 2 * (4 * 16 + 16 * 8), writeBytes: 2 * 4 * 8, readBytesPerByte: 0})
    // 2mnk / √(S / 2) words of 2 bytes = 2mnk · 2^1.5 / √S bytes.
    expect(dram!.readBytesPerRootByte).toBeCloseTo(2 * 4 * 8 * 16 * 2 ** 1.5, 9)
  })

  it('streams keys and values of fused attention once per block of queries', () => {
    const [, dram] = levelDemands(productNode(1024, 4096, 64).demand, true, machine)
    // Blocks of S / (2 · 64) queries, each reading 4096 keys of 64 elements in 2 bytes.
    const storageBytes = 2 ** 17
    const blocks = 1024 / (storageBytes / (2 * 64))
    expect(dram!.readBytesPerByte / storageBytes).toBeCloseTo(blocks * 4096 * 64 * 2, 6)
    expect(dram!.readBytesPerRootByte).toBe(0)
  })

  it('asks nothing of reads where there are none', () => {
    expect(levelDemands(node({}).demand, false, machine)[1]).toEqual({
      readBytes: 0,
      writeBytes: 0,
      readBytesPerRootByte: 0,
      readBytesPerByte: 0,
    })
  })
})

describe('insideBytes', () => {
  it('sums the storage under one instance of the next level', () => {
    const accelerator = tinyMachine({'buffer.instances': '4'})
    const {machine} = designBatch(accelerator, [], 1)
    const out = new Float64Array(1)
    insideBytes(machine, 1, out, 1)
    // Four buffers of 1 MiB, seen one at a time.
    expect(out[0]).toBe(2 ** 20)
    insideBytes(machine, 0, out, 1)
    expect(out[0]).toBe(0)
  })
})
