import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {unitSize} from '../foundation/quantity.js'
import {UserError} from '../foundation/user-error.js'
import type {SpecSource} from '../spec/yaml-source.js'
import type {Axis} from './axis.js'

/** An axis and where it stands in its study. */
export interface PlacedAxis extends Axis {
  readonly pointer: string
}

/** Refuses an axis whose least or greatest value, all else as described, leaves no machine: before anything is stored. */
export function checkDesigns(source: SpecSource, accelerator: Accelerator, axes: readonly PlacedAxis[]): void {
  const {ordered, symbols} = accelerator.parameters
  const varied = axes.filter(({name}) => symbols.has(name))
  if (varied.length === 0) return
  const {parameterColumns, refill} = designBatch(
    accelerator,
    varied.map(({name}) => name),
    2,
  )
  for (const {name, unit, values, pointer} of varied) {
    for (const other of varied) parameterColumns.get(other.name)!.fill(ordered.find((each) => each.name === other.name)!.baseValue)
    const scale = unitSize(unit === 'base units' ? '' : unit).baseValue
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const value of values) {
      least = Math.min(least, Number(value) * scale)
      most = Math.max(most, Number(value) * scale)
    }
    parameterColumns.get(name)!.set([least, most])
    try {
      refill(2)
    } catch (error) {
      if (error instanceof UserError) throw source.error(pointer, error.message, error.suggestions, error.code)
      throw error
    }
  }
}
