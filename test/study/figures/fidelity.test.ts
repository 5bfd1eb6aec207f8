import path from 'node:path'
import {describe, expect, it} from 'vitest'
import type {Accelerator} from '../../../src/accelerator/accelerator.js'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../../src/cost/evaluate.js'
import {passDvfs} from '../../../src/dvfs/pass-dvfs.js'
import type {ChartInput, ChartKindName} from '../../../src/report/charts/table.js'
import {packageRoot} from '../../../src/spec/catalogue.js'
import {buildReport} from '../../../src/study/run-study.js'
import {runStudySweep} from '../../../src/study/run-sweep.js'
import {loadStudy, type Study, type StudyOptions} from '../../../src/sweep/study.js'
import {reportText} from '../../../src/view/report-view.js'
import {sweepText} from '../../../src/view/sweep-view.js'
import {loadWorkload} from '../../../src/workload/load-workload.js'
import {shippedAccelerator, smallStudy, temporaryFolder, writeStudy} from '../../sweep/studies.js'
import {figureStudy, onlyFigure} from '../studies.js'

const decode = '{model: gpt2, phase: decode, contextTokens: 512, batch: 8}'
const pass = loadWorkload('gpt2', {phase: 'decode', contextTokens: 512, batch: 8})
const bounds = 'fidelity: roofline\n'

function inputOf<Kind extends ChartKindName>(study: Study): ChartInput<Kind> {
  return onlyFigure(study).input as ChartInput<Kind>
}

function figure(chart: ChartKindName, accelerator = 'h100-sxm'): string {
  return `{name: one, chart: ${chart}, title: One, accelerators: [${accelerator}], workloads: [${decode}]}`
}

/** A study of one H100 that is not the one described, with one figure. */
function setStudy(spaces: string, drawn: string, options?: StudyOptions): Study {
  const text = `title: t
spaces: ${spaces}
workloads: [${decode}]
objectives: [latency]
report: {figures: [${drawn}]}
`
  return loadStudy(writeStudy(text), options)
}

const drawnOf = (accelerator: Accelerator) =>
  passDvfs(accelerator, pass, {fidelity: 'roofline'}).clocks.map(({clockHertz, latencySeconds, energyJoules}) => ({
    clockHertz,
    latencySeconds,
    energyJoules,
  }))

describe('figures are drawn by the fidelity of the study', () => {
  const h100 = loadAccelerator('h100-sxm')
  const bound = evaluate(h100, pass, {fidelity: 'roofline'})

  it('a breakdown', () => {
    expect(bound.latencySeconds).not.toBe(evaluate(h100, pass).latencySeconds)
    const [parts] = inputOf<'breakdown'>(figureStudy(figure('breakdown'), bounds)).configurations
    expect(parts!.latencyParts.reduce((sum, {latencySeconds}) => sum + latencySeconds, 0) / bound.latencySeconds).toBeCloseTo(1, 9)
  })

  it('clock curves', () => {
    const [curve] = inputOf<'dvfs'>(figureStudy(figure('dvfs'), bounds)).curves
    expect(curve!.points).toMatchObject(drawnOf(h100))
  })

  it('a roofline', () => {
    const {operators} = inputOf<'roofline'>(figureStudy(figure('roofline'), bounds))
    const expected = new Map(bound.operators.map(({name, latencySeconds}) => [name, latencySeconds]))
    expect(operators.length).toBeGreaterThan(5)
    for (const {name, latencySeconds} of operators) expect(latencySeconds).toBe(expected.get(name))
  })

  it('and say so in their captions', () => {
    expect(onlyFigure(figureStudy(figure('dvfs'), bounds)).caption).toBe('Fidelity: roofline (h100-sxm).')
    const two = figure('breakdown', 'h100-sxm, mi300x').replace('title: One', 'title: One, caption: Two.')
    expect(onlyFigure(figureStudy(two)).caption).toBe('Two. Fidelity: calibrated (h100-sxm), roofline (mi300x).')
    const front = `{name: one, chart: pareto, title: One, workloads: [{model: gpt2, phase: decode}], x: latency, y: energyPerToken}`
    expect(onlyFigure(figureStudy(front)).caption).toBe('Fidelity: calibrated.')
  })
})

describe('an accelerator of the study that a figure names', () => {
  const spaces = '[{accelerator: h100-sxm, set: {sms: 100, hbmBandwidth: 2000 GB/s}}]'
  const changed = loadAccelerator('h100-sxm', {set: {sms: '100', hbmBandwidth: '2000 GB/s'}})

  it('is drawn with what the study sets, and named by it', () => {
    const study = setStudy(spaces, figure('breakdown'))
    const [parts] = inputOf<'breakdown'>(study).configurations
    const {latencySeconds} = evaluate(changed, pass)
    expect(latencySeconds).not.toBe(evaluate(loadAccelerator('h100-sxm'), pass).latencySeconds)
    expect(parts!.latencyParts.reduce((sum, part) => sum + part.latencySeconds, 0) / latencySeconds).toBeCloseTo(1, 9)
    expect(parts!.name).toBe('h100-sxm sms=100 hbmBandwidth=2000 GB/s')
    expect(onlyFigure(study).caption).toBe('Fidelity: calibrated (h100-sxm sms=100 hbmBandwidth=2000 GB/s).')
  })

  it('is known by its file too', () => {
    const study = setStudy(spaces, figure('dvfs', JSON.stringify(shippedAccelerator('h100-sxm'))), {fidelity: 'roofline'})
    expect(inputOf<'dvfs'>(study).curves[0]!.points).toMatchObject(drawnOf(changed))
  })

  it('is drawn once for each of the designs that the study makes of it', () => {
    const study = setStudy('[{accelerator: h100-sxm}, {accelerator: h100-sxm, set: {sms: 100}}]', figure('breakdown'))
    expect(inputOf<'breakdown'>(study).configurations.map(({name}) => name)).toEqual(['h100-sxm', 'h100-sxm sms=100'])
  })
})

describe('the words of a study name its fidelity', () => {
  const measured = JSON.stringify(path.join(packageRoot, 'accelerators', 'h100-sxm', 'measured.csv'))

  async function ran(text: string, options?: StudyOptions) {
    const folder = temporaryFolder()
    const study = loadStudy(writeStudy(text, folder), options)
    const storeFile = path.join(folder, 'points.db')
    const {summary} = await runStudySweep(study, {storeFile})
    return {summary, written: await buildReport(study, {storeFile, folder, formats: ['html']})}
  }

  it('in the sweep, by workload and accelerator, and in the report, whose validation it decides', async () => {
    const {summary, written} = await ran(`${smallStudy}validate: {traces: [${measured}]}\n`, {fidelity: 'roofline'})
    expect(summary.workloads[0]!.fidelities).toEqual([{accelerator: 'machine', fidelity: 'roofline'}])
    expect(sweepText(summary)).toContain('fidelity roofline')
    expect(written.validation!.fidelity).toBe('roofline')
    expect(reportText(written)).toContain('by fidelity roofline')
  })

  it('where accelerators differ in it, each with its own', async () => {
    const {summary, written} = await ran(smallStudy.replace('workloads:', '  - accelerator: ./tiny.yaml\nworkloads:'))
    expect(sweepText(summary)).toContain('fidelity calibrated (machine), roofline (tiny)')
    expect(reportText(written)).toContain('fidelity calibrated (machine), roofline (tiny)')
  })

  it('but the validation has its own where the study says one', async () => {
    const {written} = await ran(`${smallStudy}fidelity: roofline\nvalidate: {traces: [${measured}], fidelity: calibrated}\n`)
    expect(written.validation!.fidelity).toBe('calibrated')
  })
})
