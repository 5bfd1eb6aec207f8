import path from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {packageRoot} from '../../src/spec/catalogue.js'
import {measuredDevices} from '../../src/validate/measured-devices.js'
import {temporaryFolder, written} from '../faults/refusal.js'
import {madeTrace} from './made-trace.js'

const folder = temporaryFolder()
let trace = ''

beforeAll(async () => {
  trace = await madeTrace(folder, 'a100-sxm-80gb')
})

const others = [
  'device,op,dtype,m,n,latency_us,clock_mhz,model,batch,seq_q',
  'nowhere,softmax,bf16,16,512,5,,,,',
  'nowhere,softmax,bf16,16,1024,5,,,,',
  'a100-sxm-80gb,softmax,bf16,,512,5,,,,',
  'a100-sxm-80gb,softmax,bf16,16,512,5,9999,,,',
  'a100-sxm-80gb,serve,bf16,,,5000,,gpt2,1,128',
  'a100-sxm-80gb,sofmax,bf16,16,512,5,,,,',
  'a100-sxm-80gb,layernorm,bf16,16,512,5,,,,',
].join('\n')

describe('measuredDevices', () => {
  it('accounts for every row: fitted, or left aside with a reason', async () => {
    const file = written(folder, 'others.csv', others)
    const {traces, skipped, classes} = await measuredDevices({traces: [trace, file], accelerator: 'a100-sxm-80gb'})
    expect(traces).toEqual([
      {trace, rowCount: 48},
      {trace: file, rowCount: 7},
    ])
    const fittedCount = classes.flat().reduce((sum, {rows}) => sum + rows.length, 0)
    expect(fittedCount + skipped.reduce((sum, {count}) => sum + count, 0)).toBe(55)
    const reasons = skipped.map(({reason, count}) => `${count} ${reason}`)
    expect(reasons).toEqual(
      expect.arrayContaining([
        '2 no accelerator file for device nowhere',
        '1 softmax row without m',
        expect.stringMatching(/^1 a core clock of 9999 MHz is outside/),
        '1 serve: a whole pass, not one kernel',
        '1 op "sofmax" is not known (nearest: softmax)',
        '1 layernorm bf16 of a100-sxm-80gb: fewer than 20 rows of 10 shapes',
      ]),
    )
    expect(reasons).toHaveLength(6)
  })

  it('keeps kernels apart that were issued by a host and replayed on the device', async () => {
    const shipped = path.join(packageRoot, 'accelerators', 'a100-sxm-80gb', 'measured.csv')
    const {all} = await measuredDevices({traces: [shipped], accelerator: 'a100-sxm-80gb'})
    for (const {rows, launch} of all) for (const {row} of rows) expect(launch).toBe(row.source === 'aiconfigurator' ? 'graph' : 'alone')
    expect(all.length).toBeGreaterThan(0)
  })

  it('does not take many runs of few shapes for a measurement of a class', async () => {
    const rows = Array.from({length: 40}, (_, index) => `a100-sxm-80gb,softmax,bf16,16,${512 * (1 + (index % 9))},5`)
    const file = written(folder, 'few.csv', ['device,op,dtype,m,n,latency_us', ...rows].join('\n'))
    await expect(measuredDevices({traces: [file], accelerator: 'a100-sxm-80gb'})).rejects.toMatchObject({code: 'NOTHING_TO_FIT'})
  })

  it('predicts with the plain roofline where the profile is of another version, and says so', async () => {
    const file = written(folder, 'old.yaml', 'title: Old\nextends: a100-sxm-80gb\n')
    const own = await madeTrace(folder, 'old')
    written(folder, 'old.profile.yaml', 'device: old\nclasses: [{class: softmax, computeEfficiencyRatio: 0.8}]\n')
    const {devices, classes} = await measuredDevices({traces: [own], accelerator: file})
    expect(devices[0]!.unusableProfile).toMatch(/old\.profile\.yaml:2:/)
    for (const {beforeSeconds} of classes[0]![0]!.rows) expect(beforeSeconds).toBeGreaterThan(0)
  })

  it('takes the file that is named before a shipped accelerator of its name', async () => {
    const file = written(folder, 'a100-sxm-80gb/accelerator.yaml', 'title: Mine\nextends: a100-sxm-80gb\n')
    const {devices, all} = await measuredDevices({traces: [trace], accelerator: file})
    expect(devices.map(({accelerator}) => accelerator)).toEqual([file])
    expect(all[0]!.accelerator.title).toBe('Mine')
  })

  it('stops at once where it was interrupted before', async () => {
    const reason = new Error('stop')
    await expect(measuredDevices({traces: [trace], signal: AbortSignal.abort(reason)})).rejects.toBe(reason)
  })
})
