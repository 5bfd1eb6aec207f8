import {Ajv2020} from 'ajv/dist/2020.js'
import {describe, expect, it} from 'vitest'
import Schema from '../../src/commands/schema.js'
import {schemaNames} from '../../src/spec/schemas/table.js'
import {runCommand} from '../support/run-command.js'

describe('ridge schema', () => {
  it.each(schemaNames)('prints a %s schema that a JSON Schema validator accepts', async (name) => {
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

  it('names the nearest schema for one it does not know', async () => {
    const {stderr, exitCode, stdout} = await runCommand(Schema, ['acelerator'])
    expect(stderr).toContain('"acelerator" is not a known schema\nCode: UNKNOWN_NAME\nTry this:\n  * did you mean accelerator\n  * known: ')
    expect([exitCode, stdout]).toEqual([3, ''])
  })
})
