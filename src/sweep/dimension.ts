import type {Column} from '../accelerator/machine.js'
import type {DesignSpace} from './design-space.js'
import type {SearchDimension} from './optimizers/archive.js'
import {axesOf} from './space-identity.js'

/** A direction in which designs move freely: over the levels of an axis, or over all that a distribution reaches. */
export type Dimension = {
  readonly name: string
  /** Among the axes of the space. */
  readonly axisIndex: number
} & ({readonly kind: 'level'; readonly levelCount: number} | {readonly kind: 'value'; readonly quantile: (share: number) => number})

/** The free directions of a space, settings of the pass first. */
export function dimensionsOf(space: DesignSpace): readonly Dimension[] {
  return axesOf(space).flatMap(({name, rule}, axisIndex): readonly Dimension[] => {
    if (rule.kind === 'free') return [{name, axisIndex, kind: 'level', levelCount: rule.levelCount}]
    return rule.kind === 'drawn' ? [{name, axisIndex, kind: 'value', quantile: rule.distribution.quantile}] : []
  })
}

/** Turns shares in [0, 1) of a dimension into what a column of its axis holds: places of levels, or values. */
export function fillAlong(dimension: Dimension, shares: Column, rowCount: number, out: Column): void {
  if (dimension.kind === 'value') {
    const {quantile} = dimension
    for (let row = 0; row < rowCount; row++) out[row] = quantile(shares[row]!)
    return
  }
  const {levelCount} = dimension
  for (let row = 0; row < rowCount; row++) out[row] = Math.min(levelCount - 1, Math.floor(shares[row]! * levelCount))
}

/** The free directions of a space as an optimizer sees them: levels beside each other are alike where they are numbers. */
export function searchDimensionsOf(space: DesignSpace): readonly SearchDimension[] {
  const axes = axesOf(space)
  return dimensionsOf(space).map((dimension) => ({
    levelCount: dimension.kind === 'level' ? dimension.levelCount : Number.POSITIVE_INFINITY,
    isOrdered: axes[dimension.axisIndex]!.values.every((value) => typeof value === 'number'),
  }))
}
