import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {tornado} from '../../src/uncertainty/tornado.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {lanesNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

/** 10 ms of the lanes: 1 J of operations, 0.1 J idle, 0.2 J static. */
const work = workloadOf(lanesNode(1e12, 0))
const text = tinyText
  .replace('energyPerOperation: {fp32: 1 pJ/op}', 'energyPerOperation: {fp32: {value: 1 pJ/op, range: ±20 %}}')
  .replace('static: 20 W', 'static: {value: 20 W, range: x2}')
  .replace('energy: 80 pJ/B', 'energy: {value: 80 pJ/B, range: x2}')

describe('a tornado', () => {
  const drawn = tornado(tinyMachine({}, text), work)

  it('has the energy at both ends of each range, the widest swing first', () => {
    expect(drawn.energyJoules).toBeCloseTo(1.3, 12)
    expect(drawn.bars.map(({name, rangeText, lowEndJoules, highEndJoules}) => [name, rangeText, lowEndJoules, highEndJoules])).toEqual([
      ['lanes fp32 energy per operation', '±20 %', expect.closeTo(1.1, 9), expect.closeTo(1.5, 9)],
      ['static power', 'x2', expect.closeTo(1.2, 9), expect.closeTo(1.5, 9)],
    ])
  })

  it('leaves out what does not move the energy, and counts it', () => {
    expect(drawn.unmovedCount).toBe(1)
  })

  it('shares the variance out: 0.4² / 12 of an even spread, beside that of a log-even one', () => {
    // Of x = a·4^u with a = 0.1 J: mean 3a / ln 4, mean square 15 a² / 2 ln 4.
    const [a, log] = [0.1, Math.log(4)]
    const factor = (15 * a * a) / (2 * log) - ((3 * a) / log) ** 2
    const even = 0.4 ** 2 / 12
    expect(drawn.bars.map(({varianceRatio}) => varianceRatio)).toEqual([
      expect.closeTo(even / (even + factor), 2),
      expect.closeTo(factor / (even + factor), 2),
    ])
  })

  it('has its energy where the evaluation has it, and its largest bars where the ranges say, on a shipped accelerator', () => {
    const accelerator = loadAccelerator('h100-sxm')
    const workload = loadWorkload('llama-3.1-8b', {phase: 'decode', batch: 16, contextTokens: 2048})
    const {energyJoules, bars} = tornado(accelerator, workload)
    expect(energyJoules).toBeCloseTo(evaluate(accelerator, workload).energyJoules, 9)
    expect(bars.length).toBeGreaterThan(5)
    const swings = bars.map(({lowEndJoules, highEndJoules}) => Math.abs(highEndJoules - lowEndJoules))
    expect(swings).toEqual(swings.toSorted((one, other) => other - one))
    expect(bars.reduce((sum, {varianceRatio}) => sum + varianceRatio, 0)).toBeCloseTo(1, 9)
  })
})
