import {describe, expect, it} from 'vitest'
import type {FigureStyle} from '../../../src/report/charts/chart.js'
import {type FrontiersInput, frontiers} from '../../../src/report/charts/frontiers.js'
import {isoPowerLines} from '../../../src/report/charts/iso-power.js'
import {frontiersInput} from '../sample-inputs.js'

const style: FigureStyle = {theme: 'screen', span: 'page', interactive: false}
interface Drawn {
  readonly layer: readonly {
    readonly data?: {readonly values: readonly Readonly<Record<string, unknown>>[]}
    readonly mark: {readonly type: string; readonly style?: string}
    readonly encoding: Readonly<Record<'x' | 'y', {readonly scale: {readonly type: string}; readonly axis: {readonly title: string}}>>
  }[]
}
const drawn = (input: FrontiersInput): Drawn => frontiers.spec(input, style) as unknown as Drawn
const notesOf = (input: FrontiersInput): unknown[] =>
  drawn(input)
    .layer.filter(({mark}) => mark.style === 'note')
    .flatMap(({data}) => data!.values.map(({text}) => text))

describe('a figure of frontiers', () => {
  it('names the settings at both ends of each frontier', () => {
    expect(notesOf(frontiersInput())).toEqual(['1410 MHz', '975 MHz', '1410 MHz', '975 MHz', '1410 MHz', '975 MHz'])
  })

  it('names ends that coincide once', () => {
    const one = frontiersInput().frontiers[0]!
    expect(notesOf({frontiers: [one, {...one, name: 'twin'}], timeOf: 'a pass', energyOf: 'a pass'})).toEqual(['1410 MHz', '975 MHz'])
  })

  it('shades the best of all under the frontiers', () => {
    const {points} = frontiersInput().frontiers[2]!
    const {layer} = drawn({...frontiersInput(), joined: points})
    const [shade, curve] = ['band', 'curve'].map((name) => layer.findIndex(({mark}) => mark.style === name)) as [number, number]
    expect(layer[shade]!.data!.values).toHaveLength(points.length)
    expect(shade).toBeLessThan(curve)
  })

  it('has log axes only where a range needs one', () => {
    const wide = {name: 'wide', points: [{latencySeconds: 1, energyJoules: 1, knobs: '210 MHz'}]}
    const axesOf = (input: FrontiersInput) => drawn(input).layer.at(-1)!.encoding
    expect(axesOf(frontiersInput()).x.scale.type).toBe('linear')
    const {x} = axesOf({...frontiersInput(), frontiers: [...frontiersInput().frontiers, wide]})
    expect([x.scale.type, x.axis.title]).toEqual(['log', 'Time of a pass, log scale (s)'])
  })

  it('says whose energy it shows, and draws lines of equal power only beside the energy of a pass', () => {
    const [pass, token] = [drawn(frontiersInput()), drawn({...frontiersInput(), energyOf: 'a token'})]
    expect(pass.layer.at(-1)!.encoding.y.axis.title).toBe('Energy of a pass (J)')
    expect(token.layer.at(-1)!.encoding.y.axis.title).toBe('Energy of a token (J)')
    const lines = ({layer}: Drawn): number => layer.filter(({mark}) => mark.style === 'marker').length
    expect(lines(pass)).toBeGreaterThan(1)
    expect(lines(token)).toBe(0)
  })

  it('lists every point in its data', () => {
    const input = frontiersInput()
    const rows = frontiers.rows({...input, joined: input.frontiers[0]!.points})
    expect(rows).toHaveLength(120)
    expect(rows[0]).toEqual({frontier: 'before', ...input.frontiers[0]!.points[0]})
    expect(rows.at(-1)).toMatchObject({frontier: 'joined'})
  })
})

describe('lines of equal power', () => {
  const x = {domain: [1, 4], tickValues: [], isLog: false} as const
  const y = {domain: [100, 800], tickValues: [], isLog: false} as const

  it('are at round powers among those of the points, and lie where energy is that power times time', () => {
    const lines = isoPowerLines(
      [
        {latencySeconds: 1, energyJoules: 300},
        {latencySeconds: 4, energyJoules: 480},
      ],
      x,
      y,
    )
    expect(lines.map(({text}) => text)).toEqual(['150 W', '200 W', '300 W'])
    for (const [index, watts] of [150, 200, 300].entries()) {
      for (const {latencySeconds, energyJoules} of lines[index]!.points) {
        expect(energyJoules / latencySeconds).toBeCloseTo(watts, 9)
        expect(energyJoules).toBeGreaterThanOrEqual(100)
        expect(energyJoules).toBeLessThanOrEqual(800)
      }
    }
  })

  it('are none where no round power lies among those of the points', () => {
    expect(isoPowerLines([{latencySeconds: 2, energyJoules: 420}], x, y)).toEqual([])
  })
})
