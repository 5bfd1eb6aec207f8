import {describe, expect, it} from 'vitest'
import {designBatch} from '../../src/accelerator/accelerator.js'
import {parseAccelerator} from '../../src/accelerator/load-accelerator.js'
import {metricColumns} from '../../src/cost/metrics.js'
import type {Fidelity} from '../../src/cost/operator-time.js'
import {compileProgram} from '../../src/cost/program.js'
import {rooflineOperator} from '../../src/cost/roofline/roofline.js'
import {clockSearch} from '../../src/validate/settled-clock.js'
import {kernelWorkload} from '../../src/workload/kernel-workload.js'
import {gemm} from '../../src/workload/operators/gemm.js'

const accelerator = parseAccelerator(
  'slow',
  'title: Slow\nextends: a100-sxm-80gb\npower: {response: {value: 10 ms, source: estimate, estimate: made up}}\n',
)
const {machine} = designBatch(accelerator, [], 1)
const {minimumHertz, maximumHertz} = accelerator.machine.clocks[0]!
const operator = gemm({name: 'product', m: 4096, n: 4096, k: 4096, batchCount: 1, dtype: 'bf16', weights: true, count: 1})
/** A kernel whose time goes with the clock in part. */
const kernelSeconds = (stretch: number, hertz: number): number => stretch * (2e-4 + 2e-4 * (maximumHertz / hertz))

const runOf = (replayCount: number) => ({operandCopyCount: 1, launch: 'graph', replayCount}) as const

/** What the cost model itself settles at. */
function reference(stretch: number, clockHertz: number, powerLimitWatts: number, replayCount: number): {seconds: number; hertz: number} {
  const stretched: Fidelity = {
    summary: 'of a test',
    isAvailable: () => true,
    compile: ({loads}) => ({
      ...rooflineOperator(loads),
      kernel: (hertz, seconds) => {
        seconds[0] = kernelSeconds(stretch, hertz[0]!)
      },
    }),
  }
  const out = metricColumns(1)
  const at = {coreHertz: Float64Array.of(clockHertz), limitWatts: Float64Array.of(powerLimitWatts)}
  compileProgram(accelerator, machine, kernelWorkload(operator), stretched, 1, runOf(replayCount)).evaluate(at, out, 1)
  return {seconds: out.latencySeconds[0]!, hertz: out.clockHertz[0]!}
}

function search(clockHertz: number, powerLimitWatts: number, replayCount: number) {
  let stretch = 1
  const ideal = compileProgram(accelerator, machine, kernelWorkload(operator), 'roofline', 1)
  const found = clockSearch(machine, ideal, {clockHertz, powerLimitWatts, replayCount}, (hertz) => kernelSeconds(stretch, hertz[0]!))
  return (next: number) => {
    stretch = next
    return {seconds: found.settledSeconds(), hertz: found.hertz[0]!}
  }
}

describe('clockSearch', () => {
  it.each([
    [maximumHertz, 400, Number.POSITIVE_INFINITY],
    [maximumHertz, 150, Number.POSITIVE_INFINITY],
    [maximumHertz, 150, 20],
    [1.2e9, 250, Number.POSITIVE_INFINITY],
    [1.2e9, 250, 1],
    [minimumHertz, 100, 9],
    [minimumHertz + 1, 100, Number.POSITIVE_INFINITY],
  ])(
    'settles where the cost model does, from %d Hz under %d W over %d replays, however fast the kernel has become since',
    (clockHertz, limitWatts, replayCount) => {
      const settledAt = search(clockHertz, limitWatts, replayCount)
      for (const stretch of [1, 0.9, 0.5, 2, 0.3, 0.31, 10, 0.05, 1, 0.7]) {
        const expected = reference(stretch, clockHertz, limitWatts, replayCount)
        const found = settledAt(stretch)
        expect(found.hertz / expected.hertz).toBeCloseTo(1, 3)
        expect(found.seconds / expected.seconds).toBeCloseTo(1, 3)
      }
    },
  )

  it('lowers the clock for the faster of two kernels that do the same work', () => {
    const settledAt = search(maximumHertz, 300, Number.POSITIVE_INFINITY)
    expect(settledAt(10).hertz).toBe(maximumHertz)
    expect(settledAt(0.6).hertz).toBeLessThan(maximumHertz)
  })

  it('leaves work that is over soon nearer to the clock asked for', () => {
    const [short, long] = [search(maximumHertz, 150, 20), search(maximumHertz, 150, 2000)].map((settledAt) => settledAt(0.6).hertz)
    expect(short!).toBeGreaterThan(long!)
    expect(short!).toBeLessThan(maximumHertz)
  })
})
