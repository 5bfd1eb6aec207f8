import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import {UserError} from '../foundation/user-error.js'
import type {SpecSource} from '../spec/yaml-source.js'
import type {Axis} from './axis.js'
import {unitScale} from './unit-scale.js'

const blockRows = 512
/** Shares of a distribution that are tried: its ends, and what lies evenly between. */
const drawnShares = Array.from({length: 65}, (_, index) => Math.min(index / 64, 1 - 2 ** -32))

/** Refuses an axis with a value that, all else as described, leaves no machine: before anything is stored. */
export function checkDesigns(source: SpecSource, accelerator: Accelerator, axes: readonly Axis[]): void {
  const {ordered, symbols} = accelerator.parameters
  const varied = axes.filter(({name}) => symbols.has(name))
  if (varied.length === 0) return
  const {parameterColumns, refill} = designBatch(
    accelerator,
    varied.map(({name}) => name),
    blockRows,
  )
  for (const {name, unit, values: levels, rule, pointer} of varied) {
    const values = rule.kind === 'drawn' ? drawnShares.map(rule.distribution.quantile) : levels
    for (const other of varied) parameterColumns.get(other.name)!.fill(ordered.find((each) => each.name === other.name)!.baseValue)
    const scale = unitScale(unit)
    const column = parameterColumns.get(name)!
    try {
      for (let first = 0; first < values.length; first += blockRows) {
        const rowCount = Math.min(blockRows, values.length - first)
        for (let row = 0; row < rowCount; row++) column[row] = Number(values[first + row]) * scale
        refill(rowCount)
      }
    } catch (error) {
      const steps = rule.kind === 'drawn' ? [`give ${name} a step, as in {from, to, step: 1} or {distribution: …, step: 1}`] : []
      if (error instanceof UserError) throw source.error(pointer, error.message, [...steps, ...error.suggestions], error.code)
      throw error
    }
  }
}
