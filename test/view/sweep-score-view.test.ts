import path from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {packageRoot} from '../../src/spec/catalogue.js'
import {type Validation, validate} from '../../src/validate/validate.js'
import {sweepScoreText} from '../../src/view/sweep-score-view.js'
import {validationText} from '../../src/view/validation-view.js'

let result: Validation

beforeAll(async () => {
  result = await validate({traces: [path.join(packageRoot, 'accelerators', 'a100-pcie-40gb', 'sweeps.csv')]})
})

describe('the text of scored sweeps', () => {
  it('fits a terminal of 100 columns', () => {
    const lines = sweepScoreText(result.sweeps!).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  it('tells the share of rows predicted, and has published errors beside ours', () => {
    const text = sweepScoreText(result.sweeps!)
    expect(text).toMatch(/forward_prefill +57 of 57/)
    expect(text).toMatch(/forward_prefill +host +12 of 12/)
    expect(text).toMatch(/EnergAIzer +published +17\.2 % +14\.2 % +7\.7 %/)
  })

  it('names rules by the clock that they take, and clocks that break a bound', () => {
    const text = sweepScoreText(result.sweeps!)
    expect(text).toMatch(/always 960 MHz +GPU +0 % +– \(4\)/)
    expect(text).toMatch(/always 960 MHz +GPU .*\(\d+\) +\d[\d.]* %\n/)
    expect(text).toMatch(/always 1410 MHz +GPU +24\.9 % +2\.1 % .* –\n/)
    expect(text).toMatch(/510 and 960 MHz +GPU +4 /)
  })

  it('follows the errors of all rows, and is left out without a sweep', () => {
    expect(validationText(result, 12)).toContain('each sweep from kernels')
    expect(validationText({...result, sweeps: null}, 12)).not.toContain('sweep')
  })

  it('says which energies each model was predicted with, and what no fold leaves out', () => {
    const fold = {device: 'a100-pcie-40gb', heldOut: 'gpt2:gpt2', rowCount: 40, set: {'hbm.energy': '4 pJ/b', 'power.clocking': '9 W'}}
    const text = validationText({...result, folds: [fold]}, 12)
    expect(text).toContain('gpt2:gpt2 with 2 energies of a100-pcie-40gb fitted to 40 passes of the other models')
    expect(text).toContain('not left out, but chosen with all models in view')
    expect(validationText(result, 12)).not.toContain('not left out')
  })
})
