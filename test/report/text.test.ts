import {openSync} from 'fontkit'
import {describe, expect, it} from 'vitest'
import {fontFamily, fontPath, textWidth, wrappedLines} from '../../src/report/font.js'
import {embeddedJson, escapedHtml} from '../../src/report/html.js'
import {vega} from '../../src/report/render.js'
import {cellText, csvText} from '../../src/report/table.js'
import {axisUnit, quantityExpression, quantityText, type UnitName, units} from '../../src/report/unit.js'

describe('quantities', () => {
  it.each([
    [3.2000000004e-6, 'seconds', '3.2 µs'],
    [0, 'joules', '0 J'],
    [989.4e12, 'flopsPerSecond', '989 TFLOP/s'],
    [999.9e-6, 'seconds', '1 ms'],
    [-0.0125, 'joules', '−12.5 mJ'],
    [0.0713, 'ratio', '7.13 %'],
    [12_345.4, 'dollars', '$12,345'],
    [814, 'squareMillimetres', '814 mm²'],
    [132, 'count', '132'],
    [16 * 1024 ** 2, 'bytes', '16 MiB'],
    [80e9, 'bytes', '80 GB'],
    [17_234_567_890, 'bytes', '17.2 GB'],
    [500, 'bytes', '500 B'],
    [Number.NaN, 'seconds', '–'],
  ] as const)('writes %d %s as "%s"', (value, unit, text) => {
    expect(quantityText(value, units[unit])).toBe(text)
  })

  it.each<[number, UnitName]>([
    [3.2e-6, 'seconds'],
    [1.234e12, 'bytesPerSecond'],
    [0.25, 'ratio'],
    [45, 'flopsPerByte'],
  ])('reads the same in a figure’s tooltip: %d %s', async (value, unit) => {
    const {parse, View} = await vega()
    const signal = {name: 'text', update: quantityExpression(String(value), unit)}
    const view = await new View(parse({signals: [signal]}), {renderer: 'none'}).runAsync()
    expect(view.signal('text')).toBe(quantityText(value, units[unit]))
  })

  it('gives an axis the one prefix that keeps its largest value under a thousand', () => {
    expect(axisUnit(0.0702, 'seconds')).toEqual({scaleRatio: 1000, symbol: 'ms'})
    expect(axisUnit(1.9e9, 'hertz').symbol).toBe('GHz')
    expect(axisUnit(0.3, 'ratio')).toEqual({scaleRatio: 100, symbol: '%'})
    expect(axisUnit(0.00262, {symbol: 'J s', style: 'prefixed'})).toEqual({scaleRatio: 1000, symbol: 'mJ s'})
  })
})

it('gives an axis of small numbers a power of ten where its unit takes no prefix', () => {
  expect(axisUnit(4.2e-6, {symbol: 's²', style: 'plain'})).toEqual({scaleRatio: 1e6, symbol: '10^−6 s²'})
  expect(axisUnit(2e-7, 'count')).toEqual({scaleRatio: 1e9, symbol: '10^−9'})
  expect(axisUnit(0.02, 'count')).toEqual({scaleRatio: 1, symbol: ''})
})

describe('text measurement', () => {
  it.each(['Operational intensity (FLOP/B)', 'AVATAR Tofu', '3.2 µs', 'attention_prefill'])(
    'agrees with the font’s own advances: %s',
    (text) => {
      for (const face of ['regular', 'bold'] as const) {
        const font = openSync(fontPath(face)) as ReturnType<typeof openSync> & {
          layout(text: string): {advanceWidth: number}
          unitsPerEm: number
        }
        expect(textWidth(text, 12, face)).toBeCloseTo((font.layout(text).advanceWidth / font.unitsPerEm) * 12, 9)
      }
    },
  )

  it('is what Vega lays text out by', async () => {
    const {parse, View} = await vega()
    const text = 'Operational intensity'
    const encode = {enter: {text: {value: text}, fontSize: {value: 20}, fontWeight: {value: 'bold' as const}, font: {value: fontFamily}}}
    const view = await new View(parse({marks: [{type: 'text' as const, name: 'label', encode}]}), {renderer: 'none'}).runAsync()
    const {items} = (view.scenegraph() as unknown as {root: {items: {items: {items: {bounds: {x1: number; x2: number}}[]}[]}[]}}).root
    const {x1, x2} = items[0]!.items[0]!.items[0]!.bounds
    expect(x2 - x1).toBeCloseTo(textWidth(text, 20, 'bold'), 0)
  })

  it('wraps words into lines that fit', () => {
    const lines = wrappedLines('every n-th of the rest by latency', 80, 12)
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.join(' ')).toBe('every n-th of the rest by latency')
    for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(80)
  })
})

describe('escaping', () => {
  it('leaves no character that means something to HTML', () => {
    expect(escapedHtml(`<a href="x" id='y'>&</a>`)).toBe('&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;&lt;/a&gt;')
  })

  it('keeps JSON from ending its script, and readable as what it was', () => {
    const value = {text: '</script><!--\u2028\u2029', number: 0.1234}
    const json = embeddedJson(value)
    expect(json).not.toMatch(/[<>\u2028\u2029]/)
    expect(JSON.parse(json)).toEqual(value)
  })

  it('quotes CSV cells that need it, and heads them in snake case', () => {
    expect(
      csvText([
        {name: 'a "b", c', latencySeconds: 0.5},
        {name: 'd', latencySeconds: Number.NaN},
      ]),
    ).toBe('name,latency_seconds\r\n"a ""b"", c",0.5\r\nd,\r\n')
  })
})

it('a cell without a value is empty', () => {
  expect(cellText(null, {field: 'a', title: 'A'})).toBe('')
  expect(cellText(true, {field: 'a', title: 'A'})).toBe('yes')
})
