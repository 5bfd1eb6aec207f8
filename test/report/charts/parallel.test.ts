import {describe, expect, it} from 'vitest'
import type {FigureStyle} from '../../../src/report/charts/chart.js'
import {type ParallelInput, parallel} from '../../../src/report/charts/parallel.js'
import {axisPlaces, tickAlignment} from '../../../src/report/charts/parallel-axis.js'
import {textWidth} from '../../../src/report/font.js'
import {parallelInput} from '../sample-inputs.js'

const style: FigureStyle = {theme: 'screen', span: 'page', interactive: false}
const fontPixels = 12

interface Place {
  readonly kind: string
  readonly design: number
  readonly place: number
  readonly share: number
}
interface Drawn {
  readonly usermeta: {readonly notes: readonly string[]}
  readonly layer: readonly {readonly data: {readonly values: readonly Place[]}; readonly mark: {readonly type: string}}[]
}
const drawn = (input: ParallelInput): Drawn => parallel.spec(input, style) as unknown as Drawn
const linesOf = (input: ParallelInput, kind: string): Place[] =>
  drawn(input)
    .layer.filter(({mark}) => mark.type === 'line')
    .flatMap(({data}) => data.values.filter((each) => each.kind === kind))

describe('an axis of a parallel figure', () => {
  const widthPixels = 600
  const places = (axis: ParallelInput['axes'][number], rows = parallelInput().designs) => axisPlaces(axis, rows, widthPixels, fontPixels)

  it('puts levels that double on a log scale, and says so', () => {
    const {title, ticks, shareOf} = places({field: 'cores', title: 'cores', levels: [256, 64, 128]})
    expect(title).toBe('cores, log scale')
    expect(ticks).toEqual([
      {share: 0, text: '64'},
      {share: 0.5, text: '128'},
      {share: 1, text: '256'},
    ])
    expect(shareOf({cores: 128})).toBeCloseTo(0.5, 12)
  })

  it('puts even levels on an even scale, and gives them their unit', () => {
    const {title, ticks} = places({field: 'clock', title: 'clock', unit: 'hertz', levels: [1e9, 1.5e9, 2e9]})
    expect(title).toBe('clock')
    expect(ticks.map(({text}) => text)).toEqual(['1 GHz', '1.5 GHz', '2 GHz'])
    expect(ticks[1]!.share).toBeCloseTo(0.5, 12)
  })

  it('puts words in their order, and a design without one nowhere', () => {
    const {ticks, shareOf} = places({field: 'dtype', title: 'dtype', levels: ['bf16', 'fp8', 'fp4']})
    expect(ticks.map(({share, text}) => [share, text])).toEqual([
      [0, 'bf16'],
      [0.5, 'fp8'],
      [1, 'fp4'],
    ])
    expect([shareOf({dtype: 'fp4'}), shareOf({dtype: 'int8'}), shareOf({})]).toEqual([1, undefined, undefined])
  })

  it('has the unit of a result in its title, and which way is better', () => {
    const rows = [{latencySeconds: 0.012}, {latencySeconds: 0.03}]
    expect(places({field: 'latencySeconds', title: 'Latency', unit: 'seconds', better: 'less'}, rows).title).toBe(
      'Latency, less is better (ms)',
    )
    const wide = places({field: 'latencySeconds', title: 'Latency', unit: 'seconds'}, [{latencySeconds: 0.001}, {latencySeconds: 1}])
    expect(wide.title).toBe('Latency, log scale (s)')
    const wider = places({field: 'edp', title: 'edp', unit: {symbol: 'J s', style: 'prefixed'}}, [{edp: 1e-4}, {edp: 1}])
    expect([wider.title, wider.ticks[0]!.text]).toEqual(['edp, log scale (J s)', '0.0001'])
  })

  it('never writes one tick over another, and always both ends of its levels', () => {
    for (const count of [1, 2, 7, 40, 400]) {
      const levels = Array.from({length: count}, (_, index) => 1000 + 100 * index)
      const {ticks} = places({field: 'cores', title: 'cores', levels})
      expect(ticks[0]!.text).toBe('1,000')
      expect(ticks.at(-1)!.text).toBe(levels.at(-1)!.toLocaleString('en-US'))
      for (const [index, tick] of ticks.slice(1).entries()) {
        const before = ticks[index]!
        const widthOf = ({text}: typeof tick): number => textWidth(text, fontPixels)
        const right = {left: 1, center: 0.5, right: 0}[tickAlignment(before.share)] * widthOf(before)
        const left = {left: 0, center: 0.5, right: 1}[tickAlignment(tick.share)] * widthOf(tick)
        expect((tick.share - before.share) * widthPixels).toBeGreaterThan(left + right)
      }
    }
  })
})

describe('a parallel figure', () => {
  it('draws every design within its axes, each once over all of them', () => {
    const values = linesOf(parallelInput(50), 'meets every constraint')
    expect(values).toHaveLength(50 * 5)
    for (const {share} of values) {
      expect(share).toBeGreaterThanOrEqual(0)
      expect(share).toBeLessThanOrEqual(1)
    }
  })

  it('says how many of how many designs it draws', () => {
    expect(drawn(parallelInput(50)).usermeta.notes).toEqual([])
    const many = parallelInput(5000)
    const [note] = drawn(many).usermeta.notes
    expect(note).toBe(`drawn: 300 of 5,000 designs and 150 of the ${many.front.length.toLocaleString('en-US')} on the front, even samples`)
    expect(new Set(linesOf(many, 'meets every constraint').map(({design}) => design)).size).toBe(300)
  })

  it('says that a front of samples may miss designs', () => {
    expect(drawn({...parallelInput(50), isSampled: true}).usermeta.notes.join(' ')).toContain('designs of the front may be missing')
  })

  it('leaves out the place of a value that a design does not have', () => {
    const input = parallelInput(60)
    const {dtype: _, ...first} = input.designs[0]!
    const places = linesOf({...input, designs: [first]}, 'meets every constraint').map(({place}) => place)
    expect(places).toEqual([1, 2, 3, 4])
  })

  it('lists named designs, the front and all designs with the values of every axis', () => {
    const input = parallelInput(60)
    const rows = parallel.rows(input)
    expect(rows).toHaveLength(3 + input.front.length + 60)
    expect(rows[0]).toEqual({kind: 'least latency', ...input.front[0]})
  })
})
