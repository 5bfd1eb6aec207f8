import {describe, expect, it} from 'vitest'
import {type DvfsInput, dvfs} from '../../../src/report/charts/dvfs.js'
import {dvfsInput} from '../../report/sample-inputs.js'

const textsOf = (input: DvfsInput): string => JSON.stringify(dvfs.spec(input, {theme: 'screen', span: 'page', interactive: false}))
const [decode] = dvfsInput(2).curves.slice(1)
const felt = (feltBelowHertz: number): DvfsInput => ({curves: [{...decode!, feltBelowHertz}]})

describe('a figure of clocks', () => {
  it('marks where a lone pass begins to feel its clock', () => {
    expect(textsOf(felt(1.23e9))).toContain('the clock is felt below 1.23 GHz')
  })

  it('marks nothing where the lowest clock is not felt, where the highest is, and where the limit holds the pass', () => {
    const {points} = decode!
    expect(textsOf(felt(points[0]!.clockHertz))).not.toContain('is felt')
    expect(textsOf(felt(points.at(-1)!.clockHertz))).not.toContain('is felt')
    const held = dvfsInput(1).curves[0]!
    expect(textsOf({curves: [{...held, feltBelowHertz: 1.23e9}]})).not.toContain('is felt')
  })
})
