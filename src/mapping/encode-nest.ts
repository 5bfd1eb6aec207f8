import {type EncodedNest, encodedNest} from './encoded-nest.js'
import type {Loop, LoopNest} from './loop-nest.js'

/** A loop nest as numbers; loops of one dimension, way and level are at most one. */
export function encodeNest({levels}: LoopNest, dimensionCount: number): EncodedNest {
  const nest = encodedNest(levels.length, dimensionCount)
  for (const [level, {temporal, x, y, keeps}] of levels.entries()) {
    for (const [way, loops] of [temporal, x, y].entries())
      for (const {dimension, count} of loops) nest.counts[(3 * level + way) * dimensionCount + dimension]! *= count
    const turning = temporal.map(({dimension}) => dimension)
    const still = Array.from({length: dimensionCount}, (_, dimension) => dimension).filter((dimension) => !turning.includes(dimension))
    nest.order.set([...turning, ...still], level * dimensionCount)
    nest.keeps[level] = keeps.reduce((bits, isKept, tensor) => bits | (isKept ? 1 << tensor : 0), 0)
  }
  return nest
}

/** The loop nest that numbers stand for, loops of one turn left out. */
export function decodeNest({counts, order, keeps}: EncodedNest, dimensionCount: number, tensorCount: number): LoopNest {
  const inOrder = Array.from({length: dimensionCount}, (_, dimension) => dimension)
  const levels = Array.from(keeps, (bits, level) => {
    const loops = (way: number, dimensions: Iterable<number>): Loop[] =>
      Array.from(dimensions, (dimension) => ({dimension, count: counts[(3 * level + way) * dimensionCount + dimension]!})).filter(
        ({count}) => count > 1,
      )
    return {
      temporal: loops(0, order.subarray(level * dimensionCount, (level + 1) * dimensionCount)),
      x: loops(1, inOrder),
      y: loops(2, inOrder),
      keeps: Array.from({length: tensorCount}, (_, tensor) => level === 0 || ((bits >> tensor) & 1) === 1),
    }
  })
  return {levels}
}
