import path from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import type {Figure} from '../../src/report/report.js'
import {packageRoot} from '../../src/spec/catalogue.js'
import {checkReport} from '../../src/study/check-report.js'
import {buildFigure} from '../../src/study/figures/table.js'
import {reportSpec} from '../../src/study/report-spec.js'
import {measuredStudy} from '../../src/study/run-study.js'
import {loadStudy} from '../../src/sweep/study.js'
import {readTrace} from '../../src/trace/read-trace.js'

type Of<Kind extends Figure['kind']> = Extract<Figure, {kind: Kind}>
let figures: readonly Figure[]
const ofKind = <Kind extends Figure['kind']>(kind: Kind): Of<Kind>[] => figures.filter((figure): figure is Of<Kind> => figure.kind === kind)

beforeAll(async () => {
  const study = loadStudy('energy')
  checkReport(study)
  const context = {study, points: [], validation: (await measuredStudy(study))!}
  figures = reportSpec(study).figures.map((spec, index) => buildFigure({spec, context, pointer: `/report/figures/${index}`}).figure)
}, 60_000)

describe('the study of energy', () => {
  it('draws clocks, plans, frontiers, and energy and power beside what was measured', () => {
    const kinds = new Set(figures.map(({kind}) => kind))
    for (const kind of ['dvfs', 'clock-plan', 'tornado', 'frontiers', 'measured-sweep', 'predicted-measured'] as const)
      expect(kinds).toContain(kind)
    expect(ofKind('predicted-measured').map(({input}) => input.quantity)).toEqual(['energy', 'power'])
  })

  it('has changed hardware, batch × clock and precision × clock among its frontiers', () => {
    const names = ofKind('frontiers').map(({input}) => input.frontiers.map(({name}) => name))
    expect(names).toContainEqual(['before', 'l2=100 MiB', 'hbm.energy=2 pJ/b', 'hbmBandwidth=3 TB/s', 'all together'])
    expect(names).toContainEqual(['batch 1', 'batch 4', 'batch 16', 'batch 64'])
    expect(names).toContainEqual(['dtype bf16', 'dtype fp8'])
  })

  it('draws the whole sweeps among the shipped rows, every clock once and as it was measured', async () => {
    const shipped = new Map<string, number>()
    for await (const row of readTrace(path.join(packageRoot, 'accelerators', 'a100-pcie-40gb', 'sweeps.csv')))
      shipped.set(`${row.clockHertz} ${row.latencySeconds}`, row.energyJoules!)
    expect(ofKind('measured-sweep').map(({input}) => input.quantity)).toEqual(['latency', 'energy', 'power'])
    for (const {input} of ofKind('measured-sweep')) {
      expect(input.sweeps).toHaveLength(Math.floor(shipped.size / 11))
      for (const {measured} of input.sweeps) {
        const clocks = measured.map(({clockHertz}) => clockHertz)
        expect(clocks).toEqual([...new Set(clocks)].sort((a, b) => a - b))
        expect([clocks[0], clocks.at(-1)]).toEqual([510e6, 1410e6])
        for (const {clockHertz, latencySeconds, energyJoules} of measured)
          expect(shipped.get(`${clockHertz} ${latencySeconds}`)).toBe(energyJoules)
      }
    }
  })

  it('predicts each of these sweeps to a tenth in energy', () => {
    for (const {measured, predicted} of ofKind('measured-sweep')[0]!.input.sweeps) {
      const {points} = predicted.find(({name}) => name === 'from kernels')!
      const errors = points.map(({energyJoules}, index) => Math.abs(energyJoules / measured[index]!.energyJoules - 1))
      expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.1)
    }
  })
})
