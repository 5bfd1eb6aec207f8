import path from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {UserError} from '../../../src/foundation/user-error.js'
import type {MeasuredSweepInput} from '../../../src/report/charts/measured-sweep.js'
import {packageRoot} from '../../../src/spec/catalogue.js'
import {checkReport} from '../../../src/study/check-report.js'
import {buildFigure} from '../../../src/study/figures/table.js'
import {reportSpec} from '../../../src/study/report-spec.js'
import {type StudyValidation, validateStudy} from '../../../src/study/validate-study.js'
import {figureStudy} from '../studies.js'

const files = [path.join(packageRoot, 'accelerators', 'a100-pcie-40gb', 'sweeps.csv')]
const traces = `validate: {traces: ${JSON.stringify(files)}}\n`

let validation: StudyValidation

beforeAll(async () => {
  validation = await validateStudy(files)
})

const studyWith = (fields: string, more = traces) => figureStudy(`{name: one, chart: measured-sweep, title: One${fields}}`, more)

function inputOf(fields: string): MeasuredSweepInput {
  const study = studyWith(fields)
  const [spec] = reportSpec(study).figures
  return buildFigure({spec: spec!, context: {study, points: [], validation}, pointer: '/report/figures/0'}).figure
    .input as MeasuredSweepInput
}

function refusalOf(action: () => unknown): UserError {
  try {
    action()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a figure of measured sweeps', () => {
  it('bands the energy and the power that kernels predict, the prediction inside, and no time', () => {
    for (const {predicted} of inputOf(', quantity: energy').sweeps) {
      const [kernels, clocks] = predicted
      for (const {energyJoules, averageWatts, p5Joules, p95Joules, p5Watts, p95Watts} of kernels!.points) {
        expect(p5Joules!).toBeLessThanOrEqual(energyJoules * (1 + 1e-9))
        expect(p95Joules!).toBeGreaterThanOrEqual(energyJoules * (1 - 1e-9))
        expect(p5Watts!).toBeLessThanOrEqual(averageWatts * (1 + 1e-9))
        expect(p95Watts!).toBeGreaterThanOrEqual(averageWatts * (1 - 1e-9))
      }
      for (const point of clocks!.points) expect(point).not.toHaveProperty('p5Joules')
    }
    for (const {predicted} of inputOf(', quantity: latency').sweeps)
      for (const {points} of predicted) for (const point of points) expect(point).not.toHaveProperty('p5Joules')
  })

  it('draws every sweep of the traces with both of its predictions', () => {
    const {quantity, sweeps} = inputOf(', quantity: energy')
    expect(quantity).toBe('energy')
    expect(sweeps).toHaveLength(5)
    for (const {measured, predicted} of sweeps) {
      expect(predicted.map(({name}) => name)).toEqual(['from kernels', 'from two clocks'])
      expect(predicted.map(({points}) => points.map(({clockHertz}) => clockHertz))).toEqual(
        predicted.map(() => measured.map(({clockHertz}) => clockHertz)),
      )
    }
  })

  it('draws those that its columns name alone, as they were measured', () => {
    const {sweeps} = inputOf(', quantity: power, measured: {op: forward_prefill, model: "opt:opt-1p3b", batch: 8, seq_q: 2048}')
    expect(sweeps.map(({name}) => name)).toEqual(['opt-1.3b bf16, batch 8, 2048 tokens'])
    const top = sweeps[0]!.measured.at(-1)!
    expect(top).toMatchObject({clockHertz: 1410e6, energyJoules: 221.057, throttled: true})
    expect(top.latencySeconds).toBeCloseTo(0.922446, 9)
    expect(top.averageWatts).toBeCloseTo(221.057 / 0.922446, 6)
  })

  it('says which sweep is not there, at its place in the study', () => {
    const error = refusalOf(() => inputOf(', quantity: energy, measured: {op: forward_prefill, batch: 7}'))
    expect([error.code, error.message]).toEqual(['UNKNOWN_NAME', expect.stringContaining('/report/figures/0/measured')])
    expect(error.message).toContain('the traces hold no predicted sweep of forward_prefill, batch 7')
    expect(error.suggestions.join('; ')).toContain('eleven clocks')
  })

  it.each([
    ['a quantity', '', traces, '/report/figures/0/quantity'],
    ['measurements', ', quantity: energy', '', '/report/figures/0'],
  ])('without %s is refused before the study runs', (_, fields, more, place) => {
    const error = refusalOf(() => checkReport(studyWith(fields, more)))
    expect([error.code, error.message]).toEqual(['FIGURE_INCOMPLETE', expect.stringContaining(place)])
  })
})
