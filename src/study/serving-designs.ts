import type {Column} from '../accelerator/machine.js'
import {UserError} from '../foundation/user-error.js'
import type {Store} from '../store/store.js'
import type {Axis, AxisValue} from '../sweep/axis.js'
import type {Design} from '../sweep/base-design.js'
import type {DesignSpace} from '../sweep/design-space.js'
import {combinationCount} from '../sweep/grid.js'
import type {Objective} from '../sweep/objective.js'
import {axesOf} from '../sweep/space-identity.js'
import type {Study} from '../sweep/study.js'
import {DistinctNumbers, placeIn} from './distinct-numbers.js'
import {type JudgedChunk, JudgedSpace} from './judged-chunks.js'

/** Designs of one accelerator: the same machine for every workload, each workload at its own best settings. */
export interface DesignFamily {
  /** Its name, and what the study sets on it. */
  readonly accelerator: string
  /** Designs of which some workload has a point that meets every constraint; they are numbered from 0. */
  readonly designCount: number
  /** Designs that there are. */
  readonly describedCount: number
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

/** Joins the stored points of workloads by design: the accelerator and its held axes, the best over all others kept; or the sampled design. */
export function designFamilies(
  study: Study,
  store: Store,
  workloads: readonly (readonly DesignSpace[])[],
  options: ServingOptions,
): DesignFamily[] {
  const [first, ...others] = workloads
  if (first !== undefined && others.length === 0) return first.map((space) => family(study, store, space.label, [space], options))
  for (const space of workloads.flat()) if (space.sampler.kind === 'searched') throw searchedApart(space)
  const labels = [...new Set(workloads.flat().map(({label}) => label))]
  return labels.flatMap((label) => {
    const spaces = workloads.map((of) => of.find((space) => space.label === label))
    return spaces.every((space) => space !== undefined) ? [family(study, store, label, spaces, options)] : []
  })
}

function family(study: Study, store: Store, accelerator: string, spaces: readonly DesignSpace[], options: ServingOptions): DesignFamily {
  const [space] = spaces as readonly [DesignSpace, ...DesignSpace[]]
  const isGrid = space.sampler.kind === 'grid'
  const held = levelAxes(space).filter(({name}) => options.isHeld(name))
  const objectives = [options.objective, ...options.others]
  const members = spaces.map((each) => {
    const judged = new JudgedSpace({...study, objectives}, store, each)
    return {judged, keys: rowKeys(each, options, judged)}
  })
  const labels = designLabels(members)
  const results = members.map((member) => familyResults(member, labels, options))
  return {
    accelerator,
    designCount: labels.length,
    describedCount: isGrid ? combinationCount(axesOf(space), space.accelerator.parameters, held) : space.sampler.pointCount,
    designAt: isGrid ? (design) => combination(held, labels[design]!) : results[0]!.settingsAt,
    results: isGrid ? results : results.map((each) => ({...each, settingsAt: () => ({})})),
  }
}

/** What the designs of all workloads are told apart by, ascending: of a grid that was searched, only a few have points. */
function designLabels(members: readonly FamilyMember[]): Float64Array {
  const labels = new DistinctNumbers()
  for (const {judged, keys} of members) {
    for (const chunk of judged.chunks()) {
      const {designOf} = keys.keysOf(chunk)
      for (const row of chunk.rows) labels.add(designOf(row))
    }
  }
  return labels.sorted()
}

/** An optimizer hardly asks for one value of an axis without levels twice, so that no design has a point of every workload. */
function searchedApart({label}: DesignSpace): UserError {
  return new UserError(`${label} was searched for each workload by itself, over axes without levels, so that no design serves them all`, {
    code: 'SEARCHED_APART',
    suggestions: [
      'give every axis levels, as in {from, to, count: 8}',
      'or sample in place of searching, as in `sampler: {kind: sobol, points: 10000}`',
    ],
  })
}

/** The axes that tell designs of a grid apart. */
function levelAxes(space: DesignSpace): readonly Axis[] {
  return axesOf(space).filter(({kind}) => kind === 'level')
}

/** The points of one workload, and how they are told apart. */
interface FamilyMember {
  readonly judged: JudgedSpace
  readonly keys: RowKeys
}

/** How rows are told apart: by a label of their design, and by what they have that is no part of it. */
interface RowKeys {
  readonly keysOf: (chunk: JudgedChunk) => {readonly designOf: (row: number) => number; readonly settingsOf: (row: number) => number}
  readonly settingsAt: (settings: number) => Design
}

/** In a grid, held axes make the design; a sample draws all axes of a design together, the same ones for every workload. */
function rowKeys(space: DesignSpace, {isHeld}: ServingOptions, judged: JudgedSpace): RowKeys {
  const axes = axesOf(space)
  if (space.sampler.kind === 'grid') {
    const [held, free] = [levelAxes(space).filter(({name}) => isHeld(name)), levelAxes(space).filter(({name}) => !isHeld(name))]
    return {
      keysOf: ({placeColumns}) => {
        const columns = placeColumns()
        const indexOf = (some: readonly Axis[]) => {
          const places = some.map((axis) => columns[axes.indexOf(axis)]!)
          return (row: number): number => combinationIndex(some, places, row)
        }
        return {designOf: indexOf(held), settingsOf: indexOf(free)}
      },
      settingsAt: (settings) => combination(free, settings),
    }
  }
  return {
    keysOf: ({start, labelColumns: [sampled]}) => ({designOf: (row) => sampled![row]!, settingsOf: (row) => start + row}),
    settingsAt: (positionIndex) => {
      const [point] = judged.rowsAt([positionIndex])
      return Object.fromEntries(axes.map(({name}) => [name, point![name] as AxisValue]))
    },
  }
}

function familyResults({judged, keys}: FamilyMember, labels: Float64Array, {objective, others}: ServingOptions): FamilyResults {
  const sign = objective.goal === 'min' ? 1 : -1
  const values = new Float64Array(labels.length).fill(Number.NaN)
  const settings = new Float64Array(labels.length)
  const otherValues = others.map(() => new Float64Array(labels.length).fill(Number.NaN))
  for (const chunk of judged.chunks()) {
    const [results, ...rest] = chunk.objectiveColumns as [Column, ...Column[]]
    const {designOf, settingsOf} = keys.keysOf(chunk)
    for (const row of chunk.rows) {
      const design = placeIn(labels, designOf(row))
      const isBetter = Number.isNaN(values[design]!) || sign * results[row]! < sign * values[design]!
      if (!isBetter || Number.isNaN(results[row]!)) continue
      values[design] = results[row]!
      settings[design] = settingsOf(row)
      for (const [index, column] of rest.entries()) otherValues[index]![design] = column[row]!
    }
  }
  return {values, settingsAt: (design) => keys.settingsAt(settings[design]!), otherValues}
}

/** The levels of some axes of a row as digits of one number, the last axis fastest. */
function combinationIndex(axes: readonly Axis[], places: readonly ArrayLike<number>[], row: number): number {
  let index = 0
  for (let axis = 0; axis < axes.length; axis++) index = index * axes[axis]!.values.length + places[axis]![row]!
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
