import {describe, expect, it} from 'vitest'
import {mayBeThrottled} from '../../src/cost/held-power.js'

describe('Work that a limit may have throttled', () => {
  it('drew what the controller holds, within 1.5 % of it', () => {
    // 0.985 · 0.964 · 250 W = 237.385 W
    expect(mayBeThrottled(237.3, 250, 0.964)).toBe(false)
    expect(mayBeThrottled(237.4, 250, 0.964)).toBe(true)
  })

  it('includes every row that the A100 PCIe sweeps show held, down to 237.9 W of 250 W', () => {
    expect([237.922, 238.237, 239.642, 242.925].every((watts) => mayBeThrottled(watts, 250, 0.964))).toBe(true)
  })

  it('is told by what its own device holds', () => {
    expect([mayBeThrottled(238, 250, 0.964), mayBeThrottled(238, 250, 0.975)]).toEqual([true, false])
  })
})
