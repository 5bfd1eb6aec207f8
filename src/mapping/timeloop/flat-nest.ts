import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {Problem} from '../../workload/problem.js'
import type {Loop, LoopNest} from '../loop-nest.js'

/** One loop of a nest in a row; all rows are innermost first. */
export interface FlatLoop {
  readonly dimension: number
  readonly count: number
  /** Turns where every loop outside over the same dimension takes its last one. */
  readonly lastCount: number
  readonly isSpatial: boolean
  /** How far one turn moves along the dimension. */
  readonly stride: number
  /** By dimension: what the loop and all inside it span, and what they span where every loop outside takes its last turn. */
  readonly extents: readonly number[]
  readonly lastExtents: readonly number[]
}

/** The loops of one level: those in space first, then those in time, of which there is at least one. */
export interface FlatLevel {
  readonly first: number
  readonly last: number
  readonly spatialCount: number
  /** Children that the loops in space use, and the array that holds them. */
  readonly fanoutCount: number
  readonly width: number
  readonly height: number
  /** Instances of the level in use. */
  readonly instances: number
}

export interface FlatNest {
  readonly loops: readonly FlatLoop[]
  readonly levels: readonly FlatLevel[]
  readonly isImperfect: boolean
  /** Turns of all loops in time, the last ones as long as the others. */
  readonly stepCount: number
}

/** All loops of a nest in one row, innermost first: of each level, those along x, those along y, those in time. */
export function flatNest({dimensions}: Problem, hierarchy: Hierarchy, nest: LoopNest): FlatNest {
  const counts = dimensions.map(() => 1)
  const spans = dimensions.map(() => 1)
  const left = dimensions.map(({size}) => size - 1)
  const loops: FlatLoop[] = []
  const push = (written: readonly Loop[], isSpatial: boolean): void => {
    for (const {dimension, count} of written.toReversed()) {
      const stride = counts[dimension]!
      const lastCount = 1 + (left[dimension]! % count)
      left[dimension] = Math.floor(left[dimension]! / count)
      counts[dimension] = stride * count
      spans[dimension]! += stride * (lastCount - 1)
      loops.push({dimension, count, lastCount, isSpatial, stride, extents: [...counts], lastExtents: [...spans]})
    }
  }
  const levels: FlatLevel[] = []
  const standing = [{dimension: dimensions.length - 1, count: 1}]
  for (const [index, {temporal, x, y}] of [...nest.levels.entries()].toReversed()) {
    const first = loops.length
    push(x, true)
    push(y, true)
    const spatialCount = loops.length - first
    push(temporal.length === 0 ? standing : temporal, false)
    const {fanout} = hierarchy.levels[index]!
    const [columns, rows] = [turns(x), turns(y)]
    const instances = nest.levels.slice(0, index).reduce((product, outer) => product * turns(outer.x) * turns(outer.y), 1)
    const size = {width: Math.max(fanout.x, columns), height: Math.max(fanout.y, rows)}
    levels.push({first, last: loops.length - 1, spatialCount, fanoutCount: columns * rows, ...size, instances})
  }
  return {
    loops,
    levels,
    isImperfect: loops.some(({count, lastCount}) => count !== lastCount),
    stepCount: turns(loops.filter(({isSpatial}) => !isSpatial)),
  }
}

function turns(loops: readonly Loop[]): number {
  return loops.reduce((product, {count}) => product * count, 1)
}
