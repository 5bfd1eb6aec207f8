import {metricNamed, metrics, metricWords} from '../cost/metrics.js'
import type {ExpressionSymbol, SymbolTable} from '../foundation/expression.js'
import {type DimensionVector, ownUnit, sameDimension, unitSize} from '../foundation/quantity.js'
import type {Axis} from './axis.js'
import type {DesignSpace} from './design-space.js'
import {unitVector} from './unit-scale.js'

/** What constraints and objectives may name. */
export interface ResultNames {
  readonly symbols: SymbolTable
  /** The column behind a name: an axis or a parameter is its own, a metric may be named by its short name. */
  readonly columnNamed: (written: string) => string
}

/** Every metric, and the axes and parameters that all spaces have; an axis hides a short name, which hides a parameter. */
export function resultNames(spaces: readonly DesignSpace[]): ResultNames {
  const axisNames = new Set(spaces.flatMap(({passAxes, machineAxes}) => [...passAxes, ...machineAxes].map(({name}) => name)))
  const words = metricWords.filter((word) => !axisNames.has(word))
  const symbols = new Map<string, ExpressionSymbol>(words.map((word) => [word, unitSize(metrics[metricNamed(word)!].unit)]))
  const designs = spaces.map(designVectors)
  for (const [name, vector] of designs[0] ?? []) {
    const isShared = designs.every((vectors) => vectors.has(name) && sameDimension(vectors.get(name)!, vector))
    if (isShared && !symbols.has(name)) symbols.set(name, {vector, baseValue: ownUnit(vector).baseValue})
  }
  return {symbols, columnNamed: (written) => (axisNames.has(written) ? written : (metricNamed(written) ?? written))}
}

/** The numbers that describe a design, by name. */
function designVectors({accelerator, passAxes, machineAxes}: DesignSpace): ReadonlyMap<string, DimensionVector> {
  const vectors = new Map(accelerator.parameters.ordered.map(({name, expression}) => [name, expression.vector]))
  for (const axis of [...passAxes, ...machineAxes]) {
    if (!isNumeric(axis)) vectors.delete(axis.name)
    else if (!vectors.has(axis.name)) vectors.set(axis.name, unitVector(axis.unit))
  }
  return vectors
}

function isNumeric({kind, values}: Axis): boolean {
  return kind === 'value' || typeof values[0] === 'number'
}
