import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {passFrontier} from '../../../src/dvfs/pass-frontier.js'
import {passVariants} from '../../../src/dvfs/pass-variants.js'
import {whatIf} from '../../../src/dvfs/what-if.js'
import type {FrontiersInput} from '../../../src/report/charts/frontiers.js'
import {loadModel, loadWorkload} from '../../../src/workload/load-workload.js'
import {failure} from '../../support/small-accelerator.js'
import {figureStudy, onlyFigure} from '../studies.js'

const decode = {phase: 'decode', contextTokens: 512} as const
const workloads = 'workloads: [{model: gpt2, phase: decode, contextTokens: 512}]'
const inputOf = (fields: string): FrontiersInput =>
  onlyFigure(figureStudy(`{name: one, chart: frontiers, title: One, ${fields}}`)).input as FrontiersInput
const energies = (points: FrontiersInput['frontiers'][number]['points']): number[] => points.map(({energyJoules}) => energyJoules)

describe('frontiers of a study', () => {
  it('are of each accelerator and workload, named by what tells them apart', () => {
    const {frontiers, joined, energyOf} = inputOf(`accelerators: [h100-sxm, a100-sxm-80gb], ${workloads}`)
    expect(frontiers.map(({name}) => name)).toEqual(['h100-sxm', 'a100-sxm-80gb'])
    expect([joined, energyOf]).toEqual([undefined, 'a pass'])
    const expected = passFrontier(loadAccelerator('a100-sxm-80gb'), [{workload: loadWorkload('gpt2', decode), knobs: {}}])
    expect(energies(frontiers[1]!.points)).toEqual([...expected.energyJoules])
    expect(frontiers[1]!.points[0]!.knobs).toBe('1410 MHz')
  })

  it('with `set` are those of a what-if', () => {
    const {frontiers} = inputOf(`accelerators: [a100-sxm-80gb], ${workloads}, set: {l2: 100 MiB, hbm.energy: 2 pJ/b}`)
    const {designs} = whatIf('a100-sxm-80gb', {l2: '100 MiB', 'hbm.energy': '2 pJ/b'}, loadWorkload('gpt2', decode))
    expect(frontiers.map(({name}) => name)).toEqual(designs.map(({name}) => name))
    for (const [index, {frontier}] of designs.entries())
      expect(energies(frontiers[index]!.points)).toEqual(frontier.map(({energyJoules}) => energyJoules))
  })

  it('with `vary` are those of the variants, and the best of all with its knobs', () => {
    const {frontiers, joined, energyOf} = inputOf(`accelerators: [h100-sxm], ${workloads}, vary: {batch: [1, 8], dtype: [bf16, fp8]}`)
    expect(frontiers.map(({name}) => name)).toEqual([
      'batch 1, dtype bf16',
      'batch 1, dtype fp8',
      'batch 8, dtype bf16',
      'batch 8, dtype fp8',
    ])
    expect(energyOf).toBe('a token')
    const variants = passVariants(loadModel('gpt2'), decode, {batch: [1, 8], dtype: ['bf16', 'fp8']})
    expect(energies(joined!)).toEqual([...passFrontier(loadAccelerator('h100-sxm'), variants).energyJoules])
    expect(joined!.at(-1)!.knobs).toMatch(/^\d+ MHz, batch 8, dtype fp8$/)
  })

  it('can be of one operator', () => {
    const {frontiers, energyOf} = inputOf(`accelerators: [h100-sxm], ${workloads}, vary: {dtype: [bf16, fp8]}, operator: mlp_up`)
    expect(energyOf).toBe('mlp_up')
    const whole = inputOf(`accelerators: [h100-sxm], ${workloads}, vary: {dtype: [bf16, fp8]}`)
    expect(frontiers[0]!.points[0]!.latencySeconds).toBeLessThan(whole.frontiers[0]!.points[0]!.latencySeconds)
  })

  it.each([
    ['vary: {batch: [1, 8]}, set: {l2: 100 MiB}', '/report/figures/0/vary', '`set` and `vary` exclude each other'],
    ['vary: {bach: [1, 8]}', '/report/figures/0/vary', '"bach" is not a known setting of a pass'],
    ['set: {hbn.energy: 2 pJ/b}', '/report/figures/0/set', '"hbn.energy" is neither a parameter nor a field'],
    ['operator: mlp_upp', '/report/figures/0/operator', '"mlp_upp" is not a known operator of this pass'],
  ])('refuse %s at its place', (fields, pointer, message) => {
    const error = failure(() => inputOf(`accelerators: [a100-sxm-80gb], ${workloads}, ${fields}`))
    expect(error.message).toContain(pointer)
    expect(error.message).toContain(message)
  })

  it('with `vary` or `set` are of one accelerator', () => {
    const error = failure(() => inputOf(`accelerators: [a100-sxm-80gb, h100-sxm], ${workloads}, vary: {batch: [1, 8]}`))
    expect(error.message).toContain('frontiers with `set` or `vary` are of one accelerator')
  })
})
