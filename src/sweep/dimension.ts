import {axesOf} from './space-identity.js'
import type {DesignSpace} from './study.js'

/** A direction in which designs move freely: over the levels of an axis. */
export interface Dimension {
  readonly name: string
  readonly levelCount: number
}

/** The free directions of a space, settings of the pass first. */
export function dimensionsOf(space: DesignSpace): readonly Dimension[] {
  return axesOf(space).map(({name, values}) => ({name, levelCount: values.length}))
}

/** The level of a share in [0, 1) of a dimension. */
export function levelAt({levelCount}: Dimension, share: number): number {
  return Math.min(levelCount - 1, Math.floor(share * levelCount))
}
