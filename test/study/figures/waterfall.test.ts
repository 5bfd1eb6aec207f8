import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../../src/cost/evaluate.js'
import type {WaterfallInput} from '../../../src/report/charts/waterfall.js'
import {packageRoot} from '../../../src/spec/catalogue.js'
import {checkReport} from '../../../src/study/check-report.js'
import {buildFigure} from '../../../src/study/figures/table.js'
import {reportSpec} from '../../../src/study/report-spec.js'
import {measuredStudy} from '../../../src/study/run-study.js'
import {loadStudy, type Study} from '../../../src/sweep/study.js'
import {loadWorkload} from '../../../src/workload/load-workload.js'
import {smallStudy, temporaryFolder, writeStudy} from '../../sweep/studies.js'

const decode = '{model: gpt2, phase: decode, contextTokens: 512, batch: 8}'
const measuredFile = JSON.stringify(path.join(packageRoot, 'accelerators', 'h100-sxm', 'measured.csv'))
const traces = `validate: {traces: [${measuredFile}]}\n`
const attention = '{op: attention_decode, batch: 64, heads: 32, kv_heads: 2, head_dim: 128, seq_kv: 4096}'

function studyWith(fields: string, extra = traces): Study {
  const figure = `    - {name: one, chart: waterfall, title: One, ${fields}}\n`
  return loadStudy(writeStudy(`${smallStudy}${extra}report:\n  figures:\n${figure}`, temporaryFolder()))
}

async function drawn(study: Study): Promise<WaterfallInput> {
  const [spec] = reportSpec(study).figures
  const context = {study, points: [], validation: await measuredStudy(study)}
  const {figure, part} = buildFigure({spec: spec!, context, pointer: '/report/figures/0'})
  expect(part).toBe('causes')
  return figure.input as WaterfallInput
}

const sum = ({steps}: WaterfallInput['kernels'][number]): number => steps.reduce((total, {seconds}) => total + seconds, 0)

describe('a waterfall of a study', () => {
  it('adds up to what one run of the operator takes in its pass, on each accelerator', async () => {
    const {kernels} = await drawn(studyWith(`accelerators: [h100-sxm, a100-sxm-80gb], workloads: [${decode}], operator: attention`, ''))
    expect(kernels.map(({name}) => name)).toEqual([
      'h100-sxm: attention of gpt2 decode, batch 8, one of 12 runs',
      'a100-sxm-80gb: attention of gpt2 decode, batch 8, one of 12 runs',
    ])
    for (const [index, name] of ['h100-sxm', 'a100-sxm-80gb'].entries()) {
      const pass = loadWorkload('gpt2', {phase: 'decode', contextTokens: 512, batch: 8})
      const {latencySeconds, count} = evaluate(loadAccelerator(name), pass).operators.find((operator) => operator.name === 'attention')!
      expect(sum(kernels[index]!) / (latencySeconds / count)).toBeCloseTo(1, 9)
      expect(kernels[index]!.steps[0]!.name).toBe('ideal')
      expect(kernels[index]!.steps.length).toBeGreaterThan(2)
      expect(kernels[index]).not.toHaveProperty('measuredSeconds')
    }
  })

  it.each([
    ['attention_decode', attention, 99.984e-6],
    ['gemm', '{op: gemm, m: 3584, n: 10240, k: 3584}', 365.662e-6],
  ])('of a measured %s adds up to its prediction and knows what was measured', async (_, row, measuredSeconds) => {
    const study = studyWith(`accelerators: [h100-sxm], measured: ${row}`)
    const {kernels} = await drawn(study)
    expect(kernels).toHaveLength(1)
    expect(kernels[0]!.measuredSeconds).toBeCloseTo(measuredSeconds, 12)
    const {measured} = (await measuredStudy(study))!
    const {predictedSeconds} = measured.find((point) => Math.abs(point.measuredSeconds - measuredSeconds) < 1e-12)!
    expect(sum(kernels[0]!) / predictedSeconds).toBeCloseTo(1, 9)
  })

  it('leaves to the data what a meaning says behind a colon or semicolon', async () => {
    const {kernels} = await drawn(studyWith(`accelerators: [h100-sxm], workloads: [${decode}], operator: attention`, ''))
    for (const {label, meaning} of kernels[0]!.steps)
      expect([label, meaning.startsWith(label)]).toEqual([label.replace(/[:;].*/, ''), true])
  })

  it('of the ideal bound is that bound alone', async () => {
    const {kernels} = await drawn(
      studyWith(`accelerators: [h100-sxm], workloads: [${decode}], operator: attention`, 'fidelity: roofline\n'),
    )
    expect(kernels[0]!.steps.map(({name}) => name)).toEqual(['ideal'])
  })
})

describe('a waterfall that cannot be drawn says where and why', () => {
  it.each([
    [
      'no accelerator',
      `workloads: [${decode}], operator: attention`,
      'accelerators',
      'FIGURE_INCOMPLETE',
      'a waterfall needs `accelerators`',
    ],
    ['no operator', `accelerators: [h100-sxm], workloads: [${decode}]`, 'operator', 'FIGURE_INCOMPLETE', 'a waterfall needs `operator`'],
    ['no workload', 'accelerators: [h100-sxm], operator: attention', 'workloads', 'FIGURE_INCOMPLETE', 'a waterfall needs `workloads`'],
    [
      'an operator that the pass does not have',
      `accelerators: [h100-sxm], workloads: [${decode}], operator: atention`,
      'operator',
      'UNKNOWN_NAME',
      '"atention" is no operator of gpt2 decode',
    ],
  ])('%s, before the sweep', (_, fields, field, code, message) => {
    expect(() => checkReport(studyWith(fields, ''))).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringMatching(new RegExp(`small\\.yaml:\\d+:\\d+ /report/figures/0/${field}\\n  ${message}`)),
      }),
    )
  })

  it('a measured row in a study without measurements, before the sweep', () => {
    expect(() => checkReport(studyWith(`accelerators: [h100-sxm], measured: ${attention}`, ''))).toThrow(
      expect.objectContaining({code: 'FIGURE_INCOMPLETE', message: expect.stringContaining('a waterfall needs measurements')}),
    )
  })

  it.each([
    [
      'a row that was not measured',
      '{op: gemm, m: 1, n: 2, k: 3}',
      'UNKNOWN_ROW',
      'no measured kernel of h100-sxm has gemm, m 1, n 2, k 3',
    ],
    ['a row that is not one', '{op: gemm, dtype: bf16}', 'FIGURE_INCOMPLETE', '70 measured kernels of h100-sxm have gemm bf16'],
  ])('%s', async (_, row, code, message) => {
    await expect(drawn(studyWith(`accelerators: [h100-sxm], measured: ${row}`))).rejects.toMatchObject({
      code,
      exitCode: 3,
      message: expect.stringMatching(new RegExp(`small\\.yaml:\\d+:\\d+ /report/figures/0/measured\\n  ${message}`)),
    })
  })

  it('a measured row on a design that the study changes', async () => {
    const changed = `title: t
spaces: [{accelerator: h100-sxm, set: {sms: 100}}]
workloads: [${decode}]
objectives: [latency]
${traces}report: {figures: [{name: one, chart: waterfall, title: One, accelerators: [h100-sxm], measured: ${attention}}]}
`
    await expect(drawn(loadStudy(writeStudy(changed)))).rejects.toMatchObject({code: 'UNKNOWN_ROW'})
  })

  it('a column that no trace has', () => {
    expect(() => studyWith('accelerators: [h100-sxm], measured: {op: gemm, q: 3}')).toThrow(
      expect.objectContaining({code: 'SPEC_INVALID', message: expect.stringContaining('/report/figures/0/measured')}),
    )
  })
})
