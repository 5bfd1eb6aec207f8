import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {packageRoot} from '../../src/spec/catalogue.js'
import {readTrace} from '../../src/trace/read-trace.js'
import {fittedEnergies} from '../../src/validate/energy-fold.js'
import {isMeteredPass} from '../../src/validate/pass-errors.js'
import type {MeteredPass} from '../../src/validate/sweeps.js'
import {madePass} from './made-pass.js'

const accelerator = loadAccelerator('a100-pcie-40gb')

describe('energies of a fold', () => {
  it('are told by measured passes, by paths and in units that the accelerator takes', async () => {
    const rows: MeteredPass[] = []
    for (const name of ['measured.csv', 'sweeps.csv'])
      for await (const row of readTrace(path.join(packageRoot, 'accelerators', 'a100-pcie-40gb', name)))
        if (isMeteredPass(row)) rows.push(row)
    const {set, rowCount} = fittedEnergies()(accelerator, rows)
    expect(rowCount).toBeGreaterThan(50)
    expect(Object.keys(set)).toContain('units.tensor.energyPerOperation.bf16')
    const fitted = loadAccelerator('a100-pcie-40gb', {set})
    const tensor = fitted.machine.units.find(({name}) => name === 'tensor')!
    expect(`${tensor.joulesPerOperation.bf16} J/op`).toBe(set['units.tensor.energyPerOperation.bf16'])
    // The published study of these passes found 0.84 to 0.91 pJ; half of the rows are here.
    expect(tensor.joulesPerOperation.bf16! * 1e12).toBeGreaterThan(0.6)
    expect(tensor.joulesPerOperation.bf16! * 1e12).toBeLessThan(1.1)
  })

  it('need more than a few workloads of other models', () => {
    expect(() => fittedEnergies()(accelerator, [madePass()])).toThrow(
      expect.objectContaining({code: 'NOTHING_TO_FIT', message: expect.stringContaining('1 of a100-pcie-40gb, tell none')}),
    )
  })
})
