import path from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import type {ChartInput, ChartKindName} from '../../../src/report/charts/table.js'
import {packageRoot} from '../../../src/spec/catalogue.js'
import {checkReport} from '../../../src/study/check-report.js'
import {regimeText} from '../../../src/study/figures/regime-text.js'
import {buildFigure} from '../../../src/study/figures/table.js'
import {reportSpec} from '../../../src/study/report-spec.js'
import {type StudyValidation, validateStudy} from '../../../src/study/validate-study.js'
import {figureStudy} from '../studies.js'

const files = ['h100-sxm', 'l40s'].map((name) => path.join(packageRoot, 'accelerators', name, 'measured.csv'))
const traces = `validate: {traces: ${JSON.stringify(files)}}\n`

let validation: StudyValidation

beforeAll(async () => {
  validation = await validateStudy(files)
})

function inputOf<Kind extends ChartKindName>(kind: Kind, fields: string): ChartInput<Kind> {
  const study = figureStudy(`{name: one, chart: ${kind}, title: One${fields}}`, traces)
  const [spec] = reportSpec(study).figures
  return buildFigure({spec: spec!, context: {study, points: [], validation}, pointer: '/report/figures/0'}).figure.input as ChartInput<Kind>
}

describe('figures of measurements', () => {
  it('compare the rows of the devices that they name, by device or by class', () => {
    const all = inputOf('predicted-measured', ', quantity: latency')
    expect(all.panels).toBe('device')
    expect(all.points).toHaveLength(validation.result.predictedCount)
    const own = inputOf('predicted-measured', ', quantity: latency, accelerators: [l40s], by: class')
    expect(own.panels).toBe('class')
    expect(new Set(own.points.map(({device}) => device))).toEqual(new Set(['l40s']))
    expect(own.points).toHaveLength(120)
  })

  it('hold the error of every regime once, each with the rows that it rests on', () => {
    const {groups} = inputOf('error-by-class', ', by: regime')
    expect(groups).toHaveLength(validation.result.groups.length)
    expect(groups.reduce((sum, {rowCount}) => sum + rowCount, 0)).toBe(validation.result.predictedCount)
    const gemm = validation.result.groups.find(({device, op, regime}) => device === 'l40s' && op === 'gemm' && regime === 'm=1')!
    expect(groups.find(({device, regime}) => device === 'l40s' && regime === 'm = 1')).toEqual({
      device: 'l40s',
      operatorClass: 'gemm bf16',
      regime: 'm = 1',
      rowCount: gemm.rowCount,
      mapeRatio: gemm.latency!.mape,
      p90Ratio: gemm.latency!.p90,
      biasRatio: gemm.latency!.bias,
    })
  })

  it('begin with the class of which most was measured', () => {
    const {groups} = inputOf('error-by-class', ', accelerators: [h100-sxm], by: regime')
    expect(groups[0]!.operatorClass).toBe('gemm bf16')
    expect(groups.at(-1)!.operatorClass).toMatch(/fp16$/)
  })

  it('have in an error by class the mean of its rows, weighed by regime', () => {
    const classes = inputOf('error-by-class', ', accelerators: [l40s]').groups
    const regimes = inputOf('error-by-class', ', accelerators: [l40s], by: regime').groups
    expect(classes).toHaveLength(1)
    const weighed = (of: 'mapeRatio' | 'biasRatio'): number =>
      regimes.reduce((sum, group) => sum + group[of] * group.rowCount, 0) / classes[0]!.rowCount
    expect(weighed('mapeRatio')).toBeCloseTo(classes[0]!.mapeRatio, 9)
    expect(weighed('biasRatio')).toBeCloseTo(classes[0]!.biasRatio, 9)
  })
})

describe('a figure of measurements that cannot be drawn says where and why', () => {
  it.each([
    ['predicted-measured', ', quantity: latency, by: regime', '/by', '"regime" is not known here'],
    ['error-by-class', ', by: device', '/by', '"device" is not known here'],
    ['error-by-class', ', accelerators: [h200-sxm]', '/accelerators', 'no row of h200-sxm was measured and predicted'],
  ] as const)('%s%s', (kind, fields, field, message) => {
    expect(() => inputOf(kind, fields)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_NAME',
        message: expect.stringMatching(new RegExp(`small\\.yaml:\\d+:\\d+ /report/figures/0${field}\\n  ${message}`)),
      }),
    )
  })

  it.each(['predicted-measured, title: One, quantity: latency', 'error-by-class, title: One'])(
    '%s without traces, before the sweep',
    (chart) => {
      expect(() => checkReport(figureStudy(`{name: one, chart: ${chart}}`))).toThrow(expect.objectContaining({code: 'FIGURE_INCOMPLETE'}))
    },
  )
})

it.each([
  ['flops 1e9-1e10', '1–10 GFLOP'],
  ['flops 1e5-1e6', '100–1000 kFLOP'],
  ['bytes 1e2-1e3', '100–1000 B'],
  ['bytes 1e7-1e8', '10–100 MB'],
  ['tokens 1e3-1e4', '1–10 k tokens'],
  ['tokens 1e0-1e1', '1–10 tokens'],
  ['m=1', 'm = 1'],
  ['seq<=128 batch=1', 'seq ≤ 128, batch = 1'],
  ['kv>16384 groups<=2', 'kv > 16384, groups ≤ 2'],
])('the regime %s reads "%s"', (regime, text) => {
  expect(regimeText(regime)).toBe(text)
})
