import {metricNamed, metrics, metricWords} from '../cost/metrics.js'
import {type Expression, ExpressionError, type ExpressionSymbol, parseExpression, type SymbolTable} from '../foundation/expression.js'
import {type DimensionVector, ownUnit, sameDimension, unitSize} from '../foundation/quantity.js'
import {located} from '../spec/located.js'
import type {SpecSource} from '../spec/yaml-source.js'
import type {Axis} from './axis.js'
import type {DesignSpace} from './design-space.js'
import {unitVector} from './unit-scale.js'

/** What constraints and objectives may name. */
export interface ResultNames {
  readonly symbols: SymbolTable
  /** The column behind a name: an axis or a parameter is its own, a metric may be named by its short name. */
  readonly columnNamed: (written: string) => string
  /** Spaces that know a name as a number, and those that do not, or know it as another kind of quantity; of names that not all share. */
  readonly unshared: ReadonlyMap<string, {readonly knownIn: DesignSpace; readonly lackingIn: readonly DesignSpace[]}>
}

/** Every metric, and the axes and parameters that all spaces have; an axis hides a short name, which hides a parameter. */
export function resultNames(spaces: readonly DesignSpace[]): ResultNames {
  const axisNames = new Set(spaces.flatMap(({passAxes, machineAxes}) => [...passAxes, ...machineAxes].map(({name}) => name)))
  const words = metricWords.filter((word) => !axisNames.has(word))
  const symbols = new Map<string, ExpressionSymbol>(words.map((word) => [word, unitSize(metrics[metricNamed(word)!].unit)]))
  const designs = spaces.map(designVectors)
  const unshared = new Map<string, {readonly knownIn: DesignSpace; readonly lackingIn: readonly DesignSpace[]}>()
  for (const [place, vectors] of designs.entries()) {
    for (const [name, vector] of vectors) {
      if (symbols.has(name) || unshared.has(name)) continue
      const lackingIn = spaces.filter((_, index) => {
        const other = designs[index]!.get(name)
        return other === undefined || !sameDimension(other, vector)
      })
      if (lackingIn.length === 0) symbols.set(name, {vector, baseValue: ownUnit(vector).baseValue})
      else unshared.set(name, {knownIn: spaces[place]!, lackingIn})
    }
  }
  return {symbols, columnNamed: (written) => (axisNames.has(written) ? written : (metricNamed(written) ?? written)), unshared}
}

/** An expression over results, axes and parameters, at its place in a file; of a name that only some spaces know, the refusal says which lack it. */
export function namedExpression(source: SpecSource, pointer: string, text: string, {symbols, unshared}: ResultNames): Expression {
  return located(source, pointer, () => {
    try {
      return parseExpression(text, symbols)
    } catch (error) {
      const name = error instanceof ExpressionError ? error.unknownName : undefined
      const places = name === undefined ? undefined : unshared.get(name)
      if (name === undefined || places === undefined) throw error
      const {knownIn, lackingIn} = places
      const lacking = [...new Set(lackingIn.map(({label}) => label))].join(', ')
      const isParameter = knownIn.accelerator.parameters.ordered.some((each) => each.name === name)
      throw new ExpressionError(`"${name}" in "${text}" is known of ${knownIn.label} and not of ${lacking}, and every space must know it`, [
        isParameter
          ? `narrow the axes of ${knownIn.label} instead, under its own space`
          : `give ${lacking} the axis as well, under its own space; one value is enough`,
        `or put ${knownIn.label} into a study of its own`,
      ])
    }
  })
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
