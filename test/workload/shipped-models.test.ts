import {describe, expect, it} from 'vitest'
import {shippedNames} from '../../src/spec/catalogue.js'
import {loadModel} from '../../src/workload/load-workload.js'
import {parameterCount} from '../../src/workload/transformer-parameters.js'

/** Published only as a rounded name (20B, 22B), or not at all (NeuSight's GPT-3 XL). */
const unpublished = ['gpt3-xl', 'internlm-20b', 'megatron-22b']

describe('shipped models', () => {
  it.each(shippedNames('model'))('%s has the published number of parameters to 0.1 %', (name) => {
    const model = loadModel(name)
    if (model.kind !== 'transformer') return expect(model.passes.length).toBeGreaterThan(0)
    if (unpublished.includes(name)) return expect(model.publishedParameterCount).toBeUndefined()
    const published = model.publishedParameterCount
    expect(published).toBeDefined()
    expect(Math.abs(parameterCount(model.spec) / published! - 1), `${parameterCount(model.spec)} against ${published}`).toBeLessThan(0.001)
  })
})
