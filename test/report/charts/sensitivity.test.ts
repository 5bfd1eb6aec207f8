import {describe, expect, it} from 'vitest'
import type {FigureStyle} from '../../../src/report/charts/chart.js'
import {sensitivity} from '../../../src/report/charts/sensitivity.js'
import {beyondEnds, orderedBars, type SensitivityInput} from '../../../src/report/charts/sensitivity-bars.js'
import {sensitivityInput} from '../sample-inputs.js'

const style: FigureStyle = {theme: 'screen', span: 'page', interactive: false}
const [panel] = sensitivityInput().panels as [SensitivityInput['panels'][number]]

interface View {
  readonly layer: readonly {
    readonly data: {readonly values: readonly Readonly<Record<string, unknown>>[]}
    readonly mark: {readonly type: string}
  }[]
}
const viewsOf = (input: SensitivityInput): readonly View[] =>
  (sensitivity.spec(input, style) as unknown as {vconcat: readonly {hconcat: readonly View[]}[]}).vconcat[0]!.hconcat
const valuesOf = ({layer}: View, type: string) => layer.filter(({mark}) => mark.type === type).flatMap(({data}) => data.values)

describe('a figure of sensitivities', () => {
  it('puts the axis that moves the result most on top, whichever way it turns', () => {
    expect(orderedBars(panel).map(({axis}) => axis)).toEqual(['cores', 'clock', 'dtype', 'l2'])
  })

  it('draws each axis from the base to the results at both its ends', () => {
    const halves = valuesOf(viewsOf(sensitivityInput())[0]!, 'rect').slice(0, 2)
    expect(halves).toMatchObject([
      {from: 0.2, to: 0.31, part: 'axis at its low end', text: 'cores 40: 310 ms'},
      {from: 0.2, to: 0.12, part: 'axis at its high end', text: 'cores 160: 120 ms'},
    ])
  })

  it('draws as a thin line what an axis reaches beyond its ends, and nothing where they are the extremes', () => {
    const [cores, clock] = orderedBars(panel)
    expect(beyondEnds(cores!, 0.2)).toEqual([])
    expect(beyondEnds(clock!, 0.2)).toEqual([{from: 0.17, to: 0.2}])
  })

  it('draws shares with their intervals, and writes elasticities to two digits', () => {
    const [, shares] = viewsOf(sensitivityInput())
    expect(valuesOf(shares!, 'point').filter(({part}) => part === 'share of variance, alone')).toHaveLength(3)
    for (const {share, low, high} of valuesOf(shares!, 'point'))
      expect(Number(low) <= Number(share) && Number(share) <= Number(high)).toBe(true)
    expect(valuesOf(shares!, 'text').map(({text}) => text)).toEqual(['−0.83', '0', '', '0', 'elasticity'])
  })

  it('leaves out shares where none are known', () => {
    const bars = panel.bars.map(({axis, lowText, highText, lowResult, highResult}) => ({
      axis,
      lowText,
      highText,
      lowResult: lowResult!,
      highResult: highResult!,
    }))
    expect(viewsOf({base: 'a design', panels: [{...panel, bars}]})).toHaveLength(1)
  })

  it('lists every number of every axis', () => {
    const [row] = sensitivity.rows(sensitivityInput())
    expect(row).toMatchObject({
      panel: 'Latency of prefill',
      axis: 'cores',
      low: '40',
      high: '160',
      baseValue: 0.2,
      lowResult: 0.31,
      totalHigh: 0.78,
    })
  })
})
