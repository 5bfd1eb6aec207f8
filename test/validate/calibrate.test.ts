import {beforeAll, describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {UserError} from '../../src/foundation/user-error.js'
import {type CalibrateOptions, type Calibration, calibrate} from '../../src/validate/calibrate.js'
import {validate} from '../../src/validate/validate.js'
import {temporaryFolder, written} from '../faults/refusal.js'
import {madeParameters, madeTrace} from './made-trace.js'

const folder = temporaryFolder()
const folds = {kind: 'folds', count: 3} as const
let trace = ''
let calibration: Calibration

/** A fit of the made trace, unless options say otherwise. */
const run = (options: Partial<CalibrateOptions> = {}): Promise<Calibration> =>
  calibrate({accelerator: 'a100-sxm-80gb', traces: [trace], split: folds, ...options})

beforeAll(async () => {
  trace = await madeTrace(folder, 'a100-sxm-80gb')
  calibration = await run()
})

describe('calibrate', () => {
  it('finds a device that its model describes exactly, clocks under the power limit included, on seen and unseen rows', () => {
    const [only] = calibration.classes
    expect(calibration.classes).toHaveLength(1)
    expect(only).toMatchObject({device: 'a100-sxm-80gb', class: 'softmax', dtype: 'bf16', launch: 'alone', rowCount: 48})
    expect(only!.fitted.mape).toBeLessThan(0.01)
    expect(only!.heldOut.mape).toBeLessThan(0.05)
    expect(only!.roofline.mape).toBeGreaterThan(0.1)
  })

  it('states the interval of each parameter around its value and within its bounds', () => {
    const {parameters} = calibration.classes[0]!
    expect(parameters).toHaveLength(madeParameters().length)
    for (const {
      value,
      interval,
      bounds: [least, most],
    } of parameters) {
      expect(least <= interval[0] && interval[0] <= value && value <= interval[1] && interval[1] <= most).toBe(true)
      expect(value).toBe(Number(value.toPrecision(4)))
    }
  })

  it('leaves every row out once, and counts each in its regimes and its trace', () => {
    const [only] = calibration.classes
    expect(only!.heldOut.rowCount).toBe(48)
    const ofTime = only!.regimes.filter(({regime}) => regime.startsWith('time'))
    expect(ofTime.reduce((sum, {fitted}) => sum + fitted.rowCount, 0)).toBe(48)
    expect(calibration.traces).toMatchObject([{trace, rowCount: 48, fittedCount: 48, errors: {heldOut: only!.heldOut}}])
    expect(calibration.skipped).toEqual([])
  })

  it('agrees with `validate` on the roofline’s error on the very rows', async () => {
    const {metrics} = await validate({traces: [trace], fidelity: 'roofline'})
    expect(calibration.classes[0]!.roofline.mape).toBeCloseTo(metrics.latency!.mape, 9)
  })

  it('holds a share out once, by shape', async () => {
    const {classes} = await run({split: {kind: 'holdout', ratio: 0.25}})
    expect(classes[0]!.heldOut.rowCount).toBe(12)
    expect(classes[0]!.fitted.rowCount).toBe(48)
  })

  it('gives the range of every size', () => {
    expect(calibration.classes[0]!.range).toMatchObject({m: [16, 16384], n: [512, 24576]})
  })

  it('predicts rows of other devices with the same parameters, and fits nothing to them', async () => {
    const elsewhere = await madeTrace(folder, 'l40s', 'l40s')
    const {classes, skipped, devices} = await run({traces: [trace, elsewhere]})
    expect(devices.map(({device}) => device)).toEqual(['a100-sxm-80gb'])
    expect(classes).toHaveLength(1)
    expect(classes[0]!.transfer).toMatchObject([{device: 'l40s', rows: 48}])
    // Both were made with the same parameters, on two machines.
    expect(classes[0]!.transfer[0]!.mape).toBeLessThan(0.1)
    expect(skipped).toEqual([{reason: 'of l40s, which is not fitted', count: 48}])
  })

  it('fits every shipped device of the traces where none is named', async () => {
    const elsewhere = await madeTrace(folder, 'l40s', 'l40s')
    const {classes} = await run({accelerator: undefined, traces: [elsewhere, trace]})
    expect(classes.map(({device}) => device)).toEqual(['a100-sxm-80gb', 'l40s'])
    expect(classes.map(({transfer}) => transfer.map(({device}) => device))).toEqual([['l40s'], ['a100-sxm-80gb']])
  })

  it('fits the devices of a generation together, and calls none of them another', async () => {
    const twin = await madeTrace(folder, 'a100-pcie-40gb', 'a100-pcie-40gb')
    const {classes} = await run({accelerator: undefined, generation: 'ampere', traces: [trace, twin]})
    expect(classes.map(({device, transfer}) => [device, transfer])).toEqual([
      ['a100-pcie-40gb', []],
      ['a100-sxm-80gb', []],
    ])
    for (const [index, {scope, value}] of classes[0]!.parameters.entries())
      if (scope === 'generation') expect(classes[1]!.parameters[index]!.value).toBe(value)
  })

  it('takes an accelerator file of one’s own, by the name that `show` prints', async () => {
    const file = written(folder, 'mine.yaml', 'title: Mine\nextends: a100-sxm-80gb\n')
    const {classes, devices} = await run({accelerator: file, traces: [await madeTrace(folder, 'mine')]})
    expect(classes.map(({device, rowCount}) => [device, rowCount])).toEqual([['mine', 48]])
    expect(devices).toMatchObject([{accelerator: file, device: 'mine', sources: ['made, by hand']}])
  })

  it('says how far it is before each fit, in rows', async () => {
    const told: number[][] = []
    await run({onFit: (done, total) => void told.push([done, total])})
    expect(told.map(([, total]) => total)).toEqual([144, 144, 144, 144, 144])
    expect(told.map(([done]) => done)).toEqual([0, 32, 64, 96, 144])
  })

  it('stops between two fits when it is interrupted', async () => {
    const controller = new AbortController()
    const stop = new UserError('stopped by Ctrl-C', {code: 'INTERRUPTED'})
    let fitCount = 0
    const stopped = run({
      signal: controller.signal,
      onFit: () => {
        if (++fitCount === 2) controller.abort(stop)
      },
    })
    await expect(stopped).rejects.toBe(stop)
    expect(fitCount).toBe(2)
  })
})

describe('validate', () => {
  it('predicts a kernel row as the bound of the machine says, and counts the rest with a reason', async () => {
    const file = written(
      folder,
      'rows.csv',
      'device,op,dtype,m,n,k,latency_us\nh100-sxm,gemm,bf16,8192,8192,8192,2000\nnowhere,gemm,bf16,8,8,8,5\n',
    )
    const {machine} = loadAccelerator('h100-sxm')
    const [tensor] = machine.units
    const boundSeconds = (2 * 8192 ** 3) / (tensor!.count * tensor!.operationsPerCycle.bf16! * machine.clocks[0]!.maximumHertz)
    const result = await validate({traces: [file], fidelity: 'roofline'})
    expect(result).toMatchObject({rowCount: 2, predictedCount: 1, fidelity: 'roofline'})
    expect(result.skipped).toEqual([{reason: 'no accelerator file for device nowhere', count: 1}])
    expect(result.metrics.latency!.bias).toBeCloseTo(boundSeconds / 2e-3 - 1, 9)
    expect(result.metrics.energy).toBeNull()
    expect(result.withoutMetric.energy).toBe('no predicted row states its energy')
    expect(result.groups).toMatchObject([{device: 'h100-sxm', op: 'gemm', dtype: 'bf16', regime: 'flops 1e12-1e13', rowCount: 1}])
  })
})
