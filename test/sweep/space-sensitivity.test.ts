import {beforeEach, describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {spaceAround} from '../../src/sweep/pass-space.js'
import {type SpaceSensitivity, spaceSensitivity} from '../../src/sweep/space-sensitivity.js'
import type {DesignSpace, Study} from '../../src/sweep/study.js'
import {loadModel} from '../../src/workload/load-workload.js'
import {onlySpace, studyOf, sweptPoints} from './studies.js'

/** Decode of a small model in the roofline: the time of its weights from memory, and so of the bandwidth alone. */
const text = `title: t
fidelity: roofline
spaces:
  - accelerator: ./machine.yaml
    axes:
      sms: [100, 120, 132]
      hbmBandwidth: {from: 1000 GB/s, to: 3000 GB/s, step: 500 GB/s}
      l2: [16 MiB, 50 MiB]
workloads: [{model: gpt2, phase: decode, contextTokens: 512, dtype: bf16}]
axes:
  batch: [1, 8]
  weightDtype: [bf16, fp8]
objectives: [latency, cost]
`
const objectives = ['latencySeconds', 'dieSquareMillimetres'] as const

describe('spaceSensitivity', () => {
  let study: Study
  let space: DesignSpace
  let answer: SpaceSensitivity
  beforeEach(() => {
    study = studyOf(text)
    space = onlySpace(study)
    answer = spaceSensitivity(space, objectives, {at: {hbmBandwidth: '2 TB/s'}})
  })
  const elasticity = (axis: string, objective: string) =>
    answer.elasticities.find((each) => each.axis === axis && each.objective === objective)
  const swing = (axis: string, objective: string) => answer.swings.find((each) => each.axis === axis && each.objective === objective)

  it('stands at what was asked for, else at the accelerator as described, else at the first value', () => {
    expect(answer.base).toEqual({batch: 1, weightDtype: 'bf16', sms: 132, hbmBandwidth: 2e12, l2: 50 * 2 ** 20})
  })

  it('is an elasticity of −1 where the time is that of one resource, and of 0 where a resource is idle', () => {
    expect(elasticity('hbmBandwidth', 'latencySeconds')?.elasticityRatio).toBeCloseTo(-1, 6)
    expect(elasticity('l2', 'latencySeconds')?.elasticityRatio).toBeCloseTo(0, 6)
    expect(elasticity('hbmBandwidth', 'latencySeconds')).toMatchObject({lowValue: 1.98e12, highValue: 2.02e12})
  })

  it('steps a count by one, and a name not at all', () => {
    expect(elasticity('sms', 'dieSquareMillimetres')).toMatchObject({lowValue: 131, highValue: 133})
    expect(elasticity('batch', 'latencySeconds')).toMatchObject({lowValue: 1, highValue: 2})
    expect(elasticity('weightDtype', 'latencySeconds')).toBeUndefined()
  })

  it('has the results of a sweep at the ends of each axis, all else at the base', async () => {
    const points = await sweptPoints(study)
    const at = (wanted: object) =>
      points.find((point) => Object.entries({...answer.base, ...wanted}).every(([name, value]) => point[name] === value))
    for (const {axis, objective, lowValue, highValue, lowResult, highResult} of answer.swings) {
      expect(lowResult).toBe(at({[axis]: lowValue})?.[objective])
      expect(highResult).toBe(at({[axis]: highValue})?.[objective])
    }
    expect(answer.baseResults.latencySeconds).toBe(at({})?.latencySeconds)
    expect(swing('hbmBandwidth', 'latencySeconds')?.lowResult).toBeCloseTo(2 * answer.baseResults.latencySeconds!, 9)
    expect(swing('weightDtype', 'latencySeconds')).toMatchObject({lowValue: 'bf16', highValue: 'fp8'})
  })

  it('tells an extreme between the ends', () => {
    const {swings: around} = spaceSensitivity(
      onlySpace(
        studyOf(`title: t
spaces: [{accelerator: a100-sxm-80gb}]
workloads: [{model: llama-3.1-8b, phase: prefill}]
axes: {clock: {from: 210 MHz, to: 1410 MHz, count: 60}}
objectives: [energy]
`),
      ),
      ['energyJoules'],
    )
    const [energy] = around
    // Idle power at the low end, voltage at the high one.
    expect(energy!.leastResult).toBeLessThan(0.95 * Math.min(energy!.lowResult, energy!.highResult))
  })

  it('asks for no indices unless told', () => {
    expect(answer.indices).toBeNull()
  })

  it('shares the variance of the area among what takes area, and none to what takes none', () => {
    const {indices: shares, sampling} = spaceSensitivity(space, objectives, {sampleCount: 256, seed: 2})
    const area = new Map(shares!.filter(({objective}) => objective === 'dieSquareMillimetres').map((each) => [each.axis, each]))
    expect(area.get('batch')).toMatchObject({firstOrderRatio: 0, totalRatio: 0})
    expect(area.get('sms')!.totalRatio).toBeGreaterThan(0.1)
    expect(area.get('l2')!.totalRatio).toBeGreaterThan(0.1)
    // A sum: what each takes alone is all that it takes.
    for (const {firstOrderRatio, totalLow, totalHigh, firstOrderLow, firstOrderHigh} of area.values()) {
      expect(firstOrderHigh).toBeGreaterThanOrEqual(totalLow)
      expect(firstOrderLow).toBeLessThanOrEqual(totalHigh)
      expect(firstOrderRatio).toBeLessThan(1.2)
    }
    expect(sampling).toEqual({
      sampleCount: 256,
      seed: 2,
      evaluatedCount: 256 * 7,
      usedCounts: {latencySeconds: 256, dieSquareMillimetres: 256},
    })
  })

  it('is the same for the same seed', () => {
    const once = () => spaceSensitivity(space, objectives, {sampleCount: 64, seed: 5})
    expect(once()).toEqual(once())
  })

  it.each([
    {at: {l2: '2 GB/s'}, code: 'QUANTITY_INVALID'},
    {at: {l2: 'much'}, code: 'QUANTITY_INVALID'},
    {at: {weightDtype: 'bf15'}, code: 'UNKNOWN_NAME'},
    {at: {sms: '131.5'}, code: 'VALUE_OUT_OF_RANGE'},
  ])('refuses a base of $at', ({at, code}) => {
    expect(() => spaceSensitivity(space, objectives, {at})).toThrow(expect.objectContaining({code}))
  })
})

describe('spaceAround', () => {
  const around = spaceAround(loadAccelerator('h100-sxm'), loadModel('gpt2'), {phase: 'decode'}, 0.1, 'roofline')

  it('moves every free parameter by its share, counts to whole ones, and the clock no higher than it goes', () => {
    const axis = (name: string) => around.machineAxes.find((each) => each.name === name)?.values
    expect(axis('sms')).toEqual([118, 132, 146])
    expect(axis('clock')).toEqual([0.9 * 1980e6, 1980e6])
    const [low, base, high] = axis('hbmBandwidth') as number[]
    expect(low! / base!).toBeCloseTo(0.9, 12)
    expect(high! / base!).toBeCloseTo(1.1, 12)
  })

  it('stands at the accelerator as described', () => {
    const {base, phase, fidelity} = spaceSensitivity(around, ['latencySeconds'])
    expect(base).toMatchObject({sms: 132, clock: 1980e6})
    expect({phase, fidelity}).toEqual({phase: 'decode', fidelity: 'roofline'})
  })
})
