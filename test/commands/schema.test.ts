import {readFileSync} from 'node:fs'
import path from 'node:path'
import {Ajv2020, type ValidateFunction} from 'ajv/dist/2020.js'
import {beforeAll, describe, expect, it} from 'vitest'
import Schema from '../../src/commands/schema.js'
import {resolveFile, shippedNames} from '../../src/spec/catalogue.js'
import {schemaNames} from '../../src/spec/schemas/table.js'
import {YamlSource} from '../../src/spec/yaml-source.js'
import {repositoryRoot, runCommand} from '../support/run-command.js'

describe('ridge schema', () => {
  it.each([...schemaNames, 'trace'])('prints a %s schema that a JSON Schema validator accepts', async (name) => {
    const {stdout, exitCode} = await runCommand(Schema, [name])
    const ajv = new Ajv2020({strict: false})
    expect(ajv.validateSchema(JSON.parse(stdout))).toBe(true)
    expect(exitCode).toBe(0)
  })

  it('prints the same record with and without --json', async () => {
    const text = await runCommand(Schema, ['accelerator'])
    const json = await runCommand(Schema, ['accelerator', '--json'])
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(text.stdout))
  })

  it('lists the columns of a measured trace, the required ones and the units of numbers', async () => {
    const schema = JSON.parse((await runCommand(Schema, ['trace'])).stdout) as {required: string[]; properties: Record<string, unknown>}
    expect(schema.required).toEqual(['device', 'op', 'latency_us'])
    expect(schema.properties['latency_us']).toEqual({type: 'number', exclusiveMinimum: 0, unit: 'us', description: 'time of one run'})
    expect(schema.properties).toMatchObject({m: {type: 'integer', minimum: 1}, window: {minimum: 0}, power_w: {unit: 'W'}})
    const measured = readFileSync(path.join(repositoryRoot, 'accelerators', 'h100-sxm', 'measured.csv'), 'utf8')
    const columns = measured
      .split('\n')
      .find((line) => !line.startsWith('#'))!
      .split(',')
      .map((name) => name.trim())
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(columns))
  })

  it('names the nearest schema for one it does not know', async () => {
    const {stderr, exitCode, stdout} = await runCommand(Schema, ['acelerator'])
    expect(stderr).toContain('"acelerator" is not a known schema\nCode: UNKNOWN_NAME\nTry this:\n  * did you mean accelerator\n  * known: ')
    expect([exitCode, stdout]).toEqual([3, ''])
  })
})

describe('the printed schema of an accelerator', () => {
  let validate: ValidateFunction

  beforeAll(async () => {
    const {stdout} = await runCommand(Schema, ['accelerator'])
    validate = new Ajv2020({strict: false, allErrors: true}).compile(JSON.parse(stdout))
  })

  it.each(shippedNames('accelerator'))('takes the shipped file of %s as it is written', (name) => {
    validate(YamlSource.read(resolveFile('accelerator', name)).data)
    expect(validate.errors).toBe(null)
  })

  it.each([
    ['a few values over a base', {extends: 'h100-sxm', memories: {hbm: {capacity: '96 GB'}}}],
    ['a source of its own for a value of the base', {extends: 'h100-sxm', power: {limit: {source: 'datasheet'}}}],
    ['a removed part', {extends: 'h100-sxm', links: {nvlink: null}, units: {tensor: {energyPerOperation: {int8: null}}}}],
    ['a field in place of others', {extends: 'h100-sxm', memories: {hbm: {readBandwidth: null, bandwidth: '3 TB/s'}}}],
    ['a removed section that may be missing', {extends: 'h100-sxm', dies: null}],
  ])('takes %s', (_, data) => {
    validate(data)
    expect(validate.errors).toBe(null)
  })

  it.each([
    ['a key it does not know, deep in a file that extends', {extends: 'h100-sxm', memories: {hbm: {capasity: '96 GB'}}}, 'capasity'],
    ['the removal of a key that every accelerator has', {extends: 'h100-sxm', memories: {hbm: {capacity: null}}}, '/memories/hbm/capacity'],
    ['a base that is no name', {extends: null}, '/extends'],
    ['an item of a list that lacks a part', {extends: 'h100-sxm', power: {idle: [{clock: '1 GHz'}]}}, 'power'],
    ['a removed key where there is no base', {title: 'mine', dies: null}, '/dies'],
    ['a file that stands on its own and lacks a section', {title: 'mine'}, 'memories'],
  ])('refuses %s', (_, data, named) => {
    expect(validate(data)).toBe(false)
    expect(JSON.stringify(validate.errors)).toContain(named)
  })
})
