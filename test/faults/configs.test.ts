import {describe, expect, it} from 'vitest'
import Eval from '../../src/commands/eval.js'
import Show from '../../src/commands/show.js'
import {parseSelector} from '../../src/workload/operator-list.js'
import {runCommand} from '../support/run-command.js'
import {refusal, temporaryFolder, written} from './refusal.js'

const folder = temporaryFolder()
const config = {
  model_type: 'llama',
  hidden_size: 4096,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  intermediate_size: 14_336,
  vocab_size: 128_256,
  hidden_act: 'silu',
}

describe('a published config that cannot be is refused at its field:', () => {
  it.each([
    ['a model_type that nobody knows', {model_type: 'llamma'}, 'model_type', 'did you mean llama'],
    ['a number in quotes', {hidden_size: '4096'}, 'hidden_size', 'write hidden_size as the published config has it'],
    ['a width below zero', {hidden_size: -1}, 'hidden_size', 'write hidden_size as the published config has it'],
    ['no layers', {num_hidden_layers: 0}, 'num_hidden_layers', 'write num_hidden_layers as the published config has it'],
    [
      'key heads that do not divide the heads',
      {num_key_value_heads: 7},
      'num_key_value_heads',
      'compare the field with the published config',
    ],
    ['a width that heads do not divide', {hidden_size: 4097}, 'num_attention_heads', 'compare the field with the published config'],
    ['an unknown activation', {hidden_act: 'siluu'}, 'hidden_act', 'did you mean silu'],
  ])('%s', async (what, change, field, hint) => {
    const file = written(folder, `${what.replaceAll(' ', '-')}.json`, JSON.stringify({...config, ...change}, null, 1))
    const error = await refusal(Show, file)
    const line = Object.keys(config).indexOf(field) + 2
    expect(error).toMatchObject({code: 'SPEC_INVALID', exitCode: 3})
    expect(error.message).toMatch(new RegExp(`:${line}:\\d+ /${field}\n`))
    expect(error.suggestions).toContain(hint)
  })
})

it('costs a model far beyond any memory, and says by how much it does not fit', async () => {
  const file = written(folder, 'huge.json', JSON.stringify({...config, num_hidden_layers: 100_000}))
  const {stdout, exitCode, result} = await runCommand(Eval, ['--accelerator', 'h100-sxm', '--model', file])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/This pass does not fit: it keeps \d.* more than h100-sxm holds/)
  expect(result).toMatchObject({fitsInMemory: false})
})

it('refuses a selector that selects nothing, with the nearest key', () => {
  expect(() => parseSelector('modle=gpt2')).toThrow(
    expect.objectContaining({code: 'BAD_SELECTOR', exitCode: 3, suggestions: expect.arrayContaining(['did you mean model=…'])}),
  )
})

it('refuses to let an encoder decode', async () => {
  const error = await refusal(Eval, '--accelerator', 'h100-sxm', '--model', 'bert-large', '--phase', 'decode')
  expect(error).toMatchObject({code: 'PHASE_UNSUPPORTED', exitCode: 3})
})
