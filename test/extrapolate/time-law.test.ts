import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type TimePoint, timeLaw} from '../../src/extrapolate/time-law.js'

/** A device that takes 2 ms and 8 million cycles, with a host of 12 ms: the device paces it up to 800 MHz. */
const deviceSecondsAt = (clockHertz: number): number => 2e-3 + 8e6 / clockHertz
const pace = {deviceSecondsAt, hostSeconds: 12e-3}
const at = (clockHertz: number, latencySeconds = Math.max(12e-3, deviceSecondsAt(clockHertz))): TimePoint => ({clockHertz, latencySeconds})

describe('the time law', () => {
  it('with a graph keeps the host’s measured time where it paces the higher clock, and scales the device’s to the lower', () => {
    const law = timeLaw([at(500e6, 1.05 * deviceSecondsAt(500e6)), at(1000e6, 13e-3)], pace)
    expect(law.waitingHertz).toEqual([1000e6])
    expect(law.secondsAt(600e6)).toBeCloseTo(1.05 * deviceSecondsAt(600e6), 12)
    for (const clockHertz of [900e6, 1400e6]) expect(law.secondsAt(clockHertz)).toBe(13e-3)
  })

  it('with a graph takes the faster of two points that both wait, and slows down where the device would', () => {
    const law = timeLaw([at(900e6, 15e-3), at(1100e6, 12.1e-3)], pace)
    expect(law.waitingHertz).toEqual([900e6, 1100e6])
    expect(law.secondsAt(1400e6)).toBe(12.1e-3)
    expect(law.secondsAt(400e6)).toBeCloseTo(22e-3, 12)
  })

  it('with a graph finds the host above two points that the device paces', () => {
    const law = timeLaw([at(500e6), at(700e6)], pace)
    expect(law.waitingHertz).toEqual([])
    expect(law.secondsAt(600e6)).toBeCloseTo(deviceSecondsAt(600e6), 12)
    expect(law.secondsAt(1200e6)).toBeCloseTo(12e-3, 12)
  })

  it('with a graph sees a host that is twice as slow as described, by how far time falls short of falling', () => {
    const law = timeLaw([at(300e6), at(800e6, 24e-3)], pace)
    expect(law.waitingHertz).toEqual([800e6])
  })

  it('leaves work whose time the graph explains to the device, though it takes a tenth more', () => {
    for (const [low, high] of [
      [400e6, 700e6],
      [300e6, 600e6],
    ] as const) {
      const law = timeLaw([at(low, 1.1 * deviceSecondsAt(low)), at(high, 1.1 * deviceSecondsAt(high))], {...pace, hostSeconds: 1e-3})
      expect(law.waitingHertz).toEqual([])
      expect(law.secondsAt(500e6)).toBeCloseTo(1.1 * deviceSecondsAt(500e6), 12)
    }
  })

  it('sees a knee in three points or more without a graph, and none in two', () => {
    const [low, middle, high, highest] = [at(400e6), at(600e6), at(1100e6), at(1300e6)]
    for (const points of [
      [low, middle, high],
      [highest, low, high, middle],
    ]) {
      const law = timeLaw(points, undefined)
      expect(law.waitingHertz.at(0)).toBe(1100e6)
      for (const clockHertz of [500e6, 700e6, 900e6, 1400e6])
        expect(law.secondsAt(clockHertz)).toBeCloseTo(at(clockHertz).latencySeconds, 12)
    }
    expect(timeLaw([low, high], undefined).hostSeconds).toBe(0)
  })

  it('takes the faster of two points where time does not fall with the clock', () => {
    const law = timeLaw([at(500e6, 9e-3), at(900e6, 11e-3)], undefined)
    expect([law.secondsAt(300e6), law.secondsAt(1400e6)]).toEqual([9e-3, 9e-3])
  })

  it('sees no knee in three points or more of a + b/f that scatter by 1 %, never rises with the clock, and does not depend on their order', () => {
    const clocks = fc.uniqueArray(fc.integer({min: 4, max: 14}), {minLength: 3, maxLength: 6})
    const noise = fc.array(fc.double({min: -0.01, max: 0.01, noNaN: true}), {minLength: 6, maxLength: 6})
    fc.assert(
      fc.property(clocks, noise, fc.double({min: 0.2, max: 1, noNaN: true}), (hundreds, errors, pacedRatio) => {
        const points = hundreds.map((hundred, index) =>
          at(hundred * 1e8, (1 + errors[index]!) * (1 - pacedRatio + (pacedRatio * 10) / hundred)),
        )
        const law = timeLaw(points, undefined)
        expect(law.waitingHertz).toEqual([])
        expect(law.secondsAt(1400e6)).toBeLessThanOrEqual(law.secondsAt(400e6))
        expect(timeLaw(points.toReversed(), undefined).secondsAt(700e6)).toBe(law.secondsAt(700e6))
      }),
    )
  })
})
