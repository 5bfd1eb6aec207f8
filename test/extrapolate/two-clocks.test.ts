import {describe, expect, it} from 'vitest'
import {idleWatts} from '../../src/accelerator/clock.js'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {type ClockPoint, clockLaw, hertzAtWatts, sweepFromPoints, voltageScale} from '../../src/extrapolate/two-clocks.js'
import {failure, small} from '../support/small-accelerator.js'

const a100 = loadAccelerator('a100-pcie-40gb')

/** Work that obeys T = a + b/f and P = idle + v^2.5 (c·f + d) exactly, under no limit. */
const exactly = (clockHertz: number): ClockPoint => ({
  clockHertz,
  latencySeconds: 5e-3 + 9e6 / clockHertz,
  averageWatts: idleWatts(a100.machine, clockHertz) + voltageScale(a100.machine, clockHertz) * (10 + 1e-7 * clockHertz),
})

describe('sweepFromPoints', () => {
  it('recovers work of exactly this physics from two clocks', () => {
    const clocks = [210e6, 600e6, 1110e6, 1200e6]
    const sweep = sweepFromPoints([exactly(510e6), exactly(960e6)], a100, clocks)
    for (const state of sweep) {
      const {latencySeconds, averageWatts} = exactly(state.clockHertz)
      expect(state.latencySeconds).toBeCloseTo(latencySeconds, 12)
      expect(state.averageWatts).toBeCloseTo(averageWatts, 8)
      expect(state.energyJoules).toBeCloseTo(latencySeconds * averageWatts, 8)
      expect(state.throttled).toBe(false)
    }
  })

  it('holds its share of the limit from the clock on where that is reached, and slows no further', () => {
    const points = [exactly(510e6), exactly(960e6)]
    const options = {powerLimitWatts: 170}
    const heldWatts = 170 * a100.machine.power.regulationRatio
    const onsetHertz = hertzAtWatts(clockLaw(points, a100), a100, heldWatts)
    expect(exactly(onsetHertz).averageWatts).toBeCloseTo(heldWatts, 2)
    const [above, highest] = sweepFromPoints(points, a100, [onsetHertz + 1e6, 1410e6], options)
    expect(above).toMatchObject({throttled: true})
    expect(highest?.averageWatts).toBeCloseTo(heldWatts, 2)
    expect(highest?.latencySeconds).toBeCloseTo(exactly(onsetHertz).latencySeconds, 6)
  })

  // The device's dynamic energy for a pass is the same whether it waits or not; what the host adds is idle time.
  it('draws idle power for what a device waits, and the power of its work for the rest', () => {
    const deviceSecondsAt = (clockHertz: number): number => exactly(clockHertz).latencySeconds
    const hostSeconds = deviceSecondsAt(800e6)
    const [low, high] = [exactly(510e6), exactly(1110e6)]
    const busyRatio = high.latencySeconds / hostSeconds
    const idle = idleWatts(a100.machine, 1110e6)
    const waiting = {...high, latencySeconds: hostSeconds, averageWatts: idle + busyRatio * (high.averageWatts - idle)}
    const states = sweepFromPoints([low, waiting], a100, [600e6, 1305e6], {pace: {deviceSecondsAt, hostSeconds}})
    const [device, host] = states as [(typeof states)[number], (typeof states)[number]]
    expect(device.waiting).toBe(false)
    expect(device.averageWatts).toBeCloseTo(exactly(600e6).averageWatts, 8)
    expect(host.waiting).toBe(true)
    expect(host.latencySeconds).toBeCloseTo(hostSeconds, 12)
    const busy = exactly(1305e6)
    const dynamicJoules = busy.latencySeconds * (busy.averageWatts - idleWatts(a100.machine, 1305e6))
    expect(host.energyJoules).toBeCloseTo(dynamicJoules + hostSeconds * idleWatts(a100.machine, 1305e6), 8)
  })

  it('keeps the time of work that no clock moves', () => {
    const still = [exactly(510e6), exactly(960e6)].map((point) => ({...point, latencySeconds: 8e-3}))
    for (const {latencySeconds} of sweepFromPoints(still, a100, [210e6, 1410e6])) expect(latencySeconds).toBeCloseTo(8e-3, 12)
  })

  // v = 1 V at 1 GHz and 0.6 V at 100 MHz; 0.75 V and (0.75/0.9)² at 550 MHz. Idle: 1.5 W at 550 MHz, 2 W at 1 GHz.
  it('agrees with two points worked by hand', () => {
    const points = [
      {clockHertz: 550e6, latencySeconds: 1 + 2 / 0.55, averageWatts: 1.5 + (0.75 / 0.9) ** 2 * (1 + 2 * 0.55)},
      {clockHertz: 1e9, latencySeconds: 3, averageWatts: 2 + 1 + 2},
    ]
    const [state] = sweepFromPoints(points, small(), [100e6])
    expect(state?.latencySeconds).toBeCloseTo(1 + 2 / 0.1, 9)
    expect(state?.averageWatts).toBeCloseTo(1 + (0.6 / 0.9) ** 2 * (1 + 2 * 0.1), 9)
  })

  it.each([
    ['one clock', [exactly(510e6)], 'TOO_FEW_STATES', 'there is only one'],
    [
      'points that the limit throttles',
      [exactly(510e6), exactly(960e6)].map((point) => ({...point, powerLimitWatts: 107})),
      'TOO_FEW_STATES',
      'throttles 2 of 2',
    ],
    ['power below idle', [exactly(510e6), {...exactly(960e6), averageWatts: 40}], 'POWER_BELOW_IDLE', '40.0 W at 960 MHz'],
  ] as const)('refuses %s', (_, points, code, text) => {
    const error = failure(() => sweepFromPoints(points, a100, [1410e6]))
    expect(error).toMatchObject({code})
    expect(error.message).toContain(text)
  })

  it('refuses a clock that the accelerator does not have', () => {
    expect(failure(() => sweepFromPoints([exactly(510e6), exactly(960e6)], a100, [1500e6]))).toMatchObject({code: 'CLOCK_OUT_OF_RANGE'})
  })
})
