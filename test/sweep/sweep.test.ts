import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {buildWorkload} from '../../src/workload/load-workload.js'
import type {PassInput} from '../../src/workload/pass.js'
import {type SweptPoint, shippedAccelerator, smallStudy, studyOf, sweptPoints} from './studies.js'

/** A sweep multiplies by the reciprocal of a unit where a single value divides by it. */
const relative = 1e-12

function expectClose(actual: number | string | undefined, expected: number | null, claim: string): void {
  const wanted = expected ?? Number.NaN
  if (Number.isNaN(wanted)) expect(actual, claim).toBeNaN()
  else expect(Math.abs(Number(actual) - wanted), claim).toBeLessThanOrEqual(relative * Math.abs(wanted))
}

/** Axes as `ridge eval` takes them, by how a study's values are written on the command line. */
interface Setting {
  readonly set?: (point: SweptPoint) => Record<string, string>
  readonly pass?: (point: SweptPoint) => PassInput
}

async function expectEvaluated(text: string, {set = () => ({}), pass = () => ({})}: Setting): Promise<readonly SweptPoint[]> {
  const study = studyOf(text)
  const [space] = study.spaces
  const points = await sweptPoints(study)
  for (const point of points) {
    const accelerator = loadAccelerator(shippedAccelerator('h100-sxm'), {set: set(point)})
    const workload = buildWorkload(space!.model, {...space!.pass, ...pass(point)})
    const single = evaluate(accelerator, workload, {
      fidelity: space!.fidelity,
      clockHertz: point['clock'] as number | undefined,
      powerLimitWatts: point['powerLimit'] as number | undefined,
    })
    const claim = JSON.stringify(point)
    for (const name of ['latencySeconds', 'energyJoules', 'averageWatts', 'tokensPerSecond', 'joulesPerToken', 'clockHertz'] as const)
      expectClose(point[name], single[name], `${name} of ${claim}`)
    for (const name of ['residentBytes', 'dieSquareMillimetres', 'deviceDollars'] as const)
      expectClose(point[name], single[name], `${name} of ${claim}`)
    expect(point['throttled'], claim).toBe(single.throttled ? 1 : 0)
    expect(point['holdsPowerLimit'], claim).toBe(single.holdsPowerLimit ? 1 : 0)
    expect(point['fitsInMemory'], claim).toBe(single.fitsInMemory ? 1 : 0)
  }
  return points
}

describe('sweep', () => {
  it('gives every design what a single evaluation of it gives: parameters and the clock', async () => {
    const points = await expectEvaluated(smallStudy, {
      set: ({sms}) => ({sms: String(sms)}),
      pass: ({batch}) => ({batch: Number(batch)}),
    })
    expect(points).toHaveLength(12)
    expect(new Set(points.map(({energyJoules}) => energyJoules)).size).toBe(12)
  })

  it.each(['roofline', 'calibrated'])(
    'does so in the %s fidelity with capacities, bandwidths and a power limit that throttles',
    async (fidelity) => {
      const points = await expectEvaluated(
        `title: t
spaces:
  - accelerator: ./machine.yaml
    axes:
      l2: [16 MiB, 100 MB]
      hbmBandwidth: {from: 2000 GB/s, to: 4000 GB/s, count: 3}
      powerLimit: [200 W, 333 W, 700 W]
      clock: {from: 1005 MHz, to: 1980 MHz, step: 195 MHz}
workloads:
  - {model: llama-3.1-8b, phase: prefill, promptTokens: 1024}
objectives: [latencySeconds]
fidelity: ${fidelity}
`,
        {set: ({l2, hbmBandwidth}) => ({l2: `${l2} B`, hbmBandwidth: `${hbmBandwidth} B/s`})},
      )
      expect(points).toHaveLength(2 * 3 * 3 * 6)
      const lowestHertz = 345e6
      const throttledCount = points.filter(({throttled}) => throttled === 1).length
      expect(throttledCount).toBeGreaterThan(0)
      expect(throttledCount).toBeLessThan(points.length)
      for (const {averageWatts, powerLimit, holdsPowerLimit} of points)
        expect(holdsPowerLimit).toBe(Number(averageWatts) <= Number(powerLimit) ? 1 : 0)
      for (const {throttled, averageWatts, powerLimit, clockHertz} of points)
        if (throttled === 1 && clockHertz !== lowestHertz)
          expect(Number(averageWatts)).toBeLessThanOrEqual(Number(powerLimit) * (1 + relative))
    },
  )

  it('takes settings of the pass as axes: number formats, batches, tokens', async () => {
    const points = await expectEvaluated(
      `title: t
spaces: [{accelerator: ./machine.yaml}]
workloads: [{model: gpt2, phase: prefill}]
axes:
  dtype: [bf16, fp8]
  batch: {from: 1, to: 3, step: 1}
  promptTokens: [64, 512]
  fused: [true, false]
objectives: [latencySeconds]
`,
      {
        pass: ({dtype, batch, promptTokens, fused}) =>
          ({dtype, batch: Number(batch), promptTokens: Number(promptTokens), fused}) as PassInput,
      },
    )
    expect(points).toHaveLength(2 * 3 * 2 * 2)
    const latencies = new Map(
      points.map((point) => [`${point['dtype']} ${point['batch']} ${point['promptTokens']} ${point['fused']}`, point['latencySeconds']]),
    )
    expect(Number(latencies.get('fp8 3 512 true'))).toBeLessThan(Number(latencies.get('bf16 3 512 true')))
  })

  it('counts every combination once, whatever the order of the axes, with the same numbers', async () => {
    const keyed = (points: readonly SweptPoint[]) =>
      new Map(
        points.map((point) => [
          `${point['sms']} ${point['clock']} ${point['batch']}`,
          JSON.stringify([point['latencySeconds'], point['energyJoules'], point['boundByIndex']]),
        ]),
      )
    const turned = smallStudy.replace(
      '      sms: [100, 132, 140]\n      clock: [1410 MHz, 1980 MHz]',
      '      clock: [1980 MHz, 1410 MHz]\n      sms: [140, 100, 132]',
    )
    expect(turned).not.toBe(smallStudy)
    const [straight, other] = [keyed(await sweptPoints(studyOf(smallStudy))), keyed(await sweptPoints(studyOf(turned)))]
    expect(straight.size).toBe(12)
    expect([...other].sort()).toEqual([...straight].sort())
  })

  it('leaves metrics unknown that a machine does not describe', async () => {
    const points = await sweptPoints(
      studyOf(`title: t
spaces: [{accelerator: ./tiny.yaml}]
workloads: [{model: gpt2, phase: decode}]
objectives: [latencySeconds]
`),
    )
    expect(points).toHaveLength(1)
    expect(points[0]).toMatchObject({deviceDollars: Number.NaN, dieSquareMillimetres: Number.NaN})
    expect(points[0]!['latencySeconds']).toBeGreaterThan(0)
  })

  it('says how far it is, and stops before its next batch when it is interrupted', async () => {
    const study = studyOf(smallStudy.replace('contextTokens: 512}', 'contextTokens: 512}\n  - {model: gpt2, phase: prefill}'))
    const seen: number[] = []
    await sweptPoints(study, {onProgress: (doneCount) => seen.push(doneCount)})
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
    expect(seen).toContain(12)
    expect(seen.at(-1)).toBe(24)
    const interruption = new AbortController()
    const swept = sweptPoints(study, {signal: interruption.signal, onProgress: () => interruption.abort(new Error('enough'))})
    await expect(swept).rejects.toThrow('enough')
  })
})
