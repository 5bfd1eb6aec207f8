import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {accountedWork, accountOf} from '../../src/cost/account.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {siteOf} from '../../src/cost/site.js'
import {buildWorkload, loadModel} from '../../src/workload/load-workload.js'

const h100 = loadAccelerator('h100-sxm')
const model = loadModel('llama-3.1-8b')
const site = siteOf({pue: '1.25', carbon: '360 g/kWh'})
const decodeAt = (contextTokens: number, batch: number) => evaluate(h100, buildWorkload(model, {phase: 'decode', contextTokens, batch}))

/** Time and energy of the decode steps of requests, on one device. */
function decodeCost(promptTokens: number, outputTokens: number, batch = 1) {
  const input = {promptTokens, batch}
  const {work, evaluation, passes} = accountedWork(h100, model, input, {site, outputTokens})
  return {
    seconds: work.latencySeconds - evaluation.latencySeconds,
    joules: work.energyJoules - evaluation.energyJoules,
    contextTokens: passes.slice(1).map(({workload}) => workload.settings['contextTokens']),
    stepCount: passes.slice(1).reduce((sum, {passCount}) => sum + passCount, 0),
  }
}

describe('a batch of requests', () => {
  it('is one prefill and a decode step for each token after the first, all of few steps evaluated', () => {
    const {evaluation} = accountedWork(h100, model, {promptTokens: 100, batch: 2}, {site, outputTokens: 4})
    expect(evaluation.latencySeconds).toBe(evaluate(h100, buildWorkload(model, {promptTokens: 100, batch: 2})).latencySeconds)
    const {seconds, joules, stepCount} = decodeCost(100, 4, 2)
    expect(stepCount).toBe(3)
    const steps = [101, 102, 103].map((context) => decodeAt(context, 2))
    const sum = (of: (step: (typeof steps)[number]) => number): number => steps.reduce((total, step) => total + of(step), 0)
    expect(seconds).toBeCloseTo(
      sum(({latencySeconds}) => latencySeconds),
      12,
    )
    expect(joules).toBeCloseTo(
      sum(({energyJoules}) => energyJoules),
      9,
    )
  })

  it('evaluates few of many steps, and stays near the sum of all', () => {
    const {seconds, contextTokens, stepCount} = decodeCost(100, 129)
    expect(contextTokens).toHaveLength(17)
    expect([contextTokens[0], contextTokens.at(-1), stepCount]).toEqual([101, 228, 128])
    const all = Array.from({length: 128}, (_, index) => decodeAt(101 + index, 1).latencySeconds)
    expect(seconds / all.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 2)
  })

  it('writes its only token with the prefill', () => {
    expect(decodeCost(100, 1)).toEqual({seconds: 0, joules: 0, contextTokens: [], stepCount: 0})
  })

  it('refuses to write no token', () => {
    expect(() => accountedWork(h100, model, {}, {site, outputTokens: 0})).toThrow("a request can't write 0 tokens")
  })
})

describe('an account', () => {
  it('of a training step: a token, the step, and a run of steps', () => {
    const {lines} = accountOf(h100, model, {phase: 'train', promptTokens: 512}, {site, runCount: 1000})
    expect(lines.map(({of}) => of)).toEqual(['token', 'step', 'run'])
    const [token, step, run] = lines
    expect(step!.totalJoules).toBeCloseTo(1.25 * step!.deviceJoules, 9)
    expect(token!.totalGrams! * 512).toBeCloseTo(step!.totalGrams!, 12)
    expect(run!.totalJoules).toBeCloseTo(1000 * step!.totalJoules, 6)
    expect(run!.latencySeconds).toBeCloseTo(1000 * step!.latencySeconds, 6)
  })

  it('of requests: a run of them goes by whole batches', () => {
    const {lines} = accountOf(h100, model, {promptTokens: 64, batch: 4}, {site, outputTokens: 8, runCount: 10})
    expect(lines.map(({of}) => of)).toEqual(['output token', 'request', 'batch', 'run'])
    const [token, request, batch, run] = lines
    expect(batch!.totalJoules / request!.totalJoules).toBeCloseTo(4, 9)
    expect(request!.totalJoules / token!.totalJoules).toBeCloseTo(8, 9)
    expect(run!.latencySeconds / batch!.latencySeconds).toBeCloseTo(3, 9)
  })

  it('counts the energy of all devices that share a pass', () => {
    const {deviceCount, lines} = accountOf(h100, model, {tensorParallel: 2}, {site})
    expect(deviceCount).toBe(2)
    expect(lines[1]!.deviceJoules).toBeCloseTo(2 * evaluate(h100, buildWorkload(model, {tensorParallel: 2})).energyJoules, 9)
  })

  it('tells whether the pass that keeps the most fits', () => {
    expect(accountOf(h100, model, {promptTokens: 64}, {site})).toMatchObject({fitsInMemory: true})
    const many = accountOf(h100, model, {promptTokens: 64, batch: 1024}, {site, outputTokens: 1024})
    expect(many.fitsInMemory).toBe(false)
    expect(many.residentBytes).toBeGreaterThan(many.memoryBytes)
  })

  it('refuses requests that begin with a decode step, and a run of nothing', () => {
    expect(() => accountOf(h100, model, {phase: 'decode'}, {site, outputTokens: 8})).toThrow('begin with a prefill, not with decode')
    expect(() => accountOf(h100, model, {}, {site, runCount: 0})).toThrow('a run of 0 is no run')
  })
})
