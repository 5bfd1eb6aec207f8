import {type Expression, ExpressionError, parseExpression} from '../foundation/expression.js'
import {dimensionNoun, sameDimension} from '../foundation/quantity.js'
import {UserError} from '../foundation/user-error.js'
import {located} from '../spec/located.js'
import {SpecError} from '../spec/spec-error.js'
import {type SpecSource, YamlSource} from '../spec/yaml-source.js'
import {fieldPath} from './field-path.js'
import {type Parameters as AcceleratorParameters, buildParameters} from './parameters.js'

type Raw = Readonly<Record<string, unknown>>
type RawParameters = Parameters<typeof buildParameters>[1]

/** One value set from outside: the layer that holds it alone, and where. */
export interface Override {
  readonly layer: YamlSource
  readonly pointer: string
  readonly value: string
  /** The parameter that it sets, unless it sets a field. */
  readonly parameter?: string
}

/** The overrides that `set` asks for: of a parameter, or of a field by its dotted path. */
export function overridesOf(described: SpecSource, set: Readonly<Record<string, string>>): Override[] {
  const overrides = Object.entries(set).map(([key, value]) => overrideOf(described, key, value))
  checkDimensions(described, overrides)
  return overrides
}

function overrideOf(described: SpecSource, key: string, value: string): Override {
  const data = described.data as Raw
  const parameters = Object.keys((data['parameters'] ?? {}) as Raw)
  const name = `--set ${key}=${value}`
  if (parameters.includes(key)) {
    const layer = YamlSource.parse(JSON.stringify({parameters: {[key]: {value}}}), name)
    return {layer, pointer: `/parameters/${key}`, value, parameter: key}
  }
  const path = fieldPath(described, key, parameters)
  const layer = YamlSource.parse(JSON.stringify(path.reduceRight<unknown>((inner, each) => ({[each]: inner}), value)), name)
  return {layer, pointer: `/${path.join('/')}`, value}
}

/** A parameter keeps the dimension that the description gives it, since all that uses it rests on that. */
function checkDimensions(described: SpecSource, overrides: readonly Override[]): void {
  if (!overrides.some(({parameter}) => parameter !== undefined)) return
  const parameters = buildParameters(described, (described.data as Raw)['parameters'] as RawParameters)
  for (const {layer, pointer, value, parameter} of overrides) {
    const wanted = parameters.ordered.find(({name}) => name === parameter)?.expression
    if (wanted !== undefined) located(layer, pointer, () => checkDimension(value, wanted, parameters))
  }
}

function checkDimension(value: string, wanted: Expression, {symbols}: AcceleratorParameters): void {
  const {vector} = parseExpression(value, symbols)
  if (sameDimension(vector, wanted.vector)) return
  const expected = `but ${dimensionNoun(wanted.vector)} is expected`
  throw new ExpressionError(
    sameDimension(vector, []) ? `${value} has no unit, ${expected}` : `"${value}" is ${dimensionNoun(vector)}, ${expected}`,
    [`write it as in \`${wanted.text}\``],
  )
}

/** Builds over all overrides; what fails because of one of them is told at that one, wherever the value that fails is written. */
export function builtOver<T>(overrides: readonly Override[], build: (layers: readonly YamlSource[]) => T): T {
  const buildWith = (some: readonly Override[]): T => build(some.map(({layer}) => layer))
  try {
    return buildWith(overrides)
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    const [problem] = error.problems
    if (problem === undefined || overrides.some(({layer}) => layer.file === problem.file)) throw error
    const cause = overrides.find((override) => refusalOf(() => buildWith(overrides.filter((each) => each !== override))) !== error.message)
    if (cause === undefined) throw error
    throw cause.layer.error(
      cause.pointer,
      `${cause.value} does not fit ${problem.pointer}: ${problem.message}`,
      problem.suggestions,
      error.code,
    )
  }
}

/** What `build` is refused with. */
function refusalOf(build: () => unknown): string | undefined {
  try {
    build()
    return undefined
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}
