import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import type {FittedEnergy} from '../../src/validate/energy-constants.js'
import {energyFragment} from '../../src/validate/energy-fragment.js'
import {temporaryFolder, written} from '../faults/refusal.js'

const folder = temporaryFolder()

const fitted = (path: readonly string[], unit: FittedEnergy['unit'], value: number, isDetermined = true): FittedEnergy => ({
  name: path.at(-1)!,
  path,
  unit,
  meaning: '',
  statedValue: value,
  value,
  interval: [0.9 * value, 1.1 * value],
  isDetermined,
})

const constants = [
  fitted(['units', 'tensor', 'energyPerOperation', 'bf16'], 'J/op', 7e-13),
  fitted(['units', 'cuda', 'energyPerOperation', 'fp32'], 'J/op', 8e-12),
  fitted(['units', 'cuda', 'energyPerElement'], 'J/op', 2.5e-10),
  fitted(['memories', 'hbm', 'energy'], 'J/B', 4e-11, false),
  fitted(['power', 'clocking'], 'W', 14),
]

describe('a part of an accelerator file', () => {
  const fragment = energyFragment(constants, 246)

  it('loads on top of the file that it is for, with the intervals as ranges', () => {
    const {machine, constants: read} = loadAccelerator(written(folder, 'mine.yaml', `title: Mine\nextends: a100-pcie-40gb\n${fragment}\n`))
    expect(machine.units[0]!.joulesPerOperation.bf16).toBeCloseTo(7e-13, 20)
    expect(machine.units[1]!.joulesPerOperation.fp32).toBeCloseTo(8e-12, 20)
    expect(machine.units[1]!.joulesPerElement).toBeCloseTo(2.5e-10, 18)
    expect(machine.power.clockingWatts).toBe(14)
    const element = read.find(({pointer}) => pointer === '/units/cuda/energyPerElement')!
    expect(element.source).toBe('calibration')
    expect(element.range!.ends[0]).toBeCloseTo(2.25e-10, 18)
    expect(element.range!.ends[1]).toBeCloseTo(2.75e-10, 18)
  })

  it('leaves out what is not determined', () => {
    expect(fragment).not.toContain('hbm')
    expect(fragment).not.toContain('memories')
  })
})
