import {describe, expect, it} from 'vitest'
import {UserError} from '../../src/foundation/user-error.js'
import {type PassInput, type PassName, passSettings, phases} from '../../src/workload/pass.js'
import {resolvePass} from '../../src/workload/resolve-pass.js'

function errorOf(input: object): UserError {
  try {
    resolvePass(input as PassInput)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('resolvePass', () => {
  it('gives every setting a value in every phase', () => {
    for (const phase of phases) {
      const pass = resolvePass({phase})
      expect(Object.keys(pass).sort()).toEqual(passSettings.map(({name}) => name).sort())
      for (const {name} of passSettings) expect(pass[name], name).toBeDefined()
    }
  })

  it('takes what is given over any default, and undefined as not given', () => {
    expect(resolvePass({batch: 7, promptTokens: undefined}).batch).toBe(7)
    expect(resolvePass({batch: 7, promptTokens: undefined}).promptTokens).toBe(2048)
  })

  it('takes a context as prompt behind its prefix, and a prompt as context to decode from', () => {
    expect(resolvePass({phase: 'prefill', contextTokens: 1000, prefixTokens: 300}).promptTokens).toBe(700)
    expect(resolvePass({phase: 'decode', promptTokens: 1000}).contextTokens).toBe(1000)
    expect(resolvePass({phase: 'decode', promptTokens: 1000, prefixTokens: 24}).contextTokens).toBe(1024)
  })

  it.each([
    [{phase: 'decode', recompute: 'full'}, 'recompute does nothing in decode', 'recompute acts in train'],
    [{recompute: 'none'}, 'recompute does nothing in prefill', 'recompute acts in train'],
    [{phase: 'train', kvCache: true}, 'kvCache does nothing in train', 'kvCache acts in prefill and decode'],
    [{phase: 'train', prefixTokens: 8}, 'prefixTokens does nothing in train', 'prefixTokens acts in prefill'],
    [
      {phase: 'decode', promptTokens: 1000, contextTokens: 400},
      'promptTokens does nothing in decode beside contextTokens',
      'or leave contextTokens out',
    ],
    [{promptTokens: 32, contextTokens: 64}, 'contextTokens does nothing in prefill beside promptTokens', 'contextTokens acts in decode'],
  ] as const)('refuses %j, of which the phase uses only a part', (given, message, suggestion) => {
    expect(() => resolvePass(given)).toThrow(
      expect.objectContaining({code: 'SETTING_UNUSED', message, suggestions: expect.arrayContaining([suggestion])}),
    )
  })

  it('stores activations and cache no narrower than 16 bits unless told to', () => {
    expect(resolvePass({dtype: 'fp8'})).toMatchObject({
      weightDtype: 'fp8',
      activationDtype: 'bf16',
      kvDtype: 'bf16',
      accumulateDtype: 'fp32',
    })
    expect(resolvePass({dtype: 'tf32'})).toMatchObject({weightDtype: 'fp32', activationDtype: 'fp32'})
    expect(resolvePass({dtype: 'fp64'})).toMatchObject({weightDtype: 'fp64', activationDtype: 'fp64', accumulateDtype: 'fp64'})
    expect(resolvePass({dtype: 'fp8', kvDtype: 'fp8'}).kvDtype).toBe('fp8')
  })

  it('computes the logits of the last token, in training of all', () => {
    expect(phases.map((phase) => resolvePass({phase}).lmHead)).toEqual(['last', 'last', 'all'])
  })

  it.each([
    [{phase: 'prefil'}, '"prefil" is not a phase', 'did you mean prefill'],
    [{dtype: 'bf61'}, '"bf61" is not a dtype', 'did you mean bf16'],
    [{recompute: 'fully'}, '"fully" is not a recompute', 'did you mean full'],
    [{batchSize: 4}, '"batchSize" is not a known setting of a pass', 'did you mean batch'],
    [{batch: 0}, 'batch is 0, but a whole number of sequences that is at least 1 was expected', 'batch: '],
    [{batch: 1.5}, 'batch is 1.5', 'batch: '],
    [{contextTokens: Number.NaN}, 'contextTokens is null', 'contextTokens: '],
    [{expertExponent: -1}, 'expertExponent is -1, but a number of at least 0 was expected', 'expertExponent: '],
    [{fused: 'yes'}, 'fused is "yes", but true or false was expected', 'fused: '],
    [{phase: 'prefill', contextTokens: 100, prefixTokens: 100}, 'leaves no new one', 'contextTokens: more than prefixTokens'],
  ])('refuses %j', (input, message, hint) => {
    const error = errorOf(input)
    expect(error.message).toContain(message)
    expect(error.suggestions.join('\n')).toContain(hint)
    expect(error.exitCode).toBe(3)
  })
})

describe('passSettings', () => {
  it('has choices exactly where a setting is a choice, and a description everywhere', () => {
    for (const {name, type, choices, description} of passSettings) {
      expect(choices !== undefined, name).toBe(type === 'choice')
      expect(description.endsWith('.'), name).toBe(true)
    }
    const names: PassName[] = passSettings.map(({name}) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})
