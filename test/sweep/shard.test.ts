import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {UserError} from '../../src/foundation/user-error.js'
import {parseShard, shardRange} from '../../src/sweep/shard.js'

const rangesOf = (pointCount: number, shardCount: number) =>
  Array.from({length: shardCount}, (_, index) => shardRange({shardIndex: index + 1, shardCount}, pointCount))

describe('the points of a shard', () => {
  it('are those from ceil((i-1)·N/n) up to ceil(i·N/n): 10 points in 3 shards are 4, 3 and 3', () => {
    expect(rangesOf(10, 3)).toEqual([
      {firstIndex: 0, endIndex: 4},
      {firstIndex: 4, endIndex: 7},
      {firstIndex: 7, endIndex: 10},
    ])
  })

  it('leaves shards empty where there are more shards than points', () => {
    expect(rangesOf(2, 4).map(({firstIndex, endIndex}) => endIndex - firstIndex)).toEqual([1, 0, 1, 0])
  })

  it('cover every index once, in order, and differ by one point at most', () => {
    fc.assert(
      fc.property(fc.integer({min: 0, max: 1e9}), fc.integer({min: 1, max: 200}), (pointCount, shardCount) => {
        const ranges = rangesOf(pointCount, shardCount)
        expect(ranges[0]!.firstIndex).toBe(0)
        expect(ranges.at(-1)!.endIndex).toBe(pointCount)
        for (let index = 1; index < ranges.length; index++) expect(ranges[index]!.firstIndex).toBe(ranges[index - 1]!.endIndex)
        const sizes = ranges.map(({firstIndex, endIndex}) => endIndex - firstIndex)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('are exact where the product of points and shards passes 2^53', () => {
    const pointCount = 2 ** 53 - 1
    const {firstIndex, endIndex} = shardRange({shardIndex: 64, shardCount: 64}, pointCount)
    expect(endIndex).toBe(pointCount)
    // ceil(63 · (2^53 − 1) / 64) = 63 · 2^47 − floor(63 / 64) = 63 · 2^47
    expect(firstIndex).toBe(63 * 2 ** 47)
  })
})

const refusalOf = (text: string, environment: NodeJS.ProcessEnv = {}): UserError => {
  try {
    parseShard(text, environment)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('the shard was accepted')
}

describe('a written shard', () => {
  it('is its place and how many there are', () => {
    expect(parseShard('3/64', {})).toEqual({shardIndex: 3, shardCount: 64})
  })

  it.each(['3', '3/', '0/0', 'x/4', '-1/4', '1.5/4', 'auto', 'auto/0', ''])('is refused as "%s", with the form', (text) => {
    expect(refusalOf(text)).toMatchObject({code: 'SHARD_INVALID', message: `"${text}" is no shard`})
  })

  it.each(['0/64', '65/64'])('is refused as %s, which does not exist', (text) => {
    expect(refusalOf(text)).toMatchObject({code: 'SHARD_INVALID', suggestions: ['shards count from 1 to 64']})
  })
})

describe('auto', () => {
  it.each([
    ['SLURM_ARRAY_TASK_ID', '1', '64'],
    ['JOB_COMPLETION_INDEX', '0', '63'],
    ['AWS_BATCH_JOB_ARRAY_INDEX', '0', '63'],
  ])('reads %s, whose first task has %s', (name, first, last) => {
    expect(parseShard('auto/64', {[name]: first})).toEqual({shardIndex: 1, shardCount: 64})
    expect(parseShard('auto/64', {[name]: last})).toEqual({shardIndex: 64, shardCount: 64})
    expect(refusalOf('auto/64', {[name]: String(Number(last) + 1)}).message).toBe(
      `${name} is ${Number(last) + 1}, and 64 shards have it from ${first} to ${last}`,
    )
  })

  it('refuses a Slurm array that counts from 0, whose last shard nobody would run', () => {
    expect(refusalOf('auto/64', {SLURM_ARRAY_TASK_ID: '0'}).suggestions).toEqual(['give the array 64 tasks, of which the first is 1'])
  })

  it('refuses to guess where none is set, or more than one', () => {
    expect(refusalOf('auto/64').message).toContain('none of its variables is set here')
    const both = refusalOf('auto/64', {SLURM_ARRAY_TASK_ID: '3', JOB_COMPLETION_INDEX: '2'})
    expect(both.message).toBe('auto finds more than one job array: SLURM_ARRAY_TASK_ID=3, JOB_COMPLETION_INDEX=2')
  })
})
