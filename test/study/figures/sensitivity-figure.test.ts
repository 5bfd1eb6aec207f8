import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {sensitivity} from '../../../src/report/charts/sensitivity.js'
import {sensitivityFigure} from '../../../src/study/figures/sensitivity-figure.js'
import type {FigureSpec} from '../../../src/study/report-spec.js'
import {studyPoints} from '../../../src/study/study-points.js'
import {type Swept, swept} from '../answers.js'

/** A slow machine with two axes, a fast one with another, and a batch that both have. */
const text = `title: t
fidelity: roofline
spaces:
  - accelerator: ./tiny.yaml
    axes: {cores: [50, 100], dramBandwidth: [500 GB/s, 1 TB/s]}
  - accelerator: ./machine.yaml
    axes: {sms: [100, 132]}
workloads: [{model: gpt2, phase: decode, contextTokens: 512}]
axes: {batch: [1, 8]}
objectives: [latency]
`

let given: Swept
beforeAll(async () => {
  given = await swept(text)
})
afterAll(() => given.close())

function figure(more: Partial<FigureSpec> = {}) {
  const {study, store} = given
  const points = studyPoints(study, store, Number.POSITIVE_INFINITY)
  const workloads = [{model: 'gpt2', phase: 'decode', contextTokens: 512}]
  const spec: FigureSpec = {name: 'one', chart: 'sensitivity', title: 'One', workloads, ...more}
  return sensitivityFigure({spec, context: {study, points, validation: undefined}, pointer: '/report/figures/0'})
}

describe('a figure of sensitivities', () => {
  it('names the accelerator and the workload of the knee, and the axes that only others have', () => {
    const input = figure()
    expect(input.base).toMatch(/^the knee of the front on machine, gpt2 decode: batch 1, sms 1\d\d$/)
    expect(input.absentAxes).toEqual([{accelerator: 'tiny', axes: ['cores', 'dramBandwidth']}])
    const {usermeta} = sensitivity.spec(input, {theme: 'screen', span: 'page', interactive: false})
    expect(usermeta?.['notes']).toContain('not here, being axes of others alone: cores, dramBandwidth of tiny')
  })

  it('draws every accelerator from a design that it sets, and so leaves no axis out', () => {
    const input = figure({set: {batch: 8}})
    expect(input.panels.map(({name}) => name)).toEqual(['Latency of gpt2 decode, tiny', 'Latency of gpt2 decode, machine'])
    expect(input.base).toMatch(/^as set on tiny and machine: /)
    expect(input.absentAxes).toEqual([])
  })
})
