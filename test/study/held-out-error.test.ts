import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {packageRoot} from '../../src/spec/catalogue.js'
import {YamlSource} from '../../src/spec/yaml-source.js'
import {heldOutError} from '../../src/study/held-out-error.js'
import {buildReport} from '../../src/study/run-study.js'
import {runStudySweep} from '../../src/study/run-sweep.js'
import {loadStudy} from '../../src/sweep/study.js'
import type {GroupErrors, Validation} from '../../src/validate/validate.js'
import {reportText} from '../../src/view/report-view.js'
import {smallStudy, temporaryFolder, writeStudy} from '../sweep/studies.js'

const folder = path.join(packageRoot, 'accelerators', 'h100-sxm')
const shipped = path.join(folder, 'measured.csv')

function stated(operatorClass: string): number {
  const {classes} = YamlSource.read(path.join(folder, 'profile.yaml')).data as {
    classes: readonly {class: string; dtype: string; heldOut: {mape: number}}[]
  }
  return classes.find((each) => each.class === operatorClass && each.dtype === 'bf16')!.heldOut.mape
}

function group(op: string, rowCount: number, dtype = 'bf16'): GroupErrors {
  return {device: 'h100-sxm', op, dtype, regime: 'any', rowCount, latency: null, energy: null, power: null}
}

function validated(changes: Partial<Validation>): Validation {
  return {
    traces: [shipped],
    fidelity: 'calibrated',
    rowCount: 8,
    predictedCount: 8,
    skipped: [],
    metrics: {latency: null, energy: null, power: null},
    withoutMetric: {},
    groups: [group('gemm', 2), group('gemm', 1), group('attention_decode', 1), group('train_step', 3), group('gemm', 1, 'int4')],
    folds: [],
    sweeps: null,
    limits: null,
    unknownColumns: [],
    ...changes,
  }
}

describe('the error on rows that the fits did not see', () => {
  it('is that of the profile, by the rows of each class and format that was fitted', () => {
    expect(heldOutError(validated({}))).toBeCloseTo((3 * stated('gemm') + stated('attention_decode')) / 4, 12)
  })

  it.each([
    ['measurements of one’s own', {traces: [path.join(packageRoot, 'mine', 'measured.csv')]}],
    ['predictions without a fit', {fidelity: 'roofline'}],
    ['classes that nobody fitted', {groups: [group('train_step', 3)]}],
  ])('is left out for %s', (_, changes) => {
    expect(heldOutError(validated(changes))).toBeNull()
  })

  it('stands beside the error on shipped rows wherever that is told', async () => {
    const place = temporaryFolder()
    const study = loadStudy(writeStudy(`${smallStudy}validate: {traces: [${JSON.stringify(shipped)}]}\n`, place))
    const storeFile = path.join(place, 'points.db')
    await runStudySweep(study, {storeFile})
    const written = await buildReport(study, {storeFile, folder: place, formats: ['html']})
    expect(written.heldOutMapeRatio).toBeGreaterThan(0.01)
    expect(written.heldOutMapeRatio).toBeLessThan(0.4)
    expect(reportText(written)).toContain(
      `of these rows, the shipped ones of a fitted class are among those that the fits saw; on rows of these classes that the fits did not see, latency is ${Number((written.heldOutMapeRatio! * 100).toPrecision(3))} % off on average`,
    )
  })
})
