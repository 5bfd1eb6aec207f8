import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {type EvaluateOptions, evaluate} from '../../src/cost/evaluate.js'
import {loadWorkload} from '../../src/workload/load-workload.js'

const a100 = loadAccelerator('a100-pcie-40gb')
const eager = (batch: number) => loadWorkload('bert-large', {batch, promptTokens: 128, dtype: 'fp32', fused: false, launch: 'queued'})
const kernelCount = eager(8).operators.reduce((sum, {count}) => sum + count, 0)

/** Time of a pass beyond that of its kernels. */
function beyondKernels(batch: number, options: EvaluateOptions): number {
  const {latencySeconds, operators} = evaluate(a100, eager(batch), options)
  return latencySeconds - operators.reduce((sum, operator) => sum + operator.latencySeconds, 0)
}

describe('kernels out of a host’s queue', () => {
  it('take 5000 cycles each to begin where the device is the slower, beside the first one’s time on the host', () => {
    const [slow, fast] = [beyondKernels(8, {clockHertz: 600e6}), beyondKernels(8, {clockHertz: 900e6})]
    expect(slow - fast).toBeCloseTo(5000 * kernelCount * (1 / 600e6 - 1 / 900e6), 9)
    expect(slow - (5000 * kernelCount) / 600e6).toBeLessThan(50e-6)
  })

  it('end with the host where that is the slower, at any clock', () => {
    const at = (clockHertz: number) => evaluate(a100, loadWorkload('bert-large', {promptTokens: 8, fused: false}), {clockHertz})
    expect([at(900e6).boundBy, at(1200e6).boundBy]).toEqual(['host', 'host'])
    expect(at(1200e6).hostSeconds).toBe(at(900e6).hostSeconds)
    expect(at(1200e6).latencySeconds).toBeCloseTo(at(900e6).latencySeconds, 5)
  })

  it('cost their host a launch alone where another operator issues them', () => {
    const {operators} = eager(8)
    const hostOf = (name: string, isNested: boolean) => {
      const {isNested: _, ...rest} = operators.find((operator) => operator.name === name)!
      const alone = {...eager(8), operators: [{...rest, ...(isNested && {isNested: true as const})}]}
      return evaluate(a100, alone).hostSeconds
    }
    expect(hostOf('query_layout', true) / hostOf('query_layout', false)).toBeCloseTo(0.3, 12)
  })

  it('wait for the host of their own device: one twice as fast halves the time of a host that was measured elsewhere', () => {
    const hostSeconds = (set: Record<string, string>) => evaluate(loadAccelerator('h100-sxm', {set}), eager(8)).hostSeconds
    expect(hostSeconds({'host.launch': '1'})).toBeCloseTo(evaluate(a100, eager(8)).hostSeconds, 12)
    expect(hostSeconds({'host.launch': '0.25'}) / hostSeconds({})).toBeCloseTo(0.5, 12)
  })

  it('begin at once under the ideal bound', () => {
    expect(beyondKernels(8, {clockHertz: 600e6, fidelity: 'roofline'})).toBeCloseTo(0, 12)
  })
})
