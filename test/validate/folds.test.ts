import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {type ConstantFit, leaveOneModelOut} from '../../src/validate/folds.js'
import {buildPredictor, type Prediction} from '../../src/validate/predictor.js'
import {validate} from '../../src/validate/validate.js'
import {madePass} from './made-pass.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-folds-'))
afterAll(() => rmSync(folder, {recursive: true}))

const models = ['bert:large', 'gpt2:gpt2', 'opt:opt-1p3b']
const rows = models.flatMap((model, index) => Array.from({length: index + 1}, () => madePass({model})))

/** A fit that tells what it saw: a limit of as many watts more than 200 as it had rows. */
const countingFit: ConstantFit = (_, seen) => ({set: {'power.limit': `${200 + seen.length} W`}, rowCount: seen.length})

describe('leaving one model out', () => {
  it('fits each fold to the passes of the other models of its device, and to no others', () => {
    const elsewhere = madePass({device: 'h100-sxm', model: 'bert:large'})
    const seen: string[] = []
    const folds = leaveOneModelOut([...rows, elsewhere], ({name}, others) => {
      seen.push(`${name}: ${[...new Set(others.map(({model}) => model))].join(', ')}`)
      return {set: {}, rowCount: others.length}
    })
    expect(folds.map(({device, heldOut, rowCount}) => [device, heldOut, rowCount])).toEqual([
      ['a100-pcie-40gb', 'bert:large', 5],
      ['a100-pcie-40gb', 'gpt2:gpt2', 4],
      ['a100-pcie-40gb', 'opt:opt-1p3b', 3],
      ['h100-sxm', 'bert:large', 0],
    ])
    expect(seen).toEqual([
      'a100-pcie-40gb: gpt2:gpt2, opt:opt-1p3b',
      'a100-pcie-40gb: bert:large, opt:opt-1p3b',
      'a100-pcie-40gb: bert:large, gpt2:gpt2',
      'h100-sxm: ',
    ])
  })

  it('predicts each model by its own fold, and what belongs to none by the file as it stands', () => {
    const folds = leaveOneModelOut(rows, countingFit)
    const predict = buildPredictor({folds: folds.slice(0, 2)})
    const limitOf = (prediction: Prediction): number =>
      prediction.kind === 'predicted' ? prediction.accelerator.machine.power.limitWatts : Number.NaN
    expect(models.map((model) => limitOf(predict(madePass({model, powerLimitWatts: 250}))))).toEqual([205, 204, 250])
  })

  it('scores every pass by constants that its model had no part in, and says which', async () => {
    const file = path.join(folder, 'passes.csv')
    const lines = models.map((model) => `a100-pcie-40gb,forward_prefill,bf16,8,128,20000,3,150,900,250,${model}`)
    writeFileSync(file, `device,op,dtype,batch,seq_q,latency_us,energy_j,power_w,clock_mhz,power_limit_w,model\n${lines.join('\n')}\n`)
    const fit: ConstantFit = (_, {length}) => ({set: {'hbm.energy': `${length * 5} pJ/b`}, rowCount: length})
    const [plain, leftOut] = [await validate({traces: [file]}), await validate({traces: [file], leaveOneModelOut: fit})]
    expect(plain.folds).toEqual([])
    expect(leftOut.folds).toEqual(
      models.map((heldOut) => ({device: 'a100-pcie-40gb', heldOut, rowCount: 2, set: {'hbm.energy': '10 pJ/b'}})),
    )
    expect(leftOut.metrics.latency!.mape).toBeCloseTo(plain.metrics.latency!.mape, 12)
    expect(leftOut.metrics.energy!.bias).toBeGreaterThan(plain.metrics.energy!.bias)
  })
})
