import {describe, expect, it} from 'vitest'
import type {FigureStyle} from '../../../src/report/charts/chart.js'
import {type LimitsInput, limits} from '../../../src/report/charts/limits.js'
import {themeConfig, themes} from '../../../src/report/theme.js'
import {limitsInput} from '../sample-inputs.js'

const style: FigureStyle = {theme: 'paper', span: 'page', interactive: false}

interface Stretch {
  readonly from: number
  readonly to: number
  readonly low: number
  readonly key: string
  readonly letter: string
}
interface Panel {
  readonly layer: readonly {
    readonly data: {readonly values: readonly Stretch[]}
    readonly encoding: {
      readonly color?: {
        readonly scale: {readonly domain: readonly string[]; readonly range: string}
        readonly legend: {readonly values: readonly string[]}
      }
    }
  }[]
}
const panelsOf = (input: LimitsInput): readonly Panel[] => (limits.spec(input, style) as unknown as {hconcat: readonly Panel[]}).hconcat
const stretchesOf = ({layer}: Panel): readonly Stretch[] => layer[0]!.data.values
/** Keys as the legend lists them, with the colours that the theme gives their places. */
const keysOf = (input: LimitsInput): readonly {readonly key: string; readonly colour: string}[] => {
  const {scale, legend} = panelsOf(input)[0]!.layer[0]!.encoding.color!
  const {categories, shades} = themes.paper.ink
  const colours = [...categories, ...shades]
  expect(scale.range).toBe('limits')
  expect(themeConfig('paper').range).toHaveProperty('limits', colours)
  return legend.values.map((key) => ({key, colour: colours[scale.domain.indexOf(key) % colours.length]!}))
}

describe('a figure of limits', () => {
  it('divides each cell wholly among its limits, in proportion to their designs', () => {
    const input = limitsInput()
    const stretches = stretchesOf(panelsOf(input)[0]!)
    for (const {xIndex, yIndex, counts} of input.panels[0]!.cells) {
      const within = stretches.filter(({from, low}) => Math.floor(from) === xIndex && Math.floor(low) === yIndex)
      expect(within.map(({key}) => key.slice(3)).toSorted()).toEqual(counts.map(({name}) => name).toSorted())
      const [start, end] = [Math.min(...within.map(({from}) => from)), Math.max(...within.map(({to}) => to))]
      const total = counts.reduce((sum, {designCount}) => sum + designCount, 0)
      for (const {key, from, to} of within) {
        const {designCount} = counts.find(({name}) => key.endsWith(name))!
        expect((to - from) / (end - start)).toBeCloseTo(designCount / total, 9)
      }
      expect(end - start).toBeGreaterThan(0.9)
    }
  })

  it('gives each limit that is met a letter, and a colour of its own: muted where it removes designs', () => {
    const keys = keysOf(limitsInput())
    expect(keys.map(({key}) => key)).toEqual(['T  tensor', 'H  hbm', 'D  die area ≤ 600 mm²', 'S  several constraints'])
    const {categories, shades} = themes.paper.ink
    expect(keys.map(({colour}) => colour)).toEqual([categories[0], categories[1], shades[2], shades[0]])
  })

  it('tells eight constraints, several at once and a mapping that is wanting apart', () => {
    const constraints = Array.from({length: 8}, (_, index) => ({name: `constraint ${index}`, kind: 'constraint' as const}))
    const limited = [
      {name: 'hbm', kind: 'bound' as const},
      ...constraints,
      {name: 'several constraints', kind: 'several' as const},
      {name: 'no mapping', kind: 'unmapped' as const},
    ]
    const counts = limited.map(({name}) => ({name, designCount: 1}))
    const many: LimitsInput = {
      ...limitsInput(),
      limits: limited,
      panels: [
        {name: 'prefill', cells: [{xIndex: 0, yIndex: 0, counts}]},
        {name: 'decode', cells: []},
      ],
    }
    const keys = keysOf(many)
    expect(keys.map(({key}) => key.slice(3))).toEqual(limited.map(({name}) => name))
    expect(new Set(keys.map(({colour}) => colour)).size).toBe(11)
    const more = [...limited, {name: 'one more', kind: 'constraint' as const}]
    const last = keysOf({
      ...many,
      limits: more,
      panels: [
        {name: 'prefill', cells: [{xIndex: 0, yIndex: 0, counts: [...counts, {name: 'one more', designCount: 1}]}]},
        many.panels[1]!,
      ],
    }).at(-1)!
    expect(themes.paper.ink.shades.slice(2)).toContain(last.colour)
  })

  it('finds another letter where two names begin alike', () => {
    const input = limitsInput()
    const renamed = JSON.parse(JSON.stringify(input).replaceAll('"hbm"', '"tile cache"')) as LimitsInput
    const letters = keysOf(renamed).map(({key}) => key.charAt(0))
    expect(letters.slice(0, 2)).toEqual(['T', 'I'])
    expect(new Set(letters).size).toBe(letters.length)
  })

  it('writes no letter that its stretch has no room for', () => {
    const thin: LimitsInput = {
      ...limitsInput(),
      panels: [
        {
          name: 'prefill',
          cells: [
            {
              xIndex: 0,
              yIndex: 0,
              counts: [
                {name: 'hbm', designCount: 99},
                {name: 'tensor', designCount: 1},
              ],
            },
          ],
        },
        {name: 'decode', cells: []},
      ],
    }
    const letters = panelsOf(thin)[0]!
      .layer.at(-1)!
      .data.values.map(({letter}) => letter)
    expect(letters).toEqual(['H'])
  })

  it('lists every limit of every cell with its share', () => {
    const rows = limits.rows(limitsInput())
    expect(rows[0]).toEqual({panel: 'prefill', cores: '40', l2: '16 MiB', limit: 'hbm', designCount: 12, designsRatio: 1})
    const corner = rows.filter(({panel, cores, l2}) => panel === 'prefill' && cores === '160' && l2 === '64 MiB')
    expect(corner.reduce((sum, {designsRatio}) => sum + Number(designsRatio), 0)).toBeCloseTo(1, 12)
  })
})

describe.each(['screen', 'screenDark'] as const)('the tints of what removes designs, theme %s', (name) => {
  const {categories, shades} = themes[name].ink

  it('differ from one another and from the colours of what bounds designs', () => {
    for (const [index, shade] of shades.entries())
      for (const other of [...shades.slice(index + 1), ...categories]) expect(colourDistance(shade, other)).toBeGreaterThan(13)
  })

  it('stand apart from their neighbours in grey', () => {
    const greys = shades.slice(2).map((shade) => labOf(shade)[0])
    for (let index = 1; index < greys.length; index++) expect(Math.abs(greys[index]! - greys[index - 1]!)).toBeGreaterThan(15)
  })
})

/** CIE 1976 L*a*b* of an sRGB colour, white D65. */
function labOf(colour: string): readonly [number, number, number] {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  const root = (value: number): number => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116)
  const x = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
  const y = root(0.2126 * r + 0.7152 * g + 0.0722 * b)
  const z = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

/** Where 2 is barely seen side by side. */
function colourDistance(one: string, other: string): number {
  const [a, b] = [labOf(one), labOf(other)]
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}
