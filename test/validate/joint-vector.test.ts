import {describe, expect, it} from 'vitest'
import {fitParameters} from '../../src/validate/fit.js'
import type {FitRow} from '../../src/validate/fit-problem.js'
import {jointVector, spreadVector} from '../../src/validate/joint-vector.js'
import {normals, parameter} from './synthetic-rows.js'

const own = [parameter(0.5, 1, {unit: 'ratio', least: 0.1, scope: 'generation'}), parameter(2, 60), parameter(1, 9, {scope: 'generation'})]

describe('jointVector', () => {
  it('holds what a generation shares once, and what a device has of its own once for each', () => {
    const {specs, places} = jointVector(own, 3)
    expect(specs).toHaveLength(2 + 3)
    expect(places).toEqual([
      [0, 2, 1],
      [0, 3, 1],
      [0, 4, 1],
    ])
    expect(places[1]!.map((place) => specs[place])).toEqual(own)
  })

  it('of one device is its parameters', () => {
    expect(jointVector(own, 1).specs).toHaveLength(own.length)
  })

  it('lets the devices of a generation share their efficiency, each with its own launch', () => {
    const {specs, places} = jointVector(own.slice(0, 2), 2)
    const arrays = [new Float64Array(2), new Float64Array(2)]
    const truth = [
      [0.7, 3],
      [0.7, 9],
    ]
    const noise = normals(17)
    const rows = arrays.flatMap((array, device) =>
      Array.from({length: 60}, (_, index): FitRow => {
        const time = (of: ArrayLike<number>): number => of[1]! + 10 ** ((index % 12) / 4) / of[0]!
        return {
          measuredSeconds: time(truth[device]!) * (1 + 0.01 * noise()),
          predictedSeconds: () => time(array),
          settledSeconds: () => time(array),
        }
      }),
    )
    const {values} = fitParameters({specs, apply: (vector) => spreadVector(vector, places, arrays)}, rows)
    spreadVector(values, places, arrays)
    expect(arrays[0]![0]).toBe(arrays[1]![0])
    expect(arrays[0]![0]).toBeCloseTo(0.7, 1)
    expect(arrays[0]![1]).toBeCloseTo(3, 0)
    expect(arrays[1]![1]).toBeCloseTo(9, 0)
  })
})
