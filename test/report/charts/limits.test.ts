import {describe, expect, it} from 'vitest'
import type {FigureStyle} from '../../../src/report/charts/chart.js'
import {type LimitsInput, limits} from '../../../src/report/charts/limits.js'
import {themes} from '../../../src/report/theme.js'
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
    readonly encoding: {readonly color?: {readonly scale: {readonly domain: readonly string[]; readonly range: readonly string[]}}}
  }[]
}
const panelsOf = (input: LimitsInput): readonly Panel[] => (limits.spec(input, style) as unknown as {hconcat: readonly Panel[]}).hconcat
const stretchesOf = ({layer}: Panel): readonly Stretch[] => layer[0]!.data.values
const keysOf = ({layer}: Panel) => layer[0]!.encoding.color!.scale

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

  it('gives each limit that is met a letter and a colour of its own, greys to what removes designs', () => {
    const {domain, range} = keysOf(panelsOf(limitsInput())[0]!)
    expect(domain).toEqual(['T  tensor', 'H  hbm', 'D  die area ≤ 600 mm²', 'S  several constraints'])
    expect(new Set(range).size).toBe(4)
    const {categories, shades} = themes.paper.ink
    expect(range.slice(0, 2).every((colour) => categories.includes(colour))).toBe(true)
    expect(range.slice(2).every((colour) => shades.includes(colour))).toBe(true)
  })

  it('finds another letter where two names begin alike', () => {
    const input = limitsInput()
    const renamed = JSON.parse(JSON.stringify(input).replaceAll('"hbm"', '"tile cache"')) as LimitsInput
    const letters = keysOf(panelsOf(renamed)[0]!).domain.map((key) => key.charAt(0))
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

it('has greys that differ from one another, the palest first in light themes', () => {
  const greenOf = (colour: string): number => Number.parseInt(colour.slice(3, 5), 16)
  const values = themes.paper.ink.shades.map(greenOf)
  for (let index = 1; index < values.length; index++) expect(values[index - 1]! - values[index]!).toBeGreaterThan(20)
})
