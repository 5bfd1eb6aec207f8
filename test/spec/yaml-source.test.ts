import {describe, expect, it} from 'vitest'
import {SpecError} from '../../src/spec/spec-error.js'
import {YamlSource} from '../../src/spec/yaml-source.js'

function errorOf(text: string, file: string): SpecError {
  try {
    YamlSource.parse(text, file)
  } catch (error) {
    if (error instanceof SpecError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('text that cannot be read', () => {
  it.each([
    ['config.json', '{"a": 1,\n "b": [1, 2\n', 'this is not JSON: ', 'check the commas, brackets and quotes at that place'],
    ['machine.yaml', 'a: [1, 2\nb: 3\n', 'this is not YAML: ', 'check the indentation and the quotes at that place'],
  ])('of %s is named by what the file should be', (file, text, reason, hint) => {
    const error = errorOf(text, file)
    expect(error.code).toBe('YAML_MALFORMED')
    expect(error.message).toMatch(new RegExp(`^${file.replace('.', '\\.')}:\\d+:\\d+ /\n {2}${reason}`))
    expect(error.suggestions).toEqual([hint])
  })
})
