import {existsSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {readTrace} from '../../src/trace/read-trace.js'
import {isMeteredPass} from '../../src/validate/pass-errors.js'
import {findSweeps, type MeteredPass, passBound, type SweepPoint, throttleOnsetHertz} from '../../src/validate/sweeps.js'
import {elevenClocks, madePass, madeSweep} from './made-pass.js'

/** T = 0.2 s + 600 MHz·s / f: a pass that the device paces. */
const paced = (megahertz: number) => ({latencySeconds: 0.2 + 600 / megahertz})

describe('sweeps among measured passes', () => {
  it('are workloads of eleven clocks or more, at most 90 MHz apart', () => {
    const [sweep, ...others] = findSweeps(madeSweep(elevenClocks, paced))
    expect(others).toEqual([])
    expect(sweep!.points.map(({clockHertz}) => clockHertz / 1e6)).toEqual(elevenClocks)
    expect(sweep!.workload).toMatchObject({model: 'bert:large', dtype: 'bf16', batch: 8, tokens: 128, attention: 'eager'})
    expect(findSweeps(madeSweep(elevenClocks.slice(1), paced))).toEqual([])
    expect(findSweeps(madeSweep([...elevenClocks.slice(0, 10), 1411], paced))).toEqual([])
  })

  it('keep workloads apart by format, batch, length, kind of attention and limit', () => {
    const each = [{}, {dtype: 'fp32'}, {batch: 16}, {seqQ: 512}, {notes: 'attention=default'}, {powerLimitWatts: 200}] as const
    const rows = each.flatMap((given) => madeSweep(elevenClocks, (megahertz) => ({...paced(megahertz), ...given})))
    expect(findSweeps(rows)).toHaveLength(each.length)
  })

  it('hold each measurement of a clock as a row, and their mean as its point', () => {
    const again = madePass({clockHertz: 510e6, latencySeconds: 3, energyJoules: 300})
    const [sweep] = findSweeps([...madeSweep(elevenClocks, () => ({latencySeconds: 1})), again])
    expect(sweep!.rows).toHaveLength(12)
    expect(sweep!.points).toHaveLength(11)
    expect(sweep!.points[0]).toEqual({clockHertz: 510e6, latencySeconds: 2, energyJoules: 200, throttled: false})
  })

  it('are throttled where power stands at the limit up to the highest clock', () => {
    const watts = (megahertz: number) => (megahertz >= 1320 ? 241 : megahertz === 1230 ? 236 : 180)
    const [held] = findSweeps(madeSweep(elevenClocks, (megahertz) => ({latencySeconds: 1, energyJoules: watts(megahertz)})))
    expect(held!.points.filter(({throttled}) => throttled).map(({clockHertz}) => clockHertz / 1e6)).toEqual([1230, 1320, 1410])
    const [free] = findSweeps(madeSweep(elevenClocks, () => ({latencySeconds: 1, energyJoules: 200})))
    expect(free!.points.some(({throttled}) => throttled)).toBe(false)
  })
})

describe('the onset of throttling', () => {
  const point = (megahertz: number, latencySeconds: number, throttled: boolean): SweepPoint => ({
    clockHertz: megahertz * 1e6,
    latencySeconds,
    energyJoules: 1,
    throttled,
  })

  it('is the clock at which time as a + b/f has fallen to what it stays at', () => {
    // T = 0.2 + 600/f is 0.7 at 1200.
    const points = [point(1000, 0.8, false), point(1100, 0.2 + 600 / 1100, false), point(1300, 0.705, true), point(1400, 0.695, true)]
    expect(throttleOnsetHertz(points)! / 1e6).toBeCloseTo(1200, 6)
  })

  it('lies between the last clock below the limit and the first at it, whatever scatter there is', () => {
    const points = (heldSeconds: number) => [point(1000, 0.8, false), point(1100, 0.7, false), point(1200, heldSeconds, true)]
    expect(throttleOnsetHertz(points(0.3))).toBe(1200e6)
    expect(throttleOnsetHertz(points(0.72))).toBe(1100e6)
  })

  it('is the highest clock where nothing throttles, and not told by fewer than two clocks below the limit', () => {
    expect(throttleOnsetHertz([point(1000, 0.8, false), point(1100, 0.7, false)])).toBe(1100e6)
    expect(throttleOnsetHertz([point(1000, 0.8, false), point(1100, 0.7, true)])).toBeUndefined()
  })
})

describe('what bounds a pass', () => {
  const seconds = (latencySeconds: number, seqQ: number, given = {}): MeteredPass => madePass({latencySeconds, seqQ, ...given})

  it('is the host where passes of twice the tokens take as long', () => {
    const rows = [seconds(1, 128), seconds(1.3, 256), seconds(1.5, 512), seconds(3, 1024)]
    expect(rows.map(passBound(rows))).toEqual(['host', 'host', 'gpu', 'gpu'])
  })

  it('is the device where time follows the tokens, even in the shortest pass', () => {
    const rows = [seconds(1, 128), seconds(1.9, 256), seconds(3.7, 512)]
    expect(rows.map(passBound(rows))).toEqual(['gpu', 'gpu', 'gpu'])
  })

  it('is told for each model by itself, over all clocks and formats', () => {
    const rows = [
      seconds(1, 128),
      seconds(1, 256),
      seconds(1.6, 256, {clockHertz: 510e6}),
      seconds(1.2, 128, {dtype: 'fp32'}),
      seconds(1.2, 128, {model: 'gpt2:gpt2'}),
    ]
    expect(rows.map(passBound(rows))).toEqual(['host', 'host', 'gpu', 'host', 'gpu'])
  })

  it('of a sweep is that of its highest clock below the limit', () => {
    const small = madePass({seqQ: 64, latencySeconds: 1})
    // Waits for the host from 960 MHz on.
    const rows = [small, ...madeSweep(elevenClocks, (megahertz) => ({latencySeconds: Math.max(1, 960 / megahertz)}))]
    expect(findSweeps(rows)[0]!.bound).toBe('host')
    expect(findSweeps([small, ...madeSweep(elevenClocks, (megahertz) => ({latencySeconds: 2100 / megahertz}))])[0]!.bound).toBe('gpu')
  })
})

/** The public measurements lie beside the repository, or where the environment says. */
const folder = process.env['RIDGEPOINT_TRACES'] ?? path.resolve(import.meta.dirname, '../../../shared/traces')
const trace = path.join(folder, 'model-dvfs-a100-pcie-40gb.csv')

describe.skipIf(!existsSync(trace))('the public passes over the core clock', () => {
  it('hold 16 sweeps, three of which wait for the host', async () => {
    const rows: MeteredPass[] = []
    for await (const row of readTrace(trace)) if (isMeteredPass(row)) rows.push(row)
    expect(rows).toHaveLength(284)
    const sweeps = findSweeps(rows)
    expect(sweeps).toHaveLength(16)
    const waiting = sweeps.filter(({bound}) => bound === 'host').map(({workload: {model, batch, tokens}}) => `${model} ${batch} ${tokens}`)
    expect(waiting.sort()).toEqual(['bert:large 8 128', 'gpt2:gpt2 8 128', 'opt:opt-1p3b 2 128'])
  })
})
