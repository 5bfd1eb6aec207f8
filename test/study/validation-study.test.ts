import {readdirSync} from 'node:fs'
import path from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {packageRoot} from '../../src/spec/catalogue.js'
import {checkReport} from '../../src/study/check-report.js'
import {buildFigure} from '../../src/study/figures/table.js'
import {profileErrors} from '../../src/study/profile-errors.js'
import {reportSpec} from '../../src/study/report-spec.js'
import {measuredStudy} from '../../src/study/run-study.js'
import {trustTable} from '../../src/study/trust-table.js'
import type {StudyValidation} from '../../src/study/validate-study.js'
import {loadStudy, type Study} from '../../src/sweep/study.js'

let study: Study
let validation: StudyValidation

beforeAll(async () => {
  study = loadStudy('validation')
  validation = (await measuredStudy(study))!
})

function figures() {
  const context = {study, points: [], validation}
  return reportSpec(study).figures.map((spec, index) => buildFigure({spec, context, pointer: `/report/figures/${index}`}).figure)
}

describe('the validation study', () => {
  it('reads the measured rows of every accelerator that ships some', () => {
    const shipped = readdirSync(path.join(packageRoot, 'accelerators'), {recursive: true, encoding: 'utf8'})
    const expected = shipped.filter((file) => path.basename(file) === 'measured.csv').map((file) => path.dirname(file))
    expect(
      reportSpec(study)
        .traces.map((file) => path.basename(path.dirname(file)))
        .sort(),
    ).toEqual(expected.sort())
    checkReport(study)
  })

  it('predicts 99 % of the shipped rows or more', () => {
    expect(validation.result.predictedCount / validation.result.rowCount).toBeGreaterThanOrEqual(0.99)
  })

  it('draws every device and class predicted against measured, and its error by regime', () => {
    const measured = new Set(validation.result.groups.map(({device, op, dtype}) => `${device} ${op} ${dtype}`))
    const compared = figures().flatMap((figure) => {
      if (figure.kind !== 'predicted-measured' || figure.input.panels !== 'class') return []
      return figure.input.points.map(({device, operatorClass, dtype}) => `${device} ${operatorClass} ${dtype}`)
    })
    expect(new Set(compared)).toEqual(measured)
    const regimes = figures().flatMap((figure) => {
      if (figure.kind !== 'error-by-class') return []
      return figure.input.groups.filter(({regime}) => regime !== undefined).map(({device, operatorClass}) => `${device} ${operatorClass}`)
    })
    expect(new Set(regimes)).toEqual(measured)
    expect(regimes).toHaveLength(validation.result.groups.length)
  })

  it('draws waterfalls of kernels that were measured, every step a number', () => {
    const kernels = figures().flatMap((figure) => (figure.kind === 'waterfall' ? figure.input.kernels : []))
    expect(kernels.filter(({measuredSeconds}) => measuredSeconds !== undefined).length).toBeGreaterThanOrEqual(3)
    for (const {steps} of kernels) {
      expect(steps.length).toBeGreaterThan(2)
      for (const {seconds} of steps) expect(seconds).toSatisfy(Number.isFinite)
    }
  })

  it('says of every fitted class how far unseen rows were predicted, nearer than the ideal bound', () => {
    const errors = profileErrors(validation.result)
    const fitted = new Set(errors.map(({device, operatorClass, dtype}) => `${device} ${operatorClass} ${dtype}`))
    const kernels = validation.result.groups.filter(({op}) => !/^(serve|train_step|forward_)/.test(op))
    for (const {device, op, dtype} of kernels) expect(fitted).toContain(`${device} ${op} ${dtype}`)
    for (const {mapeRatio, medianRatio, p90Ratio, rooflineMapeRatio} of errors) {
      expect(mapeRatio).toBeLessThan(rooflineMapeRatio)
      expect(medianRatio).toBeLessThanOrEqual(p90Ratio)
    }
  })

  it('says of every accelerator and pass which kernels were measured, which are borrowed, and the error to expect', () => {
    const {rows} = trustTable(study)
    expect(rows).toHaveLength(study.spaces.length)
    const of = (accelerator: string) => rows.find((row) => row['accelerator'] === accelerator && row['pass'] === 'llama-3.1-8b prefill')!
    expect(of('h100-sxm')['measured']).toContain('attention_prefill, gemm')
    expect(of('h200-sxm')).toMatchObject({measured: '', ideal: ''})
    expect(of('h200-sxm')['borrowed']).toContain('attention_prefill, gemm from h100-sxm bf16')
    for (const {expectedMapeRatio, ideal} of rows) expect(expectedMapeRatio === null).toBe(ideal !== '')
  })

  it('has no unseen rows to tell of where the ideal bound is asked for', () => {
    expect(profileErrors({...validation.result, fidelity: 'roofline'})).toEqual([])
  })
})
