import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Figure} from '../../src/report/report.js'
import {packageRoot} from '../../src/spec/catalogue.js'
import {checkReport} from '../../src/study/check-report.js'
import type {FigureContext} from '../../src/study/figures/figure-context.js'
import {buildFigure} from '../../src/study/figures/table.js'
import {jointDesigns} from '../../src/study/joint-designs.js'
import {reportSpec} from '../../src/study/report-spec.js'
import {runStudySweep, studyAxes} from '../../src/study/run-sweep.js'
import {loadStudy} from '../../src/sweep/study.js'

type Of<Kind extends Figure['kind']> = Extract<Figure, {kind: Kind}>

const shipped = path.join(packageRoot, 'reports', 'accelerator-design')
let folder: string
let context: FigureContext
let figures: readonly Figure[]
const ofKind = <Kind extends Figure['kind']>(kind: Kind): Of<Kind>[] => figures.filter((figure): figure is Of<Kind> => figure.kind === kind)

/** Fewer levels of each axis: the ends, and what the whole study finds best. */
const fewer: readonly (readonly [from: string, to: string])[] = [
  ['cores: {from: 40, to: 120, step: 8}', 'cores: [40, 88, 120]'],
  ['multiplyAdders: [1024, 2048, 4096]', 'multiplyAdders: [1024, 4096]'],
  ['l2: [16 MiB, 32 MiB, 64 MiB]', 'l2: [16 MiB, 64 MiB]'],
  ['l2Slices: [40, 80, 120, 160]', 'l2Slices: [40, 80]'],
  ['hbmStacks: {from: 2, to: 6, step: 1}', 'hbmStacks: [2, 6]'],
  ['clock: {from: 930 MHz, to: 1980 MHz, step: 210 MHz}', 'clock: [1140 MHz, 1980 MHz]'],
]

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'ridgepoint-design-'))
  const whole = readFileSync(path.join(shipped, 'study.yaml'), 'utf8').replace(
    './inference-chip.yaml',
    path.join(shipped, 'inference-chip.yaml'),
  )
  const small = fewer.reduce((text, [from, to]) => {
    expect(text).toContain(from)
    return text.replace(from, to)
  }, whole)
  const file = path.join(folder, 'study.yaml')
  writeFileSync(file, small)
  const study = loadStudy(file)
  checkReport(study)
  const {points} = await runStudySweep(study, {storeFile: path.join(folder, 'points.db')})
  context = {study, points, validation: undefined}
  figures = reportSpec(study).figures.map((spec, index) => buildFigure({spec, context, pointer: `/report/figures/${index}`}).figure)
}, 60_000)

afterAll(() => rmSync(folder, {recursive: true, force: true, maxRetries: 5}))

const joint = () =>
  jointDesigns(
    context.points,
    studyAxes(context.study).map(({name}) => name),
    context.study.objectives,
  )

describe('the study of an inference chip', () => {
  it('is shipped, and its report can be drawn', () => {
    const study = loadStudy('accelerator-design')
    expect(() => checkReport(study)).not.toThrow()
    expect(study.constraints.map(({text}) => text)).toEqual([
      'dieSquareMillimetres <= 600 mm^2',
      'averageWatts <= 400 W',
      'fitsInMemory == 1',
    ])
  })

  it('draws its front, its designs, what they depend on, what limits them, and what they are made of', () => {
    const kinds = new Set(figures.map(({kind}) => kind))
    expect(kinds).toEqual(new Set(['parallel', 'pareto', 'sensitivity', 'limits', 'area']))
  })

  it('keeps every chip on its front within its area and its power, and its memory large enough, for both workloads', () => {
    const {designs, front, isWhole} = joint()
    expect([isWhole, front.length > 1]).toEqual([true, true])
    for (const index of front) {
      for (const point of designs[index]!.points) {
        expect(Number(point['dieSquareMillimetres'])).toBeLessThanOrEqual(600)
        expect(Number(point['averageWatts'])).toBeLessThanOrEqual(400)
        expect(point['fitsInMemory']).toBe(1)
      }
    }
  })

  it('turns designs away by area and by memory, and holds 400 W by lowering clocks', () => {
    const [prefill, decode] = context.points as [(typeof context.points)[number], (typeof context.points)[number]]
    const removed = ({constraints}: typeof prefill) => constraints.map(({removedCount}) => removedCount > 0)
    expect(removed(prefill)).toEqual([true, false, false])
    expect(removed(decode)).toEqual([true, false, true])
    expect(prefill.feasible.some(({throttled}) => throttled === 1)).toBe(true)
  })

  it('shows the die of each named chip part by part, up to the area that the sweep has of it', () => {
    const [{input}] = ofKind('area') as [Of<'area'>]
    const {designs} = joint()
    const areas = new Set(designs.map(({points: [point]}) => Number(point!['dieSquareMillimetres']).toFixed(6)))
    expect(input.designs.length).toBeGreaterThan(2)
    for (const {areaParts, energies} of input.designs) {
      expect(areas).toContain(areaParts.reduce((sum, {squareMillimetres}) => sum + squareMillimetres, 0).toFixed(6))
      expect(energies.map(({workload}) => workload)).toEqual(['prefill', 'decode'])
    }
  })

  it('shows all of the energy of a token of each named chip', () => {
    const [{input}] = ofKind('area') as [Of<'area'>]
    const energies = joint().designs.map(({points}) => points.map((point) => Number(point['joulesPerToken']).toPrecision(9)).join(' '))
    for (const {energies: each} of input.designs) {
      const sums = each.map(({parts}) => parts.reduce((sum, {energyJoules}) => sum + energyJoules, 0).toPrecision(9))
      expect(energies).toContain(sums.join(' '))
    }
  })

  it('finds that wider matrix units speed prefill up more than stacks of memory do, and that decode gains from these', () => {
    const panels = ofKind('sensitivity').find(({name}) => name === 'time-sensitivity')!.input.panels
    const swing = (panel: (typeof panels)[number], axis: string): number => {
      const bar = panel.bars.find((each) => each.axis === axis)!
      return bar.lowResult! / bar.highResult!
    }
    const [prefill, decode] = panels as [(typeof panels)[number], (typeof panels)[number]]
    expect(swing(prefill, 'multiplyAdders')).toBeGreaterThan(swing(prefill, 'hbmStacks'))
    expect(swing(decode, 'hbmStacks')).toBeGreaterThan(swing(prefill, 'hbmStacks'))
  })

  it('says of every design of every cell what limits it', () => {
    for (const {input} of ofKind('limits')) {
      const names = new Set(input.limits.map(({name}) => name))
      expect(input.panels.map(({name}) => name)).toEqual(['llama-3.1-8b prefill', 'llama-3.1-8b decode'])
      for (const {cells} of input.panels) {
        expect(cells).toHaveLength(input.x.levels.length * input.y.levels.length)
        for (const {counts} of cells) for (const {name} of counts) expect(names).toContain(name)
      }
    }
  })

  it('has a front of prefill against decode that no chip beats', () => {
    const {input} = ofKind('pareto').find(({name}) => name === 'front-together')!
    expect([input.x.field, input.y.field, input.colour!.field]).toEqual(['prefillLatencySeconds', 'decodeLatencySeconds', 'deviceDollars'])
    expect(input.points).toHaveLength(joint().designs.length)
  })
})
