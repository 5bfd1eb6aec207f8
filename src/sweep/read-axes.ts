import type {Parameters} from '../accelerator/parameters.js'
import {columnsOf, type Expression, type ExpressionSymbol, type SymbolTable} from '../foundation/expression.js'
import {ownUnit} from '../foundation/quantity.js'
import type {SpecSource} from '../spec/yaml-source.js'
import type {Axis} from './axis.js'
import {decidingAxes, gridOf, walkGrid} from './grid.js'
import {type AxisEntry, type AxisSurroundings, axisMap, readAxis} from './read-axis.js'
import {unitScale} from './unit-scale.js'

/** Combinations that the levels of a derived axis are sought among. */
const mostCombinations = 1_000_000

/** Reads the axes of a space, each after those that it follows. */
export function readAxes(source: SpecSource, entries: readonly AxisEntry[], parameters: Parameters): readonly Axis[] {
  const read = new Map<string, Axis>()
  const path: string[] = []

  const axisNamed = (name: string): Axis | undefined => {
    const known = read.get(name)
    if (known !== undefined) return known
    const entry = entries.find((each) => each.name === name)
    if (entry === undefined) {
      for (const other of parameters.ordered.find((each) => each.name === name)?.expression.dependsOn ?? []) axisNamed(other)
      return undefined
    }
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name].join(' → ')
      throw source.error(entry.pointer, `axes follow each other in a circle: ${circle}`, ['let one of them stand on its own'], 'AXIS_CYCLE')
    }
    path.push(name)
    const axis = readAxis(entry, around)
    path.pop()
    read.set(name, axis)
    return axis
  }

  const around: AxisSurroundings = {
    source,
    symbols: symbolsOf(entries, parameters),
    axisNamed,
    axisNames: entries.map(({name}) => name),
    levelsOf: (expression, unit) => derivedLevels([...read.values()], parameters, expression, unit),
  }
  for (const {name} of entries) axisNamed(name)
  return entries.map(({name}) => read.get(name)!)
}

/** Numbers that expressions of axes may use: other axes, and parameters, each in its own unit. */
function symbolsOf(entries: readonly AxisEntry[], parameters: Parameters): SymbolTable {
  const own = (vector: ExpressionSymbol['vector']): ExpressionSymbol => ({vector, baseValue: ownUnit(vector).baseValue})
  const symbols = new Map(parameters.ordered.map(({name, expression}) => [name, own(expression.vector)]))
  for (const {name, raw, like} of entries) {
    const {values} = axisMap(raw)
    if (like !== undefined || values === undefined || typeof values[0] === 'number') symbols.set(name, own(like ?? []))
    else symbols.delete(name)
  }
  return symbols
}

/** Every value that an expression comes to over the levels of the axes behind it, ascending; undefined where these have no lists. */
export function derivedLevels(
  axes: readonly Axis[],
  parameters: Parameters,
  expression: Expression,
  unit: string,
): readonly number[] | undefined {
  const behind = decidingAxes(axes, parameters, expression.dependsOn)
  if (gridOf(behind).indexCount > mostCombinations) return undefined
  const values = new Set<number>()
  const scale = unitScale(unit)
  walkGrid(behind, parameters, (columnOf, rowCapacity) => {
    const fill = columnsOf(expression, columnOf, rowCapacity)
    return (rowCount) => {
      const column = fill(rowCount)
      for (let row = 0; row < rowCount; row++) values.add(column[row]! / scale)
    }
  })
  return [...values].sort((a, b) => a - b)
}
