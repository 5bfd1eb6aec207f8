import {describe, expect, it} from 'vitest'
import type {ChartInput, ChartKindName} from '../../../src/report/charts/table.js'
import {axisTitle, axisUnit, quantityText, unitShown} from '../../../src/report/unit.js'
import {objectiveUnit, unitOf} from '../../../src/study/figures/unit-of.js'
import {runStudySweep} from '../../../src/study/run-sweep.js'
import {studyReport} from '../../../src/study/study-report.js'
import {loadStudy} from '../../../src/sweep/study.js'
import {smallStudy, temporaryFolder, writeStudy} from '../../sweep/studies.js'

describe('the unit of a figure', () => {
  it.each([
    ['s', 0.00262, 'ms', '2.62 ms'],
    ['J s', 0.00262, 'mJ s', '2.62 mJ s'],
    ['s USD', 17.5, 's USD', '17.5 s USD'],
    ['J s^2/B', 3e-9, 'nJ s²/B', '3 nJ s²/B'],
    ['mm^2', 814, 'mm²', '814 mm²'],
    ['mm^2 s', 12, 'mm² s', '12 mm² s'],
    ['1/J', 120, '/J', '120 /J'],
    ['g', 12_300, 'kg', '12.3 kg'],
    ['', 132, '', '132'],
    ['base units', 4, '', '4'],
  ])('of "%s" at %f is "%s" on an axis and "%s" in a table', (unit, value, symbol, text) => {
    expect(axisUnit(value, unitShown(unitOf(unit).unit)).symbol).toBe(symbol)
    expect(quantityText(value, unitShown(unitOf(unit).unit))).toBe(text)
  })

  it('counts tokens in throughput alone', () => {
    expect(objectiveUnit({metric: 'tokensPerSecond', unit: '1/s'})).toEqual({unit: 'tokensPerSecond'})
    expect(unitShown(objectiveUnit({unit: '1/s'}).unit).symbol).toBe('/s')
  })
})

it('results that are expressions have their unit on axes and in the corner table', async () => {
  const folder = temporaryFolder()
  const workloads = 'workloads: [{model: gpt2, phase: decode}]'
  const study = loadStudy(
    writeStudy(
      `${smallStudy.replace(
        'objectives: [latency, energyPerToken]',
        'objectives: [{expression: energyJoules * latencySeconds, name: edp}, {expression: latencySeconds * deviceDollars, name: price}]',
      )}report:
  figures:
    - {name: front, chart: pareto, title: Front, ${workloads}, x: edp, y: price}
    - {name: lines, chart: parallel, title: Lines, ${workloads}}
    - {name: moves, chart: sensitivity, title: Moves, ${workloads}, y: edp}
`,
      folder,
    ),
  )
  const {points} = await runStudySweep(study, {storeFile: `${folder}/points.db`})
  const {sections} = studyReport({study, points, validation: undefined})
  const inputOf = <Kind extends ChartKindName>(name: string) =>
    sections.flatMap(({figures = []}) => figures).find((figure) => figure.name === name)!.input as ChartInput<Kind>
  const [pareto, parallel] = [inputOf<'pareto'>('front'), inputOf<'parallel'>('lines')]
  const titleOf = (largest: number, unit: Parameters<typeof unitShown>[0]) => axisTitle('', axisUnit(largest, unitShown(unit)).symbol)
  const units = [pareto.x.unit, pareto.y.unit, ...parallel.axes.slice(-2).map(({unit}) => unit)]
  expect(units.map((unit) => titleOf(1, unit))).toEqual([' (J s)', ' (s USD)', ' (J s)', ' (s USD)'])
  const [table] = sections[0]!.tables!
  expect(table!.columns.filter(({field}) => field === 'edp' || field === 'price').map(({unit}) => unitShown(unit).symbol)).toEqual([
    'J s',
    's USD',
  ])
  expect(unitShown(inputOf<'sensitivity'>('moves').panels[0]!.unit).symbol).toBe('J s')
})
