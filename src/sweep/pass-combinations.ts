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
  /** The axis, and where the value stands. */
  readonly axis: string
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
      for (const [axis, {name: axisName, pointer}] of passAxes.entries()) {
        const place = columns[places[axis]!]![row]!
        if (seen[axis]![place] === 1) continue
        seen[axis]![place] = 1
        const values = Object.fromEntries(passAxes.map(({name, values: all}, index) => [name, all[columns[places[index]!]![row]!]]))
        examples.push({values, axis: axisName, at: pointerTo(pointer, place)})
      }
    }
  })
  return examples
}

/** Each value with the first of all others. */
function examplesAlone(passAxes: readonly Axis[]): readonly PassExample[] {
  const first = Object.fromEntries(passAxes.map(({name, values}) => [name, values[0]]))
  return passAxes.flatMap(({name, values, pointer}) =>
    values.map((value, place) => ({values: {...first, [name]: value}, axis: name, at: pointerTo(pointer, place)})),
  )
}

/** Checks every example, and throws a fault where it stands: at a value that it names, else at one that no example gets along with. */
export function checkExamples(examples: readonly PassExample[], check: (values: KnobValues, at: string) => void): void {
  const faults = examples.map(({values, at}) => faultOf(() => check(values, at)))
  const isNamed = ({axis}: PassExample, fault: Error): boolean => reasonOf(fault).includes(axis)
  const isBlamed = ({values, axis}: PassExample): boolean =>
    examples.every((other, index) => other.values[axis] !== values[axis] || faults[index] !== undefined)
  for (const isCause of [isNamed, isBlamed, () => true])
    for (const [index, example] of examples.entries())
      if (faults[index] !== undefined && isCause(example, faults[index])) throw faults[index]
}

/** What a fault says beside its place. */
function reasonOf({message}: Error): string {
  return message.slice(message.indexOf('\n') + 1)
}

function faultOf(check: () => void): Error | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    return error as Error
  }
}
