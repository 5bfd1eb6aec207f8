import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {attentionBackwardTime} from '../../../src/cost/calibrated/attention-backward-time.js'
import {attentionDecodeTime} from '../../../src/cost/calibrated/attention-decode-time.js'
import {attentionPrefillTime} from '../../../src/cost/calibrated/attention-prefill-time.js'
import type {KernelModel} from '../../../src/cost/calibrated/kernel-model.js'
import {nearestEntry} from '../../../src/cost/calibrated/nearest-entry.js'
import {profileOf} from '../../../src/cost/calibrated/profile.js'
import {type AttentionOptions, attention, attentionKind} from '../../../src/workload/operators/attention.js'
import {kernelTime} from '../../support/kernel-seconds.js'

/** Devices of four fused kernels, each under the parameters of the profile that tells of it, with their main memory's parameter. */
const devices = [
  {name: 'a100-sxm-80gb', bandwidth: 'hbmBandwidth'},
  {name: 'h100-sxm', bandwidth: 'hbmBandwidth'},
  {name: 'l40s', bandwidth: 'memoryBandwidth'},
  {name: 'b200-sxm', bandwidth: 'hbmBandwidth'},
] as const
type Device = (typeof devices)[number]['name']

const accelerators = new Map(devices.map(({name}) => [name as string, loadAccelerator(name)]))

const shapes = fc.record({
  batch: fc.constantFrom(1, 4, 32, 256),
  kvHeads: fc.constantFrom(1, 2, 8),
  group: fc.constantFrom(1, 4, 8),
  headDim: fc.constantFrom(64, 128),
  window: fc.constantFrom(0, 128, 1024),
  tokens: fc.constantFrom(16, 512, 4096),
})
type Shape = Readonly<Record<'batch' | 'kvHeads' | 'group' | 'headDim' | 'window' | 'tokens', number>>

const cases = [
  {name: 'prefill', operatorClass: 'attention_prefill', model: attentionPrefillTime as KernelModel, isDecode: false},
  {name: 'decode', operatorClass: 'attention_decode', model: attentionDecodeTime as KernelModel, isDecode: true},
  {name: 'backward', operatorClass: 'attention_backward', model: attentionBackwardTime as KernelModel, isDecode: false},
] as const

describe.each(cases)('laws of the time of attention $name under the parameters of shipped profiles', ({operatorClass, model, isDecode}) => {
  const fitted = new Map(
    devices.map(({name}) => {
      const {parameters} = nearestEntry(profileOf(accelerators.get(name)!), operatorClass, 'bf16', 'graph', name)!.entry
      return [name as string, Object.fromEntries(Object.keys(model.parameters).map((each, place) => [each, parameters[place]!]))]
    }),
  )
  const nodeOf = ({batch, kvHeads, group, headDim, window, tokens}: Shape) => {
    const sizes = {batch, heads: kvHeads * group, kvHeads, headDim, window, kvTokens: tokens, queryTokens: isDecode ? 1 : tokens}
    const options: AttentionOptions = {...sizes, name: 'attention', dtype: 'bf16', writesKvCache: true}
    return model === (attentionBackwardTime as KernelModel) ? attentionKind.backward(options)[0]! : attention(options)
  }
  const timed = (device: Device, shape: Shape, set?: Record<string, string>, clockRatio = 1) => {
    const accelerator = set === undefined ? accelerators.get(device)! : loadAccelerator(device, {set})
    const clockHertz = accelerator.machine.clocks[0]!.maximumHertz * clockRatio
    const {seconds, facts} = kernelTime(model, accelerator, nodeOf(shape), fitted.get(device)!, {launch: 'graph', clockHertz})
    const factOf = (fact: string) => Number(facts.find(({name}) => name === fact)?.value ?? 0)
    return {microseconds: seconds * 1e6, splitCount: factOf('splits'), combineMicroseconds: factOf('combination of splits')}
  }
  const device = fc.constantFrom(...devices)
  const runs = {numRuns: 40}
  const slack = 1 + 1e-9

  it('more bandwidth or a larger L2 never slows it', () => {
    const law = fc.property(
      device,
      shapes,
      fc.constantFrom(2, 20, 200),
      fc.integer({min: 0, max: 100}),
      (on, shape, mebibytes, percent) => {
        const [small, large] = [1, 1 + percent / 100].map(
          (ratio) => timed(on.name, shape, {[on.bandwidth]: `${500 * ratio} GB/s`, l2: `${mebibytes * ratio} MiB`}).microseconds,
        )
        expect(large).toBeLessThanOrEqual(small! * slack)
      },
    )
    fc.assert(law, runs)
  })

  it('a higher clock never slows it', () => {
    const law = fc.property(device, shapes, fc.double({min: 0.2, max: 1, noNaN: true}), ({name}, shape, clockRatio) => {
      const slow = timed(name, shape, undefined, clockRatio).microseconds
      expect(timed(name, shape).microseconds).toBeLessThanOrEqual(slow * slack)
    })
    fc.assert(law, runs)
  })

  it('twice the sequences never take less, but for the combination of splits that they no longer need', () => {
    const law = fc.property(device, shapes, ({name}, shape) => {
      const now = timed(name, shape)
      const twice = timed(name, {...shape, batch: 2 * shape.batch})
      expect(twice.microseconds * slack).toBeGreaterThanOrEqual(now.microseconds - now.combineMicroseconds)
    })
    fc.assert(law, runs)
  })

  it('twice the tokens are faster only by splits into more shares', () => {
    const law = fc.property(device, shapes, ({name}, shape) => {
      const now = timed(name, shape)
      const twice = timed(name, {...shape, tokens: 2 * shape.tokens})
      if (twice.splitCount <= now.splitCount) expect(twice.microseconds * slack).toBeGreaterThanOrEqual(now.microseconds)
    })
    fc.assert(law, runs)
  })
})
