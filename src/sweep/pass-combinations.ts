import type {Parameters} from '../accelerator/parameters.js'
import {pointerTo} from '../spec/yaml-source.js'
import type {Axis} from './axis.js'
import {decidingAxes, gridOf, walkGrid} from './grid.js'
import type {KnobValues} from './mapping-axes.js'

/** Combinations among which an example of each value is sought. */
const mostCombinations = 1_000_000

/** A pass that some point has, as the example of a value of an axis. */
export interface PassExample {
  readonly values: KnobValues
  /** Where the value stands. */
  readonly at: string
}

/** For each value of each axis of the pass, the first combination that holds it; a value that no point has is left out. */
export function passCombinations(axes: readonly Axis[], passAxes: readonly Axis[], parameters: Parameters): readonly PassExample[] {
  const deciding = decidingAxes(
    axes,
    parameters,
    passAxes.map(({name}) => name),
  )
  if (gridOf(deciding).indexCount > mostCombinations) return examplesAlone(passAxes)
  const examples: PassExample[] = []
  const seen = passAxes.map(({values}) => new Uint8Array(values.length))
  const places = passAxes.map(({name}) => deciding.findIndex((axis) => axis.name === name))
  walkGrid(deciding, parameters, () => (rowCount, isPoint, columns) => {
    for (let row = 0; row < rowCount; row++) {
      if (isPoint[row] === 0) continue
      for (const [axis, {pointer}] of passAxes.entries()) {
        const place = columns[places[axis]!]![row]!
        if (seen[axis]![place] === 1) continue
        seen[axis]![place] = 1
        const values = Object.fromEntries(passAxes.map(({name, values: all}, index) => [name, all[columns[places[index]!]![row]!]]))
        examples.push({values, at: pointerTo(pointer, place)})
      }
    }
  })
  return examples
}

/** Each value with the first of all others. */
function examplesAlone(passAxes: readonly Axis[]): readonly PassExample[] {
  const first = Object.fromEntries(passAxes.map(({name, values}) => [name, values[0]]))
  return passAxes.flatMap(({name, values, pointer}) =>
    values.map((value, place) => ({values: {...first, [name]: value}, at: pointerTo(pointer, place)})),
  )
}
