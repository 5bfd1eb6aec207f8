import type {Store} from '../store/store.js'
import type {Axis} from '../sweep/axis.js'
import type {Design} from '../sweep/base-design.js'
import type {Objective} from '../sweep/objective.js'
import {axesOf} from '../sweep/space-identity.js'
import type {DesignSpace, Study} from '../sweep/study.js'
import {type FeasibleBlock, feasiblePoints} from './feasible-blocks.js'

/** Designs of one accelerator: the same machine for every workload, each workload at its own best settings. */
export interface DesignFamily {
  /** Its name, and what the study sets on it. */
  readonly accelerator: string
  readonly designCount: number
  readonly designAt: (design: number) => Design
  /** By workload. */
  readonly results: readonly FamilyResults[]
}

/** What the designs of a family give on one workload. */
export interface FamilyResults {
  /** The best result over the settings; NaN where no setting meets the constraints. */
  readonly values: Float64Array
  readonly settingsAt: (design: number) => Design
  /** At those settings, in the order in which they were asked for. */
  readonly otherValues: readonly Float64Array[]
}

export interface ServingOptions {
  readonly objective: Objective
  /** Further results to know. */
  readonly others: readonly Objective[]
  readonly isHeld: (axisName: string) => boolean
}

/** Joins the stored points of workloads by design: the accelerator and its held axes; the best over all other axes is kept. */
export function designFamilies(
  study: Study,
  store: Store,
  workloads: readonly (readonly DesignSpace[])[],
  options: ServingOptions,
): DesignFamily[] {
  const labels = [...new Set(workloads.flat().map(({label}) => label))]
  return labels.flatMap((label) => {
    const spaces = workloads.map((of) => of.find((space) => space.label === label))
    return spaces.every((space) => space !== undefined) ? [family(study, store, label, spaces, options)] : []
  })
}

function family(study: Study, store: Store, accelerator: string, spaces: readonly DesignSpace[], options: ServingOptions): DesignFamily {
  const held = heldAxes(spaces[0]!, options)
  const designCount = combinationCount(held)
  return {
    accelerator,
    designCount,
    designAt: (design) => combination(held, design),
    results: spaces.map((space) => familyResults(study, store, space, designCount, options)),
  }
}

function heldAxes(space: DesignSpace, {isHeld}: ServingOptions): readonly Axis[] {
  return levelAxes(space).filter(({name}) => isHeld(name))
}

/** The axes that tell designs of a grid apart. */
function levelAxes(space: DesignSpace): readonly Axis[] {
  return axesOf(space).filter(({kind}) => kind === 'level')
}

function familyResults(study: Study, store: Store, space: DesignSpace, designCount: number, options: ServingOptions): FamilyResults {
  const axes = axesOf(space)
  const held = heldAxes(space, options)
  const free = levelAxes(space).filter((axis) => !held.includes(axis))
  const placesOf = (some: readonly Axis[]): readonly number[] => some.map((axis) => axes.indexOf(axis))
  const [heldPlaces, freePlaces] = [placesOf(held), placesOf(free)]
  const sign = options.objective.goal === 'min' ? 1 : -1
  const values = new Float64Array(designCount).fill(Number.NaN)
  const settings = new Float64Array(designCount)
  const others = options.others.map(() => new Float64Array(designCount).fill(Number.NaN))
  for (const block of feasiblePoints(study, store, space, [options.objective, ...options.others]).blocks()) {
    const [results, ...rest] = block.objectives as [Float64Array, ...Float64Array[]]
    for (let row = 0; row < block.rowCount; row++) {
      const design = combinationIndex(held, heldPlaces, block, row)
      const isBetter = Number.isNaN(values[design]!) || sign * results[row]! < sign * values[design]!
      if (!isBetter || Number.isNaN(results[row]!)) continue
      values[design] = results[row]!
      settings[design] = combinationIndex(free, freePlaces, block, row)
      for (const [index, column] of rest.entries()) others[index]![design] = column[row]!
    }
  }
  return {values, settingsAt: (design) => combination(free, settings[design]!), otherValues: others}
}

function combinationCount(axes: readonly Axis[]): number {
  return axes.reduce((product, {values}) => product * values.length, 1)
}

/** The levels of some axes of a row as digits of one number, the last axis fastest. */
function combinationIndex(axes: readonly Axis[], places: readonly number[], {places: levels}: FeasibleBlock, row: number): number {
  let index = 0
  for (let axis = 0; axis < axes.length; axis++) index = index * axes[axis]!.values.length + levels[places[axis]!]![row]!
  return index
}

function combination(axes: readonly Axis[], index: number): Design {
  let rest = index
  const digits = axes.toReversed().map(({name, values}) => {
    const value = values[rest % values.length]!
    rest = Math.floor(rest / values.length)
    return [name, value] as const
  })
  return Object.fromEntries(digits.toReversed())
}
