import type {DimensionLoop} from './dimension-loops.js'
import type {NestLayout} from './nest-layout.js'
import type {TensorTables} from './nest-tables.js'
import type {Moment} from './tile-moves.js'

/** One tensor between a level that keeps it and the next inward. */
export interface Passage {
  readonly tensors: TensorTables
  readonly layout: NestLayout
  /** By dimension. */
  readonly loops: readonly (readonly DimensionLoop[])[]
  readonly tensor: number
  readonly parent: number
  readonly child: number
}

/** One dimension of a passage at a step, when `turned` of its loops in time are outside of the step. */
export function momentOf({tensors, layout, loops, parent, child}: Passage, dimension: number, turned: number, isTurning: boolean): Moment {
  const outer = loops[dimension]!.filter(({level}) => level < child)
  const temporal = outer.filter(({isTemporal}) => isTemporal)
  const spatial = outer.filter(({isTemporal}) => !isTemporal)
  return {
    size: tensors.sizes[dimension]!,
    tileExtent: layout.extents[child * tensors.dimensionCount + dimension]!,
    outside: temporal.slice(0, turned),
    turning: isTurning ? temporal[turned] : undefined,
    inside: temporal.slice(isTurning ? turned + 1 : turned),
    spread: spatial.filter(({level}) => level < parent),
    children: spatial.filter(({level}) => level >= parent),
  }
}
