import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {passPace, rowPace} from '../../src/extrapolate/pass-pace.js'
import {readTrace} from '../../src/trace/read-trace.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {rowsOf, temporaryTraces} from '../trace/temporary-trace.js'

const a100 = loadAccelerator('a100-pcie-40gb')
const eager = loadWorkload('bert-large', {batch: 8, promptTokens: 128, dtype: 'bf16', fused: false, launch: 'queued'})
const write = temporaryTraces()

async function paceOf(text: string) {
  const [row] = await rowsOf(readTrace(write('row.csv', `device,op,model,dtype,batch,seq_q,latency_us\na100-pcie-40gb,${text},1000\n`)))
  return rowPace(row!, a100)
}

describe('the pace of a pass', () => {
  it('is that of its evaluation: the later of device and host, at every clock', () => {
    const {deviceSecondsAt, hostSeconds} = passPace(a100, eager)!
    for (const clockHertz of [510e6, 705e6, 1410e6]) {
      const {latencySeconds, boundBy} = evaluate(a100, eager, {clockHertz})
      expect(Math.max(deviceSecondsAt(clockHertz), hostSeconds) / latencySeconds).toBeCloseTo(1, 3)
      expect(deviceSecondsAt(clockHertz) < hostSeconds).toBe(boundBy === 'host')
    }
  })

  it('lies between those of two clock states in between', () => {
    const {deviceSecondsAt} = passPace(a100, eager)!
    expect(deviceSecondsAt(607e6)).toBeLessThan(deviceSecondsAt(600e6))
    expect(deviceSecondsAt(607e6)).toBeGreaterThan(deviceSecondsAt(615e6))
  })

  it('is not known of passes that a graph on the device issues, nor under a bound without hosts', () => {
    expect(passPace(a100, {...eager, settings: {...eager.settings, launch: 'graph'}})).toBeUndefined()
    expect(passPace(a100, eager, 'roofline')).toBeUndefined()
  })

  it('of a row is that of its model’s graph', async () => {
    const known = await paceOf('forward_prefill,bert-large,bf16,8,128')
    expect(known.kind === 'known' && known.pace.hostSeconds).toBeCloseTo(passPace(a100, eager)!.hostSeconds, 4)
  })

  it.each([
    ['a model that is not known', 'train_step,toy,bf16,8,128', '"toy" is not a shipped model'],
    ['a model without a graph', 'train_step,resnet50,fp16,8,128', 'no graph for convolutional model resnet50'],
    ['a row without its tokens', 'train_step,gpt2,bf16,8,', 'train_step row without seq_q'],
  ])('of %s is not known, and says why', async (_, text, reason) => {
    expect(await paceOf(text)).toEqual({kind: 'unknown', reason: expect.stringContaining(reason)})
  })
})
