import type {Loop, LoopNest} from './loop-nest.js'

/** A nest cut to smaller sizes: from the inside out, each loop takes as many turns as are left to take. */
export function cutNest({levels}: LoopNest, sizes: readonly number[]): LoopNest {
  const covered = sizes.map(() => 1)
  const cut = (loops: readonly Loop[]): Loop[] =>
    loops
      .toReversed()
      .map(({dimension, count}) => {
        const needed = Math.min(count, Math.ceil(sizes[dimension]! / covered[dimension]!))
        covered[dimension]! *= needed
        return {dimension, count: needed}
      })
      .filter(({count}) => count > 1)
      .reverse()
  const fitted = levels.toReversed().map(({temporal, x, y, keeps}) => {
    const [inY, inX] = [cut(y), cut(x)]
    return {temporal: cut(temporal), x: inX, y: inY, keeps}
  })
  return {levels: fitted.reverse()}
}
