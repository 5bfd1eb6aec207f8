import {describe, expect, it} from 'vitest'
import {fitThreeConstants, foldsByShape, meanError, predictedSeconds, type Sample} from '../../src/validate/fit.js'

const truth = {computeEfficiencyRatio: 0.62, memoryEfficiencyRatio: 0.81, overheadSeconds: 4e-6}

/** Kernels of two kinds over four decades, measured without noise. */
const samples: Sample[] = Array.from({length: 80}, (_, index) => {
  const seconds = 1e-6 * 10 ** (index / 20)
  const ideal = {
    shape: String(index),
    computeSeconds: index % 2 ? seconds : seconds / 5,
    memorySeconds: index % 2 ? seconds / 5 : seconds,
    tripSeconds: 5e-7,
    measuredSeconds: 0,
  }
  return {...ideal, measuredSeconds: predictedSeconds(ideal, truth)}
})

describe('fitThreeConstants', () => {
  it('finds the constants that made the measurements', () => {
    const {constants, undetermined} = fitThreeConstants(samples)
    expect(constants.computeEfficiencyRatio).toBeCloseTo(0.62, 2)
    expect(constants.memoryEfficiencyRatio).toBeCloseTo(0.81, 2)
    expect(constants.overheadSeconds * 1e6).toBeCloseTo(4, 1)
    expect(meanError(samples, constants)).toBeLessThan(1e-3)
    expect(undetermined).toEqual([])
  })

  it('is not led astray by a few wild rows', () => {
    const wild = samples.map((sample, index) => (index % 20 === 7 ? {...sample, measuredSeconds: sample.measuredSeconds * 8} : sample))
    expect(fitThreeConstants(wild).constants.computeEfficiencyRatio).toBeCloseTo(0.62, 1)
  })

  it('says which constants no row depends on, and leaves them at the ideal', () => {
    const {constants, undetermined} = fitThreeConstants(samples.filter((_, index) => index % 2 === 0))
    expect(undetermined).toEqual(['computeEfficiencyRatio'])
    expect(constants.computeEfficiencyRatio).toBe(1)
  })

  it('never finds a unit faster than its peak', () => {
    const tooFast = samples.map((sample) => ({...sample, measuredSeconds: sample.measuredSeconds / 3}))
    const {computeEfficiencyRatio, memoryEfficiencyRatio} = fitThreeConstants(tooFast).constants
    expect(Math.max(computeEfficiencyRatio, memoryEfficiencyRatio)).toBeLessThanOrEqual(1)
  })
})

describe('foldsByShape', () => {
  it('puts rows of one shape into one fold, and fills every fold', () => {
    const shapes = Array.from({length: 40}, (_, index) => ({shape: `s${index % 20}`}))
    const folds = foldsByShape(shapes, 5)
    expect(folds.size).toBe(20)
    expect(new Set(folds.values())).toEqual(new Set([0, 1, 2, 3, 4]))
  })
})
