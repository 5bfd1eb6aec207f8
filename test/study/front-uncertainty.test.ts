import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {frontUncertainty} from '../../src/study/front-uncertainty.js'
import {metricObjective} from '../../src/sweep/objective.js'
import {designSamples} from '../../src/sweep/sampled-design.js'
import {samplesOver} from '../../src/uncertainty/over-settings.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {onlySpace, studyOf} from '../sweep/studies.js'

const text = `title: t
fidelity: roofline
spaces:
  - accelerator: h100-sxm
    set: {l2: 64 MiB}
    axes:
      sms: [100, 132]
      clock: [1410 MHz, 1980 MHz]
      powerLimit: [500 W, 700 W]
workloads: [{model: gpt2, phase: decode, contextTokens: 512}]
axes: {batch: [1, 8]}
objectives: [latency, energy]
`
const metrics = ['latencySeconds', 'energyJoules'] as const

describe('designSamples', () => {
  it('are those of a pass on the machine that the design describes, at its clock and limit', () => {
    const drawn = designSamples(onlySpace(studyOf(text)), {batch: 8, sms: 100, clock: 1410e6, powerLimit: 500}, metrics, 40)
    const machine = loadAccelerator('h100-sxm', {set: {l2: '64 MiB', sms: '100'}})
    const workload = loadWorkload('gpt2', {phase: 'decode', contextTokens: 512, batch: 8})
    const [expected] = samplesOver(machine, workload, [{clockHertz: 1410e6, powerLimitWatts: 500}], {fidelity: 'roofline', sampleCount: 40})
    expect(drawn).toEqual([expected!.latencySeconds, expected!.energyJoules])
  })

  it('refuse too few samples', () => {
    const design = {batch: 8, sms: 100, clock: 1410e6, powerLimit: 500}
    expect(() => designSamples(onlySpace(studyOf(text)), design, metrics, 5)).toThrow(
      expect.objectContaining({code: 'SAMPLE_COUNT_INVALID'}),
    )
  })
})

describe('frontUncertainty', () => {
  const objectives = metrics.map((metric) => metricObjective(metric, 'min'))

  it('keeps what is faster and takes less energy in every sample, and drops what it beats', () => {
    const space = onlySpace(studyOf(text))
    const at = (batch: number) => ({space, point: {batch, sms: 132, clock: 1410e6, powerLimit: 700}})
    const {designs, comparedCount, sampleCount} = frontUncertainty([at(1), at(8)], objectives, 40)
    expect({comparedCount, sampleCount}).toEqual({comparedCount: 2, sampleCount: 40})
    // Eight sequences take more time and more energy than one, whatever the constants are.
    expect(designs.map(({staysRatio}) => staysRatio)).toEqual([1, 0])
  })

  it('draws bands around each objective', () => {
    const space = onlySpace(studyOf(text))
    const {designs} = frontUncertainty([{space, point: {batch: 1, sms: 132, clock: 1980e6, powerLimit: 700}}], objectives, 40)
    const {p5Value, p50Value, p95Value} = designs[0]!.bands['energyJoules']!
    expect(p5Value).toBeLessThan(p50Value)
    expect(p50Value).toBeLessThan(p95Value)
    expect(designs[0]!.staysRatio).toBe(1)
  })
})
