import {describe, expect, it} from 'vitest'
import type {FigureStyle} from '../../../src/report/charts/chart.js'
import {type SweepsInput, sweeps} from '../../../src/report/charts/sweeps.js'
import {sweepsInput} from '../sample-inputs.js'

const style: FigureStyle = {theme: 'screen', span: 'page', interactive: false}
interface Plot {
  readonly data: {readonly values: readonly {readonly clockHertz: number; readonly measured: number; readonly predicted: number}[]}
  readonly title?: {readonly text: readonly string[]}
  readonly layer: readonly {
    readonly encoding: {readonly y: {readonly scale: {readonly domain: readonly number[]}; readonly axis: {title: string | null}}}
  }[]
}
const rowsOf = (input: SweepsInput, span: FigureStyle['span'] = 'page'): readonly (readonly Plot[])[] =>
  (sweeps.spec(input, {...style, span}) as unknown as {vconcat: readonly {hconcat: readonly Plot[]}[]}).vconcat.map(({hconcat}) => hconcat)

describe('a figure of sweeps', () => {
  it('has time, energy and power in rows, a column a sweep, named at its head', () => {
    const rows = rowsOf(sweepsInput())
    expect(rows.map((row) => row[0]!.layer[0]!.encoding.y.axis.title)).toEqual(['Time (%)', 'Energy (%)', 'Power (W)'])
    expect(rows.map((row) => row.length)).toEqual([4, 4, 4])
    expect(rows[0]!.map(({title}) => title!.text.join(' '))).toEqual(sweepsInput().sweeps.map(({name}) => name))
    expect(rows[1]!.every(({title}) => title === undefined)).toBe(true)
  })

  it('shows time and energy over those measured at the highest clock, and power as it is', () => {
    const [time, energy, power] = rowsOf(sweepsInput()) as [Plot[], Plot[], Plot[]]
    for (const [column, {points}] of sweepsInput().sweeps.entries()) {
      expect(time[column]!.data.values.at(-1)).toMatchObject({measured: 1, predicted: expect.closeTo(0.95, 12)})
      expect(energy[column]!.data.values.at(-1)).toMatchObject({measured: 1, predicted: expect.closeTo(0.93, 12)})
      for (const [index, {measuredJoules, measuredSeconds}] of points.entries())
        expect(power[column]!.data.values[index]!.measured).toBeCloseTo(measuredJoules / measuredSeconds, 9)
    }
  })

  it('holds every value within one range a row, so that its columns compare', () => {
    for (const row of rowsOf(sweepsInput())) {
      const domains = row.map(({layer}) => layer[0]!.encoding.y.scale.domain)
      expect(new Set(domains.map(String)).size).toBe(1)
      const values = row.flatMap(({data}) => data.values.flatMap(({measured, predicted}) => [measured, predicted]))
      expect(Math.min(...values)).toBeGreaterThanOrEqual(domains[0]![0]!)
      expect(Math.max(...values)).toBeLessThanOrEqual(domains[0]![1]!)
    }
  })

  it('breaks into rows of two in a column of paper', () => {
    expect(rowsOf(sweepsInput(), 'column').map((row) => row.length)).toEqual([2, 2, 2, 2, 2, 2])
  })

  it('lists every clock in its data', () => {
    expect(sweeps.rows(sweepsInput())).toHaveLength(44)
    expect(sweeps.rows(sweepsInput())[0]).toEqual({sweep: sweepsInput().sweeps[0]!.name, ...sweepsInput().sweeps[0]!.points[0]})
  })
})
