import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {arraysOf} from '../../src/cluster/tasks.js'
import {UserError} from '../../src/foundation/user-error.js'

const shardsUpTo = (count: number): number[] => Array.from({length: count}, (_, index) => index + 1)

describe('arrays of tasks', () => {
  it('have a task for each shard, in as few arrays as hold them', () => {
    expect(arraysOf(shardsUpTo(7), {arrayTaskCount: 4, submitCount: undefined})).toEqual([
      [[1], [2], [3], [4]],
      [[5], [6], [7]],
    ])
  })

  it('have several shards a task where fewer tasks may be submitted', () => {
    expect(arraysOf(shardsUpTo(7), {arrayTaskCount: 1001, submitCount: 4})).toEqual([[[1, 2], [3, 4], [5, 6], [7]]])
  })

  it('are none for no shards, whatever the limits', () => {
    expect(arraysOf([], {arrayTaskCount: 0, submitCount: 0})).toEqual([])
  })

  it('are refused where the queue takes none', () => {
    const refused = (arrayTaskCount: number, submitCount: number) => (): unknown => arraysOf([1], {arrayTaskCount, submitCount})
    expect(refused(0, 5)).toThrow(expect.objectContaining({code: 'QUEUE_FULL', message: expect.stringContaining('MaxArraySize')}))
    expect(refused(5, -3)).toThrow(expect.objectContaining({code: 'QUEUE_FULL', message: 'the queue takes no more jobs of yours now'}))
    expect(refused(5, 0)).toThrow(UserError)
  })

  it('hold every shard once and in order, and keep to both limits', () => {
    const shards = fc.uniqueArray(fc.integer({min: 1, max: 5000}), {maxLength: 300}).map((all) => all.toSorted((a, b) => a - b))
    fc.assert(
      fc.property(shards, fc.integer({min: 1, max: 400}), fc.integer({min: 1, max: 400}), (some, arrayTaskCount, submitCount) => {
        const arrays = arraysOf(some, {arrayTaskCount, submitCount})
        expect(arrays.flat(2)).toEqual(some)
        expect(arrays.every((tasks) => tasks.length > 0 && tasks.length <= arrayTaskCount)).toBe(true)
        expect(arrays.flat().length).toBeLessThanOrEqual(submitCount)
      }),
    )
  })
})
