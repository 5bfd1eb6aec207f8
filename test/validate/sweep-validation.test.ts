import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import type {ScoredPass} from '../../src/validate/pass-errors.js'
import {buildPredictor} from '../../src/validate/predictor.js'
import type {MethodMeans} from '../../src/validate/sweep-means.js'
import type {SweepMethod} from '../../src/validate/sweep-methods.js'
import {scorePasses} from '../../src/validate/sweep-validation.js'
import type {MeteredPass, PassBound} from '../../src/validate/sweeps.js'
import {elevenClocks, type madePass, madeSweep} from './made-pass.js'

const predict = buildPredictor({})

/** Rows whose measurement is what the model predicts, times these factors. */
function measuredAs(seconds: number, joules: number, given: Parameters<typeof madePass>[0]): ScoredPass[] {
  return madeSweep(elevenClocks, () => ({batch: 32, ...given})).map((row) => scored(row, seconds, joules))
}

function scored(row: MeteredPass, seconds = 1, joules = 1): ScoredPass {
  const prediction = predict(row)
  if (prediction.kind === 'skipped') return {row, prediction}
  const latencySeconds = prediction.latencySeconds * seconds
  const energyJoules = prediction.energyJoules * joules
  return {row: {...row, latencySeconds, energyJoules, powerWatts: energyJoules / latencySeconds}, prediction}
}

const meansOf = (all: readonly MethodMeans[], method: SweepMethod, bound: PassBound | null): MethodMeans =>
  all.find((each) => each.method === method && each.bound === bound)!

describe('the validation of passes over the core clock', () => {
  it('finds no error where measurements are what the model predicts', () => {
    const {passes, methods, sweeps} = scorePasses(measuredAs(1, 1, {}))!
    for (const {errors, rowCount, predictedCount} of passes) {
      expect([rowCount, predictedCount]).toEqual([11, 11])
      for (const error of Object.values(errors!)) expect(error).toBeCloseTo(0, 12)
    }
    const kernels = meansOf(methods, 'kernels', 'gpu')
    expect(kernels).toMatchObject({sweepCount: 1, shapeErrorRatio: 0, onsetErrorHertz: sweeps[0]!.methods[0]!.onsetErrorHertz})
    expect(kernels.regrets.every(({regretRatio, brokenCount}) => regretRatio === 0 && brokenCount === 0)).toBe(true)
  })

  it('has mean absolute errors of time, energy and power over all rows, and over those of each bound and format', () => {
    // Time 25 % longer than predicted, energy the same, so that power is a fifth lower.
    const passes = [...measuredAs(1.25, 1, {}), ...measuredAs(1, 1, {dtype: 'fp32'})]
    const errors = scorePasses(passes)!.passes
    expect(errors.map(({op, bound, dtype, rowCount}) => [op, bound, dtype, rowCount])).toEqual([
      ['forward_prefill', null, null, 22],
      ['forward_prefill', 'gpu', null, 22],
      ['forward_prefill', null, 'bf16', 11],
      ['forward_prefill', null, 'fp32', 11],
    ])
    expect(errors[2]!.errors!.latencyRatio).toBeCloseTo(0.2, 12)
    expect(errors[2]!.errors!.energyRatio).toBeCloseTo(0, 12)
    expect(errors[2]!.errors!.powerRatio).toBeCloseTo(0.25, 12)
    expect(errors[0]!.errors!.latencyRatio).toBeCloseTo(0.1, 12)
  })

  it('counts rows without a prediction, and tells why their sweep has none', () => {
    const passes = measuredAs(1, 1, {}).map((each, index) =>
      index === 4 ? {...each, prediction: {kind: 'skipped', reason: 'no graph'} as const} : each,
    )
    const {passes: errors, sweeps, methods} = scorePasses(passes)!
    expect(errors[0]).toMatchObject({rowCount: 11, predictedCount: 10})
    expect(sweeps[0]!.skipped.map(({method, reason}) => `${method}: ${reason}`)).toContain('kernels: no graph')
    expect(methods).toEqual([])
  })

  it('takes the last clock on the voltage floor out of the curve of the accelerator, not out of the code', () => {
    const chosen = (passes: readonly ScoredPass[]) =>
      scorePasses(passes)!
        .sweeps[0]!.methods.find(({method}) => method === 'voltage-floor')!
        .choices.map(({chosenHertz}) => chosenHertz / 1e6)
    const passes = measuredAs(1, 1, {})
    expect(chosen(passes)).toEqual([960, 960, 960, 960, 960])
    const accelerator = loadAccelerator('a100-sxm-80gb')
    const core = accelerator.machine.clocks[0]!
    const knee = {kind: 'parametric', scaleRatio: 1, floorVolts: 0.7, kneeHertz: 800e6, slopeVoltsPerHertz: 4e-10} as const
    const machine = {...accelerator.machine, clocks: [{...core, voltage: knee}, ...accelerator.machine.clocks.slice(1)]}
    const other = passes.map(({row, prediction}) =>
      prediction.kind === 'predicted' ? {row, prediction: {...prediction, accelerator: {...accelerator, machine}}} : {row, prediction},
    )
    expect(chosen(other)).toEqual([780, 780, 780, 780, 780])
  })

  it('predicts from the lowest clock and the one nearest to 1 GHz all others, and says it of those alone', () => {
    const {sweeps} = scorePasses(measuredAs(1, 1, {dtype: 'fp32'}))!
    const fromTwo = sweeps[0]!.methods.find(({method}) => method === 'two-clocks')!
    expect(fromTwo.fromHertz.map((hertz) => hertz / 1e6)).toEqual([510, 960])
    expect(fromTwo.predicted).toHaveLength(11)
    for (const given of [0, 5]) {
      expect(fromTwo.predicted[given]!.latencySeconds).toBeCloseTo(sweeps[0]!.measured[given]!.latencySeconds, 9)
      expect(fromTwo.predicted[given]!.energyJoules).toBeCloseTo(sweeps[0]!.measured[given]!.energyJoules, 6)
    }
    // The model's own passes are nearly of the form that is fitted.
    expect(fromTwo.errors!.latencyRatio).toBeLessThan(0.02)
  })

  it('says why two clocks tell nothing, and keeps the other methods', () => {
    const belowIdle = measuredAs(1, 0.01, {})
    const {sweeps} = scorePasses(belowIdle)!
    expect(sweeps[0]!.skipped).toEqual([{method: 'two-clocks', reason: expect.stringContaining('is not above what')}])
    expect(sweeps[0]!.methods.map(({method}) => method)).toEqual(['kernels', 'voltage-floor', 'highest-clock'])
  })

  it('is absent without a sweep', () => {
    expect(scorePasses(measuredAs(1, 1, {}).slice(1))).toBeNull()
    expect(scorePasses([])).toBeNull()
  })
})
