import {existsSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {attentionPrefillTime} from '../../../src/cost/calibrated/attention-prefill-time.js'
import {profileOf} from '../../../src/cost/calibrated/profile.js'
import {metricColumns} from '../../../src/cost/metrics.js'
import {columnsAt, operatingPoint} from '../../../src/cost/operating-point.js'
import {readTrace} from '../../../src/trace/read-trace.js'
import {buildPredictor} from '../../../src/validate/predictor.js'
import {attention} from '../../../src/workload/operators/attention.js'
import {fusedAttentionTime} from '../../support/fused-attention-time.js'
import {idealOf, kernelTime} from '../../support/kernel-seconds.js'

/** The public measurements lie beside the repository, or where the environment says; without them these tests are skipped. */
const folder = process.env['RIDGEPOINT_TRACES'] ?? path.resolve(import.meta.dirname, '../../../../shared/traces')

const sustained = (device: string): Record<string, number> => {
  const {parameters} = profileOf(loadAccelerator(device)).find((entry) => entry.class === 'attention_prefill' && entry.dtype === 'bf16')!
  return Object.fromEntries(Object.keys(attentionPrefillTime.parameters).map((name, index) => [name, parameters[index]!]))
}

describe('fused attention from its mapping', () => {
  it('takes its products’ time on the cores where nothing is lost: 8 groups of 32 blocks on each', () => {
    const node = attention({batch: 1, heads: 33, headDim: 128, queryTokens: 4096, kvTokens: 4096, causal: false, dtype: 'bf16'})
    const {seconds, boundBy} = kernelTime(fusedAttentionTime, loadAccelerator('h100-sxm'), node, idealOf(fusedAttentionTime), {
      clockHertz: 1e9,
    })
    // 33 · 32 groups on 132 cores; two products of 128³ multiply-adds at 2048 a cycle, at 1 GHz; exponentials, 16 a cycle, take half of that.
    const products = (8 * 32 * 2 * 128 ** 3) / 2048 / 1e9
    expect(seconds).toBeGreaterThan(products)
    expect(seconds).toBeLessThan(products * 1.06)
    expect(boundBy).toBe('tensor')
  })

  it('adds what exponentials are not hidden, at the share that the parameters say', () => {
    const node = attention({batch: 1, heads: 33, headDim: 128, queryTokens: 4096, kvTokens: 4096, causal: false, dtype: 'bf16'})
    const h100 = loadAccelerator('h100-sxm')
    const at = (exponential: number): number =>
      kernelTime(fusedAttentionTime, h100, node, {...idealOf(fusedAttentionTime), exponential}, {clockHertz: 1e9}).seconds
    expect(at(0.5) - at(0)).toBeCloseTo((0.5 * 8 * 32 * 128 * 128) / 16 / 1e9, 12)
  })
})

/** Every so-many-th row, so that one run takes seconds. */
const rowStride = 15

/**
 * Mean errors over measured rows. The bar of each device is what calibrated prefill reaches on all rows, plus what a mapping alone does not
 * know: on an A100 several thread blocks share a core unevenly, which the calibrated model smooths by an exponent of its own.
 */
describe.skipIf(!existsSync(folder))('against measured prefill attention', () => {
  it.each([
    {device: 'h100-sxm', allowedRatio: 0.075, longRatio: 0.055},
    {device: 'a100-sxm-80gb', allowedRatio: 0.06, longRatio: 0.03},
  ])(
    'the time on $device is within $allowedRatio of all rows on average, and $longRatio beyond a millisecond',
    async ({device, allowedRatio, longRatio}) => {
      const accelerator = loadAccelerator(device)
      const predict = buildPredictor({fidelity: 'calibrated'})
      const rates = sustained(device)
      const columns = metricColumns(1)
      const errors: {seconds: number; ratio: number}[] = []
      let index = 0
      for await (const row of readTrace(path.join(folder, `attention-prefill-${device}.csv`))) {
        if (index++ % rowStride !== 0) continue
        const prediction = predict(row)
        if (prediction.kind === 'skipped') throw new Error(prediction.reason)
        prediction.program.evaluate(columnsAt(operatingPoint(accelerator, {})), columns, 1)
        const clockHertz = columns.clockHertz[0]!
        const {seconds} = kernelTime(fusedAttentionTime, accelerator, prediction.workload.operators[0]!, rates, {clockHertz})
        errors.push({seconds: row.latencySeconds, ratio: Math.abs(seconds / row.latencySeconds - 1)})
      }
      const mean = (some: readonly {ratio: number}[]): number => some.reduce((sum, {ratio}) => sum + ratio, 0) / some.length
      expect(errors.length).toBe(1500 / rowStride)
      expect(mean(errors)).toBeLessThan(allowedRatio)
      expect(mean(errors.filter(({seconds}) => seconds > 1e-3))).toBeLessThan(longRatio)
    },
  )
})
