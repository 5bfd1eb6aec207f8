import {describe, expect, it} from 'vitest'
import {checkSchema} from '../../src/spec/check-schema.js'
import {schemaNames, schemas} from '../../src/spec/schemas/table.js'
import {SpecError} from '../../src/spec/spec-error.js'
import {YamlSource} from '../../src/spec/yaml-source.js'

const schema = {
  title: 'Ridgepoint study',
  properties: {
    sms: {type: 'array', minItems: 1, maxItems: 2, uniqueItems: true, items: {type: 'integer', minimum: 1, maximum: 512}},
    share: {type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1},
    title: {type: 'string', minLength: 1},
    axes: {type: 'object', minProperties: 1},
    isOn: {type: ['boolean', 'string']},
  },
}

function errorOf(text: string): SpecError {
  try {
    checkSchema(YamlSource.parse(text, 'study.yaml'), schema)
  } catch (error) {
    if (error instanceof SpecError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('checkSchema', () => {
  it.each([
    ['sms: []', 'sms has no values: list at least one'],
    ['sms: [1, 2, 3]', 'sms has 3 values: list at most 2'],
    ['sms: [7, 7]', 'sms lists 7 twice'],
    ['sms: [0]', '0 is less than 1, the least allowed'],
    ['sms: [513]', '513 is more than 512, the most allowed'],
    ['sms: [abc]', '"abc" is no whole number'],
    ['share: 0', '0 is not more than 0'],
    ['share: 1', '1 is not less than 1'],
    ['title: ""', 'title is empty'],
    ['axes: {}', 'axes has no keys: write at least one'],
    ['isOn: 3', '3 is no true or false and no text'],
  ])('says of `%s` that %s', (text, expected) => {
    expect(errorOf(text).message.split('\n').slice(1)).toEqual([`  ${expected}`])
  })

  it.each(schemaNames)('can name the schema %s by its title', async (name) => {
    expect((await schemas[name]())['title']).toBe(`Ridgepoint ${name}`)
  })

  it('names the schema that says more', () => {
    expect(errorOf('sms: []').suggestions).toEqual(['ridge schema study prints what each key may hold'])
  })
})
