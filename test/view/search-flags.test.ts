import {availableParallelism} from 'node:os'
import {Parser} from '@oclif/core'
import {describe, expect, it} from 'vitest'
import {searchFlags, workerCount} from '../../src/view/search-flags.js'

const aim = async (text: string) => (await Parser.parse(['--objective', text], {flags: {objective: searchFlags.objective}})).flags.objective

describe('--objective', () => {
  it('takes one, several in order, or the frontier', async () => {
    expect(await aim('latency')).toEqual(['latency'])
    expect(await aim('latency, energy')).toEqual(['latency', 'energy'])
    expect(await aim('frontier')).toBe('frontier')
  })

  it.each([
    ['frontier,edp', 'frontier is of time and energy, and stands alone'],
    ['latency,latency', '"latency,latency" names latency twice'],
    ['latncy', 'latncy'],
  ])('refuses %s', async (text, message) => {
    await expect(aim(text)).rejects.toThrow(message)
  })
})

describe('--workers', () => {
  it('takes no more threads than there are cores', () => {
    expect(workerCount(999)).toBe(availableParallelism())
    expect(workerCount(1)).toBe(1)
    expect(workerCount(undefined)).toBe(availableParallelism())
  })
})
