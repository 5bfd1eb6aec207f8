import type {Column} from '../accelerator/machine.js'
import type {Axis} from './axis.js'
import {isResult} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {decidingAxes} from './grid.js'
import {placement} from './placement.js'
import {axesOf} from './space-identity.js'

/** Numbers of stored designs by name: results and axes as they were read, and parameters that follow from the axes. */
export interface StoredNumbers {
  /** To be asked for before rows are settled. */
  readonly columnOf: (name: string) => Column
  readonly settle: (rowCount: number) => void
}

/** The results and axes that must be read of a store to know some names. */
export function storedNames(space: DesignSpace, names: readonly string[]): readonly string[] {
  const axes = valueAxes(space)
  const read = names.flatMap((name) => {
    if (isResult(name)) return [name]
    return decidingAxes(axes, space.accelerator.parameters, [name]).map((axis) => axis.name)
  })
  return [...new Set(read)]
}

/** Numbers over blocks of stored designs, from the columns that were read. */
export function storedNumbers(space: DesignSpace, read: ReadonlyMap<string, Column>, rowCapacity: number): StoredNumbers {
  const axes = valueAxes(space)
  const columns = axes.map(({name}) => read.get(name) ?? new Float64Array(0))
  const {columnOf, settle} = placement(axes, space.accelerator.parameters, rowCapacity, false)
  return {columnOf: (name) => (isResult(name) ? read.get(name)! : columnOf(name)), settle: (rowCount) => settle(columns, rowCount)}
}

/** The axes of a space as columns of numbers, wherever they come from. */
function valueAxes(space: DesignSpace): readonly Axis[] {
  return axesOf(space).map(({name, pointer, unit}) => ({
    name,
    pointer,
    unit,
    kind: 'value',
    values: [],
    rule: {kind: 'free', levelCount: 0},
  }))
}
