import {existsSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {clockLaw, heldLimitWatts, hertzAtWatts, type SweepState, sweepFromPoints} from '../../src/extrapolate/two-clocks.js'
import {readTrace} from '../../src/trace/read-trace.js'
import type {TraceRow} from '../../src/trace/trace-row.js'
import {rowsOf} from '../trace/temporary-trace.js'

const folder = process.env['RIDGEPOINT_TRACES'] ?? path.resolve(import.meta.dirname, '../../../shared/traces')
const file = path.join(folder, 'model-dvfs-a100-pcie-40gb.csv')
const accelerator = loadAccelerator('a100-pcie-40gb')

type Measured = Pick<SweepState, 'clockHertz' | 'latencySeconds' | 'averageWatts' | 'energyJoules'> & {readonly isHostBound: boolean}

/** Passes of few tokens, which wait for the host at the higher clocks. */
const hostBound = new Set(['bf16 8 128 bert:large', 'bf16 8 128 gpt2:gpt2', 'bf16 2 128 opt:opt-1p3b'])

function measured(row: TraceRow, key: string): Measured {
  const [clockHertz, averageWatts, energyJoules] = [row.clockHertz!, row.powerWatts!, row.energyJoules!]
  return {clockHertz, averageWatts, energyJoules, latencySeconds: row.latencySeconds, isHostBound: hostBound.has(key)}
}

async function sweeps(): Promise<Measured[][]> {
  const byWorkload = new Map<string, Measured[]>()
  for (const row of await rowsOf(readTrace(file))) {
    if (row.notes.values.get('set') !== 'dvfs') continue
    const key = [row.dtype, row.batch, row.seqQ, row.model].join(' ')
    byWorkload.set(key, [...(byWorkload.get(key) ?? []), measured(row, key)])
  }
  return [...byWorkload.values()].map((points) => points.sort((a, b) => a.clockHertz - b.clockHertz))
}

const errorOf = {
  time: (state: SweepState, point: Measured) => Math.abs(state.latencySeconds / point.latencySeconds - 1),
  energy: (state: SweepState, point: Measured) => Math.abs(state.energyJoules / point.energyJoules - 1),
  power: (state: SweepState, point: Measured) => Math.abs(state.averageWatts / point.averageWatts - 1),
}

describe.skipIf(!existsSync(file))('the clock sweeps of an A100 PCIe, from 510 MHz and one clock near 1 GHz', () => {
  it.each([960e6, 1050e6])(
    '(%f Hz) are predicted to 3 % of time, 2.5 % of energy and 2.2 % of power, GPU-bound ones to 1, 1.5 and 1.5 %',
    async (second) => {
      const pairs = (await sweeps()).flatMap((points) => {
        const given = points.filter(({clockHertz}) => clockHertz === 510e6 || clockHertz === second)
        const others = points.filter((point) => !given.includes(point))
        const states = sweepFromPoints(
          given,
          accelerator,
          others.map(({clockHertz}) => clockHertz),
        )
        return states.map((state, index) => [state, others[index]!] as const)
      })
      expect(pairs).toHaveLength(16 * 9)
      const mean = (name: keyof typeof errorOf, of: typeof pairs): number =>
        of.reduce((sum, [state, point]) => sum + errorOf[name](state, point), 0) / of.length
      const onGpu = pairs.filter(([, point]) => !point.isHostBound)
      expect(mean('time', pairs)).toBeLessThanOrEqual(0.03)
      expect(mean('energy', pairs)).toBeLessThanOrEqual(0.025)
      expect(mean('power', pairs)).toBeLessThanOrEqual(0.022)
      expect(mean('time', onGpu)).toBeLessThanOrEqual(0.01)
      expect(mean('energy', onGpu)).toBeLessThanOrEqual(0.015)
      expect(mean('power', onGpu)).toBeLessThanOrEqual(0.015)
    },
  )

  it('throttle within 20 MHz of where the law through all their clocks does', async () => {
    const heldWatts = heldLimitWatts(accelerator)
    const onGpu = (await sweeps()).filter(([point]) => !point!.isHostBound)
    expect(onGpu).toHaveLength(13)
    for (const points of onGpu) {
      const given = points.filter(({clockHertz}) => clockHertz === 510e6 || clockHertz === 960e6)
      const [fromTwo, fromAll] = [given, points].map((of) => hertzAtWatts(clockLaw(of, accelerator), accelerator, heldWatts))
      expect(Math.abs(fromTwo! - fromAll!)).toBeLessThan(20e6)
    }
  })
})
