import {describe, expect, it} from 'vitest'
import {metricNames} from '../../src/cost/metrics.js'
import {designEvaluator} from '../../src/sweep/evaluator.js'
import {studyOf, sweptPoints} from './studies.js'

const text = `title: t
spaces:
  - accelerator: ./machine.yaml
    axes:
      sms: [100, 120, 140]
      clock: {from: 990 MHz, to: 1980 MHz, count: 4}
workloads: [{model: gpt2, phase: decode}]
axes:
  batch: [1, 8]
constraints: [averageWatts <= 200 W, sms * clock <= 200e9 Hz]
objectives: [latencySeconds]
`

describe('designEvaluator', () => {
  it('gives a design the numbers that a sweep stores of it, whatever stands beside it', async () => {
    const study = studyOf(text)
    const [space] = study.spaces
    const evaluator = designEvaluator(space!, study.constraints, 24)
    expect(evaluator.dimensions).toEqual([
      {name: 'batch', axisIndex: 0, kind: 'level', levelCount: 2},
      {name: 'sms', axisIndex: 1, kind: 'level', levelCount: 3},
      {name: 'clock', axisIndex: 2, kind: 'level', levelCount: 4},
    ])
    const backward = Array.from({length: 24}, (_, row) => 23 - row)
    const shares = [
      Float64Array.from(backward, (index) => Math.floor(index / 12) / 2),
      Float64Array.from(backward, (index) => ((Math.floor(index / 4) % 3) + 0.99) / 3),
      Float64Array.from(backward, (index) => (index % 4) / 4),
    ]
    const {metrics} = evaluator.evaluate(shares, 24)
    const swept = await sweptPoints(studyOf(text.replace(/constraints: .*\n/, '')))
    for (const [row, index] of backward.entries())
      for (const name of metricNames) expect(metrics[name][row], `${name} of ${index}`).toBe(swept[index]![name])
  })

  it('says how far a design is beyond its constraints, and nothing of one that meets them', () => {
    const {
      spaces: [space],
      constraints,
    } = studyOf(text)
    const {metrics, violationRatios} = designEvaluator(space!, constraints, 1).evaluate(
      [Float64Array.of(0.9), Float64Array.of(0.9), Float64Array.of(0.9)],
      1,
    )
    const overWatts = (metrics.averageWatts[0]! - 200) / metrics.averageWatts[0]!
    const overRate = (140 * 1980e6 - 200e9) / (140 * 1980e6)
    expect(overWatts).toBeGreaterThan(0)
    expect(violationRatios[0]).toBeCloseTo(overWatts + overRate, 12)
    const zero = Float64Array.of(0)
    expect(designEvaluator(space!, constraints, 1).evaluate([zero, zero, zero], 1).violationRatios[0]).toBe(0)
  })
})
