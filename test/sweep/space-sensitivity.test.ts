import {beforeEach, describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import type {DesignSpace} from '../../src/sweep/design-space.js'
import {metricObjective} from '../../src/sweep/objective.js'
import {spaceAround} from '../../src/sweep/pass-space.js'
import {type SpaceSensitivity, spaceSensitivity} from '../../src/sweep/space-sensitivity.js'
import type {Study} from '../../src/sweep/study.js'
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
const objectives = (['latencySeconds', 'dieSquareMillimetres'] as const).map((metric) => metricObjective(metric, 'min'))

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

  it('stands where a condition leaves an axis, and not where the accelerator is described', () => {
    const conditional = text.replace('l2: [16 MiB, 50 MiB]', 'l2: {values: [16 MiB, 50 MiB], when: "batch >= 8", otherwise: 24 MiB}')
    const at = (batch: string) => spaceSensitivity(onlySpace(studyOf(conditional)), objectives, {at: {batch}}).base['l2']
    expect([at('1'), at('8')]).toEqual([24 * 2 ** 20, 50 * 2 ** 20])
  })

  it('moves an axis over its own values, not to the one that it has where its condition does not hold', () => {
    const conditional = text.replace('l2: [16 MiB, 50 MiB]', 'l2: {values: [16 MiB, 50 MiB], when: "batch >= 8", otherwise: 90 MiB}')
    const {swings} = spaceSensitivity(onlySpace(studyOf(conditional)), objectives, {at: {batch: '8'}})
    expect(swings.find(({axis}) => axis === 'l2')).toMatchObject({lowValue: 16 * 2 ** 20, highValue: 50 * 2 ** 20})
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
    expect(answer.baseResults['latencySeconds']).toBe(at({})?.['latencySeconds'])
    expect(swing('hbmBandwidth', 'latencySeconds')?.lowResult).toBeCloseTo(2 * answer.baseResults['latencySeconds']!, 9)
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
      [metricObjective('energyJoules', 'min')],
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

describe('spaceSensitivity of axes that follow others', () => {
  const answerOf = (axes: string, at: Record<string, string> = {}, sampleCount?: number) => {
    const study = studyOf(`title: t
fidelity: roofline
spaces:
  - accelerator: ./machine.yaml
    axes: {${axes}}
workloads: [{model: gpt2, phase: decode, contextTokens: 512}]
objectives: [{expression: energyJoules * latencySeconds, name: edp}, latency]
`)
    return spaceSensitivity(onlySpace(study), study.objectives, {at, sampleCount})
  }
  const one = <Each extends {axis: string; objective: string}>(all: readonly Each[], axis: string, objective: string) =>
    all.find((each) => each.axis === axis && each.objective === objective)

  it('says what more of an axis does where less of it is worse too', () => {
    const study = studyOf(`title: t
fidelity: roofline
spaces: [{accelerator: ./machine.yaml, axes: {sms: [66, 100, 132]}}]
workloads: [{model: gpt2, phase: decode, contextTokens: 512}]
objectives: [{expression: "max(sms / 100, 100 / sms)", name: misfit}]
`)
    const {elasticities} = spaceSensitivity(onlySpace(study), study.objectives, {at: {sms: '100'}})
    expect(elasticities).toMatchObject([{axis: 'sms', objective: 'misfit', lowValue: 100, highValue: 101}])
    expect(elasticities[0]!.elasticityRatio).toBeCloseTo(1, 9)
  })

  it('moves an axis over all that its distribution reaches, and names objectives of the study', () => {
    const {base, elasticities, swings, indices} = answerOf('hbmBandwidth: {from: 1 TB/s, to: 3 TB/s}', {hbmBandwidth: '2 TB/s'}, 64)
    expect(base).toEqual({hbmBandwidth: 2e12})
    expect(one(elasticities, 'hbmBandwidth', 'latencySeconds')!.elasticityRatio).toBeCloseTo(-1, 6)
    const {lowValue, highValue, lowResult, highResult} = one(swings, 'hbmBandwidth', 'latencySeconds')!
    expect([lowValue, highValue].map(Number)).toEqual([1e12, expect.closeTo(3e12, -4)])
    expect(lowResult / highResult).toBeCloseTo(3, 5)
    expect(one(swings, 'hbmBandwidth', 'edp')!.lowResult).toBeGreaterThan(one(swings, 'hbmBandwidth', 'edp')!.highResult)
    expect(indices!.map(({axis}) => axis)).toEqual(['hbmBandwidth', 'hbmBandwidth'])
  })

  it('moves what is linked with an axis, level by level, and by no percent between them', () => {
    const {base, swings, elasticities} = answerOf('sms: [66, 132], hbmBandwidth: {with: sms, values: [1 TB/s, 2 TB/s]}', {sms: '66'})
    expect(base).toEqual({sms: 66, hbmBandwidth: 1e12})
    // Twice the bandwidth with twice the cores.
    const {lowResult, highResult} = one(swings, 'sms', 'latencySeconds')!
    expect(lowResult / highResult).toBeCloseTo(2, 5)
    expect(one(elasticities, 'sms', 'latencySeconds')).toMatchObject({lowValue: 66, highValue: 132, elasticityRatio: expect.closeTo(-1, 5)})
  })

  it('moves what is derived from an axis, by one percent too', () => {
    const {base, elasticities} = answerOf('sms: [66, 132], hbmBandwidth: {is: sms * 20 GB/s}', {sms: '66'})
    expect(base).toEqual({sms: 66, hbmBandwidth: 1.32e12})
    // One core more is 20 GB/s more.
    expect(one(elasticities, 'sms', 'latencySeconds')).toMatchObject({lowValue: 65, highValue: 67, elasticityRatio: expect.closeTo(-1, 5)})
  })

  it('leaves an axis where its condition puts it', () => {
    const axes = 'sms: [66, 132], hbmBandwidth: {values: [1 TB/s, 2 TB/s], when: sms > 100, otherwise: 1 TB/s}'
    const held = answerOf(axes, {sms: '66', hbmBandwidth: '1 TB/s'})
    const {leastResult, mostResult} = one(held.swings, 'hbmBandwidth', 'latencySeconds')!
    expect(leastResult).toBe(mostResult)
    const free = one(answerOf(axes, {sms: '132', hbmBandwidth: '1 TB/s'}).swings, 'hbmBandwidth', 'latencySeconds')!
    expect(free.lowResult / free.highResult).toBeCloseTo(2, 5)
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
    const {base, phase, fidelity} = spaceSensitivity(around, [metricObjective('latencySeconds', 'min')])
    expect(base).toMatchObject({sms: 132, clock: 1980e6})
    expect({phase, fidelity}).toEqual({phase: 'decode', fidelity: 'roofline'})
  })
})
