import {describe, expect, it} from 'vitest'
import {mergeStores} from '../../src/store/merge.js'
import {queryPoints} from '../../src/store/query.js'
import type {Store} from '../../src/store/store.js'
import {allPoints} from '../support/stored-points.js'
import {definition, openedStore, writeGrid} from './fixtures.js'

describe('mergeStores', () => {
  it('joins by space and axis values, whatever codes each store gave them', () => {
    const left = openedStore()
    const right = openedStore()
    const whole = openedStore()
    writeGrid(left.space(definition), [132, 108], [1, 8])
    right.space(definition).codes(1, [4, 64])
    writeGrid(right.space(definition), [80, 'custom'], [64, 1])
    writeGrid(right.space({...definition, accelerator: 'tpu-v4'}), [1], [1])
    writeGrid(whole.space(definition), [132, 108], [1, 8])
    writeGrid(whole.space(definition), [80, 'custom'], [64, 1])
    writeGrid(whole.space({...definition, accelerator: 'tpu-v4'}), [1], [1])
    expect(mergeStores(left, [right])).toEqual({spaceCount: 2, readCount: 5, addedCount: 5})
    expect(allPoints(left)).toEqual(allPoints(whole))
  })

  it('adds nothing when done twice, and gives the same points from either side', () => {
    const stores = [openedStore(), openedStore()]
    writeGrid(stores[0]!.space(definition), [132, 108], [1, 8])
    writeGrid(stores[1]!.space(definition), [108, 80], [1, 2])
    writeGrid(stores[1]!.space(definition), [132], [1])
    const target = openedStore()
    const other = openedStore()
    expect(mergeStores(target, stores).addedCount).toBe(7)
    expect(mergeStores(target, stores)).toEqual({spaceCount: 1, readCount: 9, addedCount: 0})
    mergeStores(other, [stores[1]!, stores[0]!])
    const keysOf = (store: Store) => [...queryPoints(store, {columns: ['smCount', 'batch']}).rows].map((row) => JSON.stringify(row)).sort()
    expect(keysOf(other)).toEqual(keysOf(target))
  })

  it('merges more points than one batch holds', () => {
    const source = openedStore()
    const batches = Array.from({length: 300}, (_, i) => i)
    writeGrid(source.space(definition), batches, batches)
    const target = openedStore()
    expect(mergeStores(target, [source])).toEqual({spaceCount: 1, readCount: 90_000, addedCount: 90_000})
    expect(allPoints(target)).toEqual(allPoints(source))
  })

  it('refuses to mix model versions, and adds nothing', () => {
    const target = openedStore()
    const newer = openedStore()
    writeGrid(target.space(definition), [132], [1])
    writeGrid(newer.space({...definition, modelVersion: '2'}), [132], [1])
    expect(() => mergeStores(target, [newer])).toThrow(
      expect.objectContaining({
        code: 'STORE_MODEL_VERSIONS',
        message: ':memory: holds points of model version 2, and :memory: those of 1',
        suggestions: ['run the older study again with this version of ridgepoint, then merge'],
      }),
    )
    const empty = openedStore()
    expect(() => mergeStores(empty, [target, newer])).toThrow(expect.objectContaining({code: 'STORE_MODEL_VERSIONS'}))
    expect([target.pointCount(), empty.pointCount()]).toEqual([1, 0])
  })
})
