import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {UserError} from '../../src/foundation/user-error.js'
import {loadWorkload} from '../../src/workload/load-workload.js'

describe('a machine that lacks a whole kind of unit', () => {
  it.each(['bf16', 'int16'] as const)(
    'says so of a transformer in %s, and what it can run instead of a format that would not help',
    (dtype) => {
      let error: unknown
      try {
        evaluate(loadAccelerator('eyeriss'), loadWorkload('gpt2', {phase: 'prefill', promptTokens: 128, dtype}))
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(UserError)
      const {code, message, suggestions} = error as UserError
      expect(code).toBe('NO_SUCH_UNIT')
      expect(message).toMatch(/^eyeriss has no (vector|special) unit, which operator \w+ needs in any number format$/)
      expect(suggestions[0]).toContain('it runs matrix products (gemm) in int16')
      expect(suggestions.join(' ')).not.toContain('--dtype')
    },
  )
})
