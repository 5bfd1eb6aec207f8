import {describe, expect, it} from 'vitest'
import {designBatch} from '../../../src/accelerator/accelerator.js'
import {explainKernel} from '../../../src/cost/calibrated/explain.js'
import type {KernelContext, KernelModel, KernelParameter} from '../../../src/cost/calibrated/kernel-model.js'
import {lanesNode, tinyMachine} from '../../support/tiny-machine.js'

const spec = (over: Partial<KernelParameter>): KernelParameter => {
  const described = {meaning: 'of a test', source: 'by hand', scope: 'device'} as const
  return {unit: 'us', least: 0, most: 10, start: 1, ideal: 0, ...described, ...over}
}

/** Two waves of work at a share of a peak, after a launch; a third parameter acts on nothing. */
const model: KernelModel = {
  parameters: {
    share: spec({unit: 'ratio', most: 1, ideal: 1, meaning: 'share of the peak'}),
    launch: spec({meaning: 'before the kernel'}),
    idle: spec({}),
  },
  compile: ({parameters}) => ({
    time: (coreHertz, seconds) => {
      seconds[0] = 2e9 / coreHertz[0]! / parameters[0]! + parameters[1]!
    },
    hostSeconds: () => 0,
    facts: () => [{name: 'waves', value: 2, unit: ''}],
  }),
}

const {machine} = designBatch(tinyMachine(), [], 1)
const context: KernelContext = {
  machine,
  node: lanesNode(1, 1),
  run: {operandCopyCount: 1, launch: 'graph'},
  parameters: Float64Array.of(0.5, 3, 7),
  rowCapacity: 1,
  boundIndex: () => 0,
}

describe('explainKernel', () => {
  it('goes from the ideal over the structure to the predicted time, parameter by parameter', () => {
    // 1.5 s ideal; two whole waves take 2 s at the peak, 4 s at a half of it, and 7 s with the launch.
    const {steps} = explainKernel(model, context, 1.5, 1e9)
    expect(steps.map(({name, seconds}) => [name, seconds])).toEqual([
      ['ideal', 1.5],
      ['structure', 0.5],
      ['share', 2],
      ['launch', 3],
    ])
  })

  it('adds up to the predicted time at any clock, also where the structure saves', () => {
    for (const coreHertz of [2e8, 5e8, 1e9]) {
      const {steps} = explainKernel(model, context, 30, coreHertz)
      const sum = steps.reduce((total, {seconds}) => total + seconds, 0)
      expect(sum).toBeCloseTo(2e9 / coreHertz / 0.5 + 3, 12)
      expect(steps[1]!.seconds).toBeLessThan(0)
    }
  })

  it('says what each parameter means and where it comes from, beside the facts', () => {
    const {steps, facts} = explainKernel(model, context, 1.5, 1e9)
    expect(steps[2]).toMatchObject({meaning: 'share of the peak', source: 'by hand'})
    expect(facts).toEqual([{name: 'waves', value: 2, unit: ''}])
  })

  it('leaves the parameters of the kernel as they are', () => {
    explainKernel(model, context, 1.5, 1e9)
    expect([...context.parameters]).toEqual([0.5, 3, 7])
  })
})
