import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Figure} from '../../src/report/report.js'
import {checkReport} from '../../src/study/check-report.js'
import {buildFigure} from '../../src/study/figures/table.js'
import {reportSpec} from '../../src/study/report-spec.js'
import {runStudySweep} from '../../src/study/run-sweep.js'
import type {WorkloadPoints} from '../../src/study/study-points.js'
import {loadStudy, type Study} from '../../src/sweep/study.js'

const folder = mkdtempSync(path.join(tmpdir(), 'ridge-dataflows-'))
let study: Study
let points: readonly WorkloadPoints[]
let figures: readonly Figure[]

beforeAll(async () => {
  study = loadStudy('dataflows')
  checkReport(study)
  points = (await runStudySweep(study, {storeFile: path.join(folder, 'points.db')})).points
  const context = {study, points, validation: undefined}
  figures = reportSpec(study).figures.map((spec, index) => buildFigure({spec, context, pointer: `/report/figures/${index}`}).figure)
}, 240_000)
afterAll(() => rmSync(folder, {recursive: true, force: true, maxRetries: 5}))

const bars = (name: string) => {
  const figure = figures.find((each) => each.name === name)
  if (figure?.kind !== 'breakdown') throw new Error(`no bars named ${name}`)
  return figure.input.configurations
}
const sum = (parts: readonly {readonly energyJoules: number}[]): number => parts.reduce((all, {energyJoules}) => all + energyJoules, 0)

describe('the study of dataflows', () => {
  it('maps the products of a layer in prefill and decode with four dataflows on three accelerators', () => {
    expect(points.map(({workload, phase, feasibleCount}) => [workload, phase, feasibleCount])).toEqual([
      ['llama-3.1-8b', 'prefill', 12],
      ['llama-3.1-8b', 'decode', 12],
    ])
    for (const {feasible} of points) expect(new Set(feasible.map(({accelerator, strategy}) => `${accelerator} ${strategy}`)).size).toBe(12)
  })

  it('draws every part of the energy of each dataflow and accelerator', () => {
    for (const [index, phase] of ['prefill', 'decode'].entries()) {
      const drawn = bars(`energy-${phase}`)
      expect(drawn).toHaveLength(12)
      for (const {name, energyParts} of drawn) {
        const [accelerator, strategy] = name.split(', ')
        const row = points[index]!.feasible.find((each) => each['accelerator'] === accelerator && each['strategy'] === strategy)!
        expect(sum(energyParts) / Number(row['energyJoules'])).toBeCloseTo(1, 9)
      }
    }
  })

  it('takes at least the time that main memory needs for every weight in decode', () => {
    // 32 layers of query, key, value, output, gate, up and down projections; two bytes a weight.
    const weightBytes = 2 * 32 * (4096 * 6144 + 4096 * 4096 + 3 * 4096 * 14_336)
    const bytesPerSecond = new Map([
      ['eyeriss', 720e6],
      ['mi300x', 5.3e12],
      ['h100-sxm', 3.35e12],
    ])
    for (const {accelerator, latencySeconds} of points[1]!.feasible)
      expect(Number(latencySeconds)).toBeGreaterThanOrEqual((0.999 * weightBytes) / bytesPerSecond.get(String(accelerator))!)
  })
})
