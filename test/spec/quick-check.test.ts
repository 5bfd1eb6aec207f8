import path from 'node:path'
import {Ajv2020} from 'ajv/dist/2020.js'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {packageRoot, resolveFile, shippedNames} from '../../src/spec/catalogue.js'
import type {JsonSchema} from '../../src/spec/check-schema.js'
import {surelyValid} from '../../src/spec/quick-check.js'
import {acceleratorSchema} from '../../src/spec/schemas/accelerator.js'
import {generationsSchema} from '../../src/spec/schemas/generations.js'
import {hierarchySchema} from '../../src/spec/schemas/hierarchy.js'
import {mappingSchema, strategySchema} from '../../src/spec/schemas/mapping.js'
import {problemSchema} from '../../src/spec/schemas/problem.js'
import {profileSchema} from '../../src/spec/schemas/profile.js'
import {operatorListSchema, transformerSchema} from '../../src/spec/schemas/workload.js'
import {YamlSource} from '../../src/spec/yaml-source.js'
import {smallHierarchy} from '../support/small-hierarchy.js'

const ajv = new Ajv2020({allErrors: true, verbose: true, allowUnionTypes: true, strictTypes: false, strictRequired: false})

type Tree = Record<string, unknown>

/** The same data with one value put in place of another, or one key more or less. */
function mutated(data: unknown, steps: readonly number[], value: unknown, change: 'replace' | 'remove' | 'add'): unknown {
  const copy: unknown = structuredClone(data)
  let at = copy as Tree
  for (const step of steps) {
    const keys = Object.keys(at)
    const key = keys[step % Math.max(keys.length, 1)]
    if (key === undefined) break
    const inner = at[key]
    if (typeof inner === 'object' && inner !== null && step % 3 !== 0) at = inner as Tree
    else {
      if (change === 'remove' && !Array.isArray(at)) delete at[key]
      else at[key] = value
      return copy
    }
  }
  if (change === 'add' && !Array.isArray(at)) at['unheardOf'] = value
  return copy
}

const samples: [string, JsonSchema, unknown][] = [
  ['h100-sxm', acceleratorSchema, loadAccelerator('h100-sxm').source.data],
  ['the profile of h100-sxm', profileSchema, YamlSource.read(path.join(packageRoot, 'accelerators', 'h100-sxm', 'profile.yaml')).data],
  ['the generations', generationsSchema, YamlSource.read(path.join(packageRoot, 'accelerators', 'generations.yaml')).data],
  ['llama-3.1-8b', transformerSchema, YamlSource.read(resolveFile('model', 'llama-3.1-8b')).data],
  ['conv1d', problemSchema, YamlSource.read(resolveFile('problem', 'conv1d')).data],
  ['a file of levels', hierarchySchema, YamlSource.parse(smallHierarchy, 'small.yaml').data],
  ['a mapping', mappingSchema, {levels: {dram: {temporal: ['K 4', 'P 2'], x: ['C 2'], bypass: ['inputs']}}}],
  ['a strategy', strategySchema, {imperfect: true, levels: {innermost: {temporal: ['K rest'], keep: ['weights'], outermost: ['K']}}}],
  [
    'a list of operators',
    operatorListSchema(['gemm', 'collective']),
    {
      kind: 'operators',
      source: 'here',
      operators: [
        {kind: 'gemm', dtype: 'bf16', m: 1, n: 2, k: 3},
        {kind: 'collective', dtype: 'bf16', collective: 'allreduce', bytes: 8, ranks: 2},
      ],
    },
  ],
]

describe('surelyValid', () => {
  it.each(samples)('accepts %s, and never what ajv refuses', (_, schema, data) => {
    const validate = ajv.compile(schema)
    expect(surelyValid(schema, data)).toBe(true)
    const value = fc.constantFrom<unknown>(null, '', 'text', 0, -1, 1.5, Number.NaN, true, [], [1, 1], {}, {value: 1}, {value: ''})
    const change = fc.constantFrom<'replace' | 'remove' | 'add'>('replace', 'remove', 'add')
    fc.assert(
      fc.property(fc.array(fc.nat(97), {minLength: 1, maxLength: 6}), value, change, (steps, put, how) => {
        const changed = mutated(data, steps, put, how)
        expect(surelyValid(schema, changed)).toBe(validate(changed))
      }),
      {numRuns: 2000},
    )
  })

  it.each(shippedNames('accelerator'))('accepts %s', (name) => {
    expect(surelyValid(acceleratorSchema, loadAccelerator(name).source.data)).toBe(true)
  })

  it('leaves a schema with a keyword that it does not know to ajv', () => {
    expect(surelyValid({type: 'string', format: 'uri'}, 'a')).toBe(false)
  })
})
