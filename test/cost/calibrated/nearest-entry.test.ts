import {describe, expect, it} from 'vitest'
import {expectedErrors, nearestEntry, nearestHostEntry, sizesBeyond} from '../../../src/cost/calibrated/nearest-entry.js'
import type {ProfileEntry} from '../../../src/cost/calibrated/profile.js'
import {node} from '../../support/tiny-machine.js'

const errors = {mape: 0.05, median: 0.04, p90: 0.1, bias: 0}

function entry(over: Partial<ProfileEntry>): ProfileEntry {
  const measured = {rowCount: 100, launch: 'graph', roofline: errors, fitted: errors, heldOut: errors, transfer: [], range: {}} as const
  return {device: 'own', class: 'gemm', dtype: 'bf16', parameters: new Float64Array(), ...measured, ...over}
}

describe('nearestEntry', () => {
  it('is exact only for the very class and format', () => {
    const entries = [entry({dtype: 'fp16'}), entry({})]
    expect(nearestEntry(entries, 'gemm', 'bf16', 'graph', 'own')).toEqual({entry: entries[1], isExact: true})
    expect(nearestEntry(entries.slice(0, 1), 'gemm', 'bf16', 'graph', 'own')).toEqual({entry: entries[0], isExact: false})
  })

  it('prefers a format of equal width on the nearest device to the very format further away', () => {
    const entries = [entry({}), entry({device: 'other', dtype: 'fp16'})]
    expect(nearestEntry(entries, 'gemm', 'fp16', 'graph', 'own')).toEqual({entry: entries[0], isExact: false})
  })

  it('prefers a format of equal width elsewhere to another width at home', () => {
    const entries = [entry({dtype: 'fp32'}), entry({device: 'other'})]
    expect(nearestEntry(entries, 'gemm', 'fp16', 'graph', 'own')!.entry.device).toBe('other')
    expect(nearestEntry(entries.slice(0, 1), 'gemm', 'fp16', 'graph', 'own')!.entry.dtype).toBe('fp32')
  })

  it('prefers the device’s own kernels of another width where they stream', () => {
    const streams = (own: string) => {
      const entries = [entry({class: 'layernorm', dtype: 'fp32'}), entry({class: 'layernorm', device: 'other', dtype: 'fp16'})]
      return nearestEntry(entries, 'layernorm', 'bf16', 'queued', own)!.entry.dtype
    }
    expect([streams('own'), streams('third')]).toEqual(['fp32', 'fp16'])
  })

  it('takes for what a host queues the kernels of a framework, not those of an engine that ran ahead of its host', () => {
    const entries = [
      entry({class: 'layernorm', dtype: 'fp16', launch: 'alone', hidesHost: true}),
      entry({class: 'layernorm', device: 'other', dtype: 'fp32', launch: 'alone'}),
    ]
    expect(nearestEntry(entries, 'layernorm', 'fp16', 'queued', 'own')!.entry.device).toBe('other')
    expect(nearestEntry(entries, 'layernorm', 'fp16', 'graph', 'own')!.entry.device).toBe('own')
    expect(nearestEntry(entries.slice(0, 1), 'layernorm', 'fp16', 'queued', 'own')!.entry.device).toBe('own')
  })

  it('prefers kernels that were issued alike', () => {
    const entries = [entry({launch: 'alone'}), entry({})]
    expect(nearestEntry(entries, 'gemm', 'bf16', 'graph', 'own')!.entry.launch).toBe('graph')
    expect(nearestEntry(entries, 'gemm', 'bf16', 'queued', 'own')!.entry.launch).toBe('graph')
    expect(nearestEntry(entries, 'gemm', 'bf16', 'alone', 'own')!.entry.launch).toBe('alone')
    expect(nearestEntry(entries.slice(0, 1), 'gemm', 'bf16', 'graph', 'own')!.entry.launch).toBe('alone')
  })

  it('borrows from a class that is built alike, but none from one that is not', () => {
    const entries = [entry({})]
    expect(nearestEntry(entries, 'moe', 'bf16', 'graph', 'own')).toEqual({entry: entries[0], isExact: false})
    expect(nearestEntry(entries, 'attention_decode', 'bf16', 'graph', 'own')).toBeUndefined()
    expect(nearestEntry([], 'gemm', 'bf16', 'graph', 'own')).toBeUndefined()
  })
})

describe('nearestHostEntry', () => {
  const alone = {launch: 'alone'} as const

  it('asks no kernels that hide their host', () => {
    const entries = [entry({...alone, hidesHost: true}), entry({device: 'other', ...alone})]
    expect(nearestHostEntry(entries, 'gemm', 'bf16')).toBe(entries[1])
    expect(nearestHostEntry(entries.slice(0, 1), 'gemm', 'bf16')).toBeUndefined()
  })

  it('prefers another format at home to the very format elsewhere, since a host does not feel the format', () => {
    const entries = [entry({dtype: 'fp32', ...alone}), entry({device: 'other', ...alone})]
    expect(nearestHostEntry(entries, 'gemm', 'bf16')).toBe(entries[0])
  })

  it('takes the very format on one device, and only kernels that a host issued one by one', () => {
    const entries = [entry({}), entry({dtype: 'fp32', ...alone}), entry({dtype: 'fp16', ...alone})]
    expect(nearestHostEntry(entries, 'gemm', 'fp16')).toBe(entries[2])
    expect(nearestHostEntry(entries.slice(0, 1), 'gemm', 'bf16')).toBeUndefined()
  })

  it('borrows from a class that is built alike', () => {
    const entries = [entry({class: 'layernorm', ...alone})]
    expect(nearestHostEntry(entries, 'softmax', 'bf16')).toBe(entries[0])
    expect(nearestHostEntry(entries, 'gemm', 'bf16')).toBeUndefined()
  })
})

describe('sizesBeyond', () => {
  const measured = entry({range: {m: [16, 1024], k: [64, 64]}})

  it('names the sizes that lie outside of what was measured, and by which bound', () => {
    const beyond = node({}, {shape: {m: 2048, k: 32, n: 9, function: 'gelu'}})
    expect(sizesBeyond(beyond, measured)).toEqual(['m 2048 above 1024', 'k 32 below 64'])
  })

  it('is empty at the bounds themselves', () => {
    expect(sizesBeyond(node({}, {shape: {m: 1024, k: 64}}), measured)).toEqual([])
  })
})

describe('the error to expect', () => {
  const transferred = entry({
    transfer: [
      {device: 'a', rows: 9, mape: 0.02},
      {device: 'b', rows: 9, mape: 0.13},
    ],
  })

  it('is that of unseen rows at home, and the more that of its parameters elsewhere the further they come from', () => {
    expect(expectedErrors(transferred, 'own')).toEqual({expectedMape: 0.05, worstMape: 0.05})
    expect(expectedErrors(transferred, 'generation')).toEqual({expectedMape: 0.05, worstMape: 0.13})
    expect(expectedErrors(transferred, 'other')).toEqual({expectedMape: 0.13, worstMape: 0.13})
    expect(expectedErrors(entry({}), 'other')).toEqual({expectedMape: 0.05, worstMape: 0.05})
  })
})
