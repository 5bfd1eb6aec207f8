import type {Accelerator} from '../accelerator/accelerator.js'
import {buildMachine} from '../accelerator/build-machine.js'
import type {Bound, Leaves} from '../accelerator/field.js'
import {columnLeaves} from '../accelerator/leaves.js'
import type {Column, Machine} from '../accelerator/machine.js'
import type {Member, MovingConstant} from './moving-constants.js'

/** A batch of one machine whose rows differ in their constants. */
export interface SampledMachine {
  readonly machine: Machine<Column>
  /** Moves each constant of each row to where its column says, from 0 at the low end to 1 at the high one; NaN leaves it as stated. */
  readonly move: (placesByConstant: readonly Column[], rowCount: number) => void
}

interface Moved {
  readonly column: Column
  readonly value: number
  readonly bound: Bound
}

/** Columns for machines that differ in these constants. */
export function sampledMachine(accelerator: Accelerator, constants: readonly MovingConstant[], rowCapacity: number): SampledMachine {
  const {source, parameters} = accelerator
  const moving = new Set(constants.flatMap(({members}) => members.map(({pointer}) => pointer)))
  const varied = parameters.ordered.filter(({name}) => moving.has(`/parameters/${name}`)).map(({name}) => name)
  const {leaves, parameterColumns, refill} = columnLeaves(source, parameters, varied, rowCapacity)
  const movedByPointer = new Map<string, Moved[]>()
  const counted = new Set<string>()
  const value: Leaves<Column>['value'] = (raw, dimension, pointer, bound) => {
    const column = leaves.value(raw, dimension, pointer, bound)
    if (isWhole(bound)) counted.add(pointer)
    if (moving.has(pointer)) movedByPointer.set(pointer, [...(movedByPointer.get(pointer) ?? []), {column, value: column[0]!, bound}])
    return column
  }
  const machine = buildMachine(source, {...leaves, value})
  const countParameters = parametersBehind(accelerator, counted)
  const isParameter = ({pointer}: Member): boolean => pointer.startsWith('/parameters/')

  const move = (placesByConstant: readonly Column[], rowCount: number): void => {
    const each = (act: (member: Member, places: Column) => void): void => {
      for (const [index, {members}] of constants.entries()) for (const member of members) act(member, placesByConstant[index]!)
    }
    each((member, places) => {
      const name = member.pointer.slice('/parameters/'.length)
      const column = parameterColumns.get(name)
      const isCount = countParameters.has(name)
      for (let row = 0; column !== undefined && row < rowCount; row++) {
        const at = valueAt(member, places[row]!)
        column[row] = isCount ? Math.max(1, Math.round(at)) : at
      }
    })
    // A field that follows a parameter is computed from it; the others begin where they are stated.
    for (const moved of movedByPointer.values()) for (const {column, value: stated} of moved) column.fill(stated, 0, rowCount)
    refill(rowCount)
    each((member, places) => {
      if (isParameter(member)) return
      for (const {column, bound} of movedByPointer.get(member.pointer) ?? []) moveColumn(column, member, places, bound, rowCount)
    })
  }
  return {machine, move}
}

const isWhole = (bound: Bound): boolean => bound === 'whole' || bound === 'wholeOrNone'

/** The parameters that these fields are computed from, by whatever way. */
function parametersBehind({leaves, parameters}: Accelerator, pointers: ReadonlySet<string>): ReadonlySet<string> {
  const behind = new Set(leaves.flatMap(({pointer, expression}) => (pointers.has(pointer) ? expression.dependsOn : [])))
  for (const {name, expression} of parameters.ordered.toReversed()) {
    if (behind.has(name)) for (const other of expression.dependsOn) behind.add(other)
  }
  return behind
}

/** What is computed from parameters moves in proportion; a zero by what its range adds. Counts stay whole, and at least one. */
function moveColumn(column: Column, member: Member, places: Column, bound: Bound, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) {
    const at = valueAt(member, places[row]!)
    const moved = member.value === 0 ? column[row]! + at : column[row]! * (at / member.value)
    column[row] = isWhole(bound) ? Math.max(bound === 'whole' ? 1 : 0, Math.round(moved)) : moved
  }
}

/** Where between the ends a place lies: evenly over the logarithm for a factor, evenly over the value for the rest. */
function valueAt({kind, value, ends: [low, high]}: Member, place: number): number {
  if (Number.isNaN(place)) return value
  return kind === 'factor' ? low * (high / low) ** place : low + (high - low) * place
}
