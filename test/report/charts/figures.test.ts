import {compile, type TopLevelSpec} from 'vega-lite'
import {describe, expect, it} from 'vitest'
import type {BreakdownInput} from '../../../src/report/charts/breakdown.js'
import type {ChartKind, FigureStyle} from '../../../src/report/charts/chart.js'
import type {ParetoInput} from '../../../src/report/charts/pareto-scene.js'
import type {SensitivityInput} from '../../../src/report/charts/sensitivity-bars.js'
import {type ChartKindName, chartKindNames, chartKinds} from '../../../src/report/charts/table.js'
import {renderFormats, vega} from '../../../src/report/render.js'
import {themes} from '../../../src/report/theme.js'
import {
  areaInput,
  bandedDvfsInput,
  breakdownInput,
  clockPlanInput,
  dvfsInput,
  dvfsLimitsInput,
  errorByClassInput,
  errorByRegimeInput,
  frontiersInput,
  limitsInput,
  measuredSweepInput,
  parallelInput,
  paretoInput,
  predictedMeasuredInput,
  rooflineInput,
  sensitivityInput,
  tornadoInput,
  waterfallInput,
} from '../sample-inputs.js'

function bandedBreakdownInput(): BreakdownInput {
  return {configurations: breakdownInput().configurations.map((each, index) => ({...each, p5Joules: 9 + index, p95Joules: 14 + index}))}
}

function bareSensitivityInput(): SensitivityInput {
  const {base, panels} = sensitivityInput()
  const bars = panels[0]!.bars.map(({axis, lowText, highText, lowResult, highResult}) => ({
    axis,
    lowText,
    highText,
    ...(lowResult === undefined || highResult === undefined ? {} : {lowResult, highResult}),
  }))
  return {base, panels: [{...panels[0]!, bars}]}
}

/** Every fifth design without the axis. */
function colouredBy(levels: readonly (number | string)[]): ParetoInput {
  const input = paretoInput(300)
  const points = input.points.map((point, index) => (index % 5 === 0 ? point : {...point, level: levels[index % levels.length]!}))
  return {...input, points, colour: {field: 'level', title: 'level', unit: 'bytesPerSecond', levels}}
}

const inputs: Record<ChartKindName, unknown> = {
  roofline: rooflineInput(),
  breakdown: breakdownInput(),
  pareto: paretoInput(300),
  parallel: parallelInput(),
  area: areaInput(),
  limits: limitsInput(),
  sensitivity: sensitivityInput(),
  dvfs: dvfsInput(2),
  'clock-plan': clockPlanInput(),
  frontiers: frontiersInput(),
  'predicted-measured': predictedMeasuredInput(),
  'error-by-class': errorByClassInput(),
  tornado: tornadoInput(),
  'measured-sweep': measuredSweepInput(),
  waterfall: waterfallInput(),
}

/** Every kind of chart, and those that have a second form in both. */
const drawn: [name: string, kind: ChartKindName, input: unknown][] = [
  ...chartKindNames.map((kind): [string, ChartKindName, unknown] => [kind, kind, inputs[kind]]),
  ['pareto by an axis of few levels', 'pareto', colouredBy([1e12, 2e12, 4e12].map((level) => level / 1.000_01))],
  ['pareto by words', 'pareto', colouredBy(['bf16', 'fp16', 'fp8'])],
  ['pareto by more words than colours', 'pareto', colouredBy(Array.from({length: 12}, (_, index) => `strategy ${index}`))],
  ['dvfs with bands', 'dvfs', bandedDvfsInput()],
  ['limits of one workload', 'limits', {...limitsInput(), panels: limitsInput().panels.slice(0, 1)}],
  ['sensitivity without shares', 'sensitivity', bareSensitivityInput()],
  ['breakdown with bands', 'breakdown', bandedBreakdownInput()],
  ['predicted-measured by class', 'predicted-measured', {...predictedMeasuredInput(), panels: 'class'}],
  [
    'frontiers with the best of all',
    'frontiers',
    {...frontiersInput(), joined: frontiersInput().frontiers[0]!.points, energyOf: 'a token'},
  ],
  ['dvfs over power limits', 'dvfs', dvfsLimitsInput()],
  ['error-by-class by regime', 'error-by-class', errorByRegimeInput()],
  ['measured-sweep of one', 'measured-sweep', {quantity: 'power', sweeps: measuredSweepInput().sweeps.slice(0, 1)}],
]

const svgOf = async (spec: TopLevelSpec): Promise<string> => String((await renderFormats(spec, ['svg'])).get('svg'))

describe.each(drawn)('%s', (_, kind, input) => {
  const figureOf = (style: Partial<FigureStyle>): TopLevelSpec => {
    const chart = chartKinds[kind] as ChartKind<unknown>
    return chart.spec(input, {theme: 'screen', span: 'page', title: 'A figure', interactive: false, ...style})
  }

  it.each([true, false])('compiles and parses without a warning (interactive: %s)', async (interactive) => {
    const warnings: string[] = []
    const {logger, parse, Warn} = await vega()
    const listening = logger(Warn, undefined, (_method, _level, input) => warnings.push(String(input)))
    parse(compile(figureOf({interactive}), {logger: listening as never}).spec)
    expect(warnings).toEqual([])
  })

  it.each([
    ['column', 3.5],
    ['page', 7.16],
  ] as const)('fills a paper %s of %f inches and keeps within it', async (span, inches) => {
    const [, width] = /<svg[^>]*width="([\d.]+)in"/.exec(await svgOf(figureOf({theme: 'paper', span})))!
    expect(Number(width)).toBeLessThanOrEqual(inches)
    expect(Number(width)).toBeGreaterThan(inches * 0.9)
  })

  it('is legible on paper: no text under seven points', async () => {
    const svg = await svgOf(figureOf({theme: 'paper', span: 'column'}))
    const sizes = [...svg.matchAll(/font-size="([\d.]+)px"/g)].map(([, size]) => Number(size))
    expect(sizes.length).toBeGreaterThan(5)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(7)
  })

  it('writes no number in exponents and no undefined text', async () => {
    const svg = await svgOf(figureOf({}))
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text)
    expect(texts.filter((text) => /\de[+-]?\d|NaN|undefined|null|\d\.\d{5}/.test(text!))).toEqual([])
  })

  it('has rows whose every cell is plain', () => {
    const rows = (chartKinds[kind] as ChartKind<unknown>).rows(input)
    expect(rows.length).toBeGreaterThan(3)
    for (const cell of rows.flatMap((row) => Object.values(row))) expect(['string', 'number', 'boolean']).toContain(typeof cell)
  })
})

describe('the palette', () => {
  const lightness = (colour: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    }) as [number, number, number]
    return 116 * Math.cbrt(0.2126 * r + 0.7152 * g + 0.0722 * b) - 16
  }

  it('keeps neighbouring categories apart in grey', () => {
    const steps = themes.paper.ink.categories.map(lightness)
    for (let index = 1; index < steps.length; index++) expect(Math.abs(steps[index]! - steps[index - 1]!)).toBeGreaterThan(10)
  })

  it('has a ramp that only grows lighter', () => {
    const steps = themes.paper.ink.ramp.map(lightness)
    expect(steps).toEqual([...steps].sort((a, b) => a - b))
  })
})
