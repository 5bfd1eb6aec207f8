import {describe, expect, it} from 'vitest'
import type {FigureStyle} from '../../../src/report/charts/chart.js'
import {pareto, paretoColumns} from '../../../src/report/charts/pareto.js'
import {colouring, colourRange, type ParetoColour} from '../../../src/report/charts/pareto-colour.js'
import {type ParetoInput, paretoScene} from '../../../src/report/charts/pareto-scene.js'

const style: FigureStyle = {theme: 'screen', span: 'page', interactive: false}
const points = [
  {a: 1, b: 9, clock: 1.41e9, dtype: 'bf16'},
  {a: 2, b: 4, clock: 1.98e9, dtype: 'fp8'},
  {a: 8, b: 2},
  {a: 9, b: 9, clock: 1.41e9, dtype: 'bf16'},
]
const clock: ParetoColour = {field: 'clock', title: 'clock', unit: 'hertz'}
const input = (colour: ParetoColour): ParetoInput => ({
  points,
  x: {field: 'a', title: 'Latency', unit: 'seconds', better: 'less'},
  y: {field: 'b', title: 'Energy', unit: 'joules', better: 'less'},
  colour,
})
const drawn = (colour: ParetoColour) => colouring(points, colour, style)

describe('the colours of a front', () => {
  it('are steps from one end of the ramp to the other where an axis has few levels, told in its unit', () => {
    const {transform, color} = drawn({...clock, levels: [1.41e9, 1.98e9]})
    expect(transform.at(-1)).toEqual({calculate: 'indexof([1410000000,1980000000], datum["clock"])', as: 'colourPlace'})
    expect(color).toMatchObject({type: 'quantitative', scale: {domain: [0, 1]}, legend: {type: 'symbol', title: 'clock', values: [0, 1]}})
    expect(color.legend).toHaveProperty('labelExpr', '["1.41 GHz","1.98 GHz"][datum.value]')
  })

  it('tell levels apart that three digits would write alike', () => {
    const {color} = drawn({...clock, levels: [1.41e9, 1.4125e9]})
    expect(color.legend).toHaveProperty('labelExpr', '["1.41 GHz","1.4125 GHz"][datum.value]')
  })

  it('run on evenly over many values, in the unit of the axis, and on a log scale over a wide range', () => {
    expect(drawn(clock).color).toMatchObject({scale: {type: 'linear', domain: [1.41e9, 1.98e9]}, legend: {title: 'clock (GHz)'}})
    const wide = [1, 2, 512].map((batch) => ({a: 1, b: 1, batch}))
    const batch: ParetoColour = {field: 'batch', title: 'batch'}
    expect(colourRange(wide, batch)).toEqual({domain: [1, 512], tickValues: [1, 10, 100], isLog: true})
    expect(colouring(wide, batch, style).color).toMatchObject({scale: {type: 'log'}, legend: {title: 'batch, log scale'}})
  })

  it('are those of categories for words, in their order, and of the ramp where the words are too many', () => {
    expect(drawn({field: 'dtype', title: 'dtype', levels: ['fp8', 'bf16']}).color).toMatchObject({
      type: 'nominal',
      scale: {domain: ['fp8', 'bf16']},
      legend: {title: 'dtype'},
    })
    const many = Array.from({length: 9}, (_, index) => `word ${index}`)
    expect(drawn({field: 'dtype', title: 'dtype', levels: many}).color).toMatchObject({type: 'quantitative', scale: {domain: [0, 8]}})
  })

  it('leave the front that of x and y: a design without the axis keeps its place, hollow', () => {
    const coloured = input({...clock, levels: [1.41e9, 1.98e9]})
    expect(paretoScene(coloured, style).front).toEqual(points.slice(0, 3))
    const {usermeta, layer} = pareto.spec(coloured, style) as unknown as {
      usermeta: {notes: string[]}
      layer: {mark: {type: string; style: string | string[]}; data: {values?: object[]}; transform?: object[]}[]
    }
    expect(usermeta.notes).toEqual(['hollow: designs without clock'])
    expect(layer[0]).toMatchObject({mark: {type: 'point', style: 'hollow'}, transform: [{filter: '!isValid(datum["clock"])'}]})
    const hollow = layer.find(({mark}) => mark.style.includes('frontHollow'))!
    expect(hollow.data.values).toEqual([points[2]])
    expect(pareto.spec(input({field: 'a', title: 'a', levels: [1, 2, 8, 9]}), style).usermeta?.['notes']).toEqual([])
  })

  it('put their column after those of the objectives, once', () => {
    const columns = [clock, {field: 'dtype', title: 'dtype'}]
    expect(paretoColumns({...input({...clock, levels: [1.41e9]}), columns}).map(({field}) => field)).toEqual(['a', 'b', 'clock', 'dtype'])
  })
})
