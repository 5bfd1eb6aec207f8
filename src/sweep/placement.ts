import type {Column} from '../accelerator/machine.js'
import type {Parameters} from '../accelerator/parameters.js'
import {columnsOf} from '../foundation/expression.js'
import {ownUnit} from '../foundation/quantity.js'
import {type Axis, type Condition, followedNames} from './axis.js'
import {unitScale} from './unit-scale.js'

/** Axes of designs, once the free ones are placed: where the others follow to, and what numbers that makes of any name. */
export interface Placement {
  /** The column of an axis, or of a parameter of the accelerator, in the unit of its kind; to be asked for before rows are settled. */
  readonly columnOf: (name: string) => Column
  /** Moves the axes that follow others, and fills the columns that were asked for. */
  readonly settle: (columns: readonly Column[], rowCount: number) => void
  /** After settling a grid: 0 for each row that repeats another, since an axis varies where its condition does not hold. */
  readonly isPoint: Uint8Array
}

type Step = (columns: readonly Column[], rowCount: number) => void

/** Compiles how axes follow each other; in a grid, an axis whose condition fails keeps only the rows of its first level. */
export function placement(axes: readonly Axis[], parameters: Parameters, rowCapacity: number, isGrid: boolean): Placement {
  const steps: Step[] = []
  const isPoint = new Uint8Array(rowCapacity)
  const indexOf = new Map(axes.map(({name}, index) => [name, index]))
  const settled = new Set<string>()
  const asked = new Map<string, Column>()
  const own = new Map<string, Column>()

  const settleAxis = (name: string): void => {
    if (settled.has(name)) return
    settled.add(name)
    const index = indexOf.get(name)!
    const axis = axes[index]!
    for (const followed of followedNames(axis)) if (indexOf.has(followed)) settleAxis(followed)
    const rule = ruleStep(axis, index)
    if (rule !== undefined) steps.push(rule)
    if (axis.when !== undefined) steps.push(whenStep(axis, index, axis.when, isGrid))
  }

  const ruleStep = ({rule, kind, values, unit}: Axis, index: number): Step | undefined => {
    if (rule.kind === 'linked') {
      const from = indexOf.get(rule.with)!
      return (columns, rowCount) => columns[index]!.set(columns[from]!.subarray(0, rowCount))
    }
    if (rule.kind !== 'derived') return undefined
    const fill = columnsOf(rule.expression, columnOf, rowCapacity)
    const scale = unitScale(unit)
    if (kind === 'value')
      return (columns, rowCount) => {
        const from = fill(rowCount)
        const to = columns[index]!
        for (let row = 0; row < rowCount; row++) to[row] = from[row]! / scale
      }
    const places = new Map(values.map((value, place) => [value, place]))
    return (columns, rowCount) => {
      const from = fill(rowCount)
      const to = columns[index]!
      for (let row = 0; row < rowCount; row++) to[row] = places.get(from[row]! / scale)!
    }
  }

  const whenStep = ({rule}: Axis, index: number, {condition, otherwise}: NonNullable<Axis['when']>, drops: boolean): Step => {
    const holds = condition.kind === 'claim' ? columnsOf(condition.expression, columnOf, rowCapacity) : undefined
    const tables = condition.kind === 'values' ? placeTables(condition, axes, indexOf) : []
    const isDropping = drops && rule.kind === 'free'
    return (columns, rowCount) => {
      const claimed = holds?.(rowCount)
      const to = columns[index]!
      for (let row = 0; row < rowCount; row++) {
        let isHeld = claimed === undefined || claimed[row] === 1
        for (const {from, among} of tables) if (among[columns[from]![row]!] === 0) isHeld = false
        if (isHeld) continue
        if (isDropping && to[row] !== 0) isPoint[row] = 0
        to[row] = otherwise
      }
    }
  }

  const columnOf = (name: string): Column => {
    const known = own.get(name)
    if (known !== undefined) return known
    const column = new Float64Array(rowCapacity)
    own.set(name, column)
    const index = indexOf.get(name)
    if (index !== undefined) {
      settleAxis(name)
      steps.push(numbersStep(axes[index]!, index, column))
      return column
    }
    const base = baseOf(name)
    const {baseValue} = ownUnit(parameters.symbols.get(name)!.vector)
    steps.push((_, rowCount) => {
      for (let row = 0; row < rowCount; row++) column[row] = base[row]! / baseValue
    })
    return column
  }

  const baseOf = (name: string): Column => {
    const known = asked.get(name)
    if (known !== undefined) return known
    const column = new Float64Array(rowCapacity)
    asked.set(name, column)
    const index = indexOf.get(name)
    if (index !== undefined) {
      const from = columnOf(name)
      const scale = unitScale(axes[index]!.unit)
      steps.push((_, rowCount) => {
        for (let row = 0; row < rowCount; row++) column[row] = from[row]! * scale
      })
      return column
    }
    const {expression, baseValue} = parameters.ordered.find((parameter) => parameter.name === name)!
    if (expression.dependsOn.length === 0) return column.fill(baseValue)
    const fill = columnsOf(expression, baseOf, rowCapacity)
    steps.push((_, rowCount) => column.set(fill(rowCount).subarray(0, rowCount)))
    return column
  }

  for (const {name} of axes) settleAxis(name)
  return {
    columnOf,
    settle: (columns, rowCount) => {
      isPoint.fill(1, 0, rowCount)
      for (const step of steps) step(columns, rowCount)
    },
    isPoint,
  }
}

function numbersStep({kind, values}: Axis, index: number, column: Column): Step {
  if (kind === 'value') return (columns, rowCount) => column.set(columns[index]!.subarray(0, rowCount))
  const numbers = Float64Array.from(values, Number)
  return (columns, rowCount) => {
    const places = columns[index]!
    for (let row = 0; row < rowCount; row++) column[row] = numbers[places[row]!]!
  }
}

/** For each axis that a condition names: which of its places are among the wanted values. */
function placeTables({values}: Extract<Condition, {kind: 'values'}>, axes: readonly Axis[], indexOf: ReadonlyMap<string, number>) {
  return Object.entries(values).map(([name, wanted]) => {
    const from = indexOf.get(name)!
    return {from, among: Uint8Array.from(axes[from]!.values, (value) => (wanted.includes(value) ? 1 : 0))}
  })
}
