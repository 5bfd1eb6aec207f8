import {createRequire} from 'node:module'
import type {Ajv2020 as AjvClass, ErrorObject, ValidateFunction} from 'ajv/dist/2020.js'
import {nearestName} from '../foundation/nearest-name.js'
import {type JsonSchema, surelyValid} from './quick-check.js'
import {schemaWords} from './schema-words.js'
import {SpecError, type SpecProblem} from './spec-error.js'
import {pointerTo, type SpecSource} from './yaml-source.js'

export type {JsonSchema} from './quick-check.js'

let ajv: AjvClass | undefined
const compiled = new WeakMap<JsonSchema, ValidateFunction>()

/** Throws a SpecError that lists every place where the file departs from the schema. */
export function checkSchema(source: SpecSource, schema: JsonSchema): void {
  if (surelyValid(schema, source.data)) return
  const {data} = source
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw notAMap(source, schema)
  const validate = validator(schema)
  if (validate(data)) return
  const problems = (validate.errors ?? []).filter(isCause).map((error) => problemOf(source, error, validate.errors ?? []))
  throw new SpecError(unique(problems).map((problem) => withHint(problem, schema)))
}

/** A file that holds nothing, or a list or one value where keys are expected. */
function notAMap(source: SpecSource, schema: JsonSchema): SpecError {
  const {data} = source
  const found =
    data === null || data === undefined ? 'the file is empty' : `the file holds ${Array.isArray(data) ? 'a list' : 'a single value'}`
  const required = ((schema['required'] as readonly string[] | undefined) ?? []).slice(0, 4)
  const hints = required.length === 0 ? [] : [`begin with ${required.map((key) => `${key}:`).join(', ')}`]
  return source.error('', `${found}, but keys with values are expected`, hints)
}

function validator(schema: JsonSchema): ValidateFunction {
  let validate = compiled.get(schema)
  if (validate === undefined) {
    if (ajv === undefined) {
      const {Ajv2020} = createRequire(import.meta.url)('ajv/dist/2020.js') as {Ajv2020: typeof AjvClass}
      ajv = new Ajv2020({allErrors: true, verbose: true, allowUnionTypes: true, strictTypes: false, strictRequired: false})
    }
    validate = ajv.compile(schema)
    compiled.set(schema, validate)
  }
  return validate
}

/** Unions report their branches too; only what tells a person something is kept. */
function isCause(error: ErrorObject, _index: number, all: ErrorObject[]): boolean {
  const isUnion = error.keyword === 'anyOf' || error.keyword === 'oneOf' || error.keyword === 'if'
  if (isUnion) return !all.some((other) => other !== error && other.instancePath.startsWith(`${error.instancePath}/`))
  const union = all.find((other) => (other.keyword === 'anyOf' || other.keyword === 'oneOf') && other.instancePath === error.instancePath)
  return union === undefined || (!error.schemaPath.includes('/anyOf/') && !error.schemaPath.includes('/oneOf/'))
}

function problemOf(source: SpecSource, error: ErrorObject, all: readonly ErrorObject[]): SpecProblem {
  const {instancePath, params, data} = error
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(params['additionalProperty'] ?? params['unevaluatedProperty'])
      const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {})
      const nearest = nearestName(key, known)
      const hints = nearest === undefined ? [] : [`did you mean ${nearest}`]
      return source.problem(
        pointerTo(instancePath, key),
        `"${key}" is not a key here`,
        known.length === 0 ? hints : [...hints, `keys here: ${known.join(', ')}`],
      )
    }
    case 'required':
      return source.problem(pointerTo(instancePath, String(params['missingProperty'])), `"${params['missingProperty']}" is missing`, [
        `add ${params['missingProperty']}`,
      ])
    case 'enum': {
      const allowed = (params['allowedValues'] as unknown[]).map(String)
      const nearest = nearestName(String(data), allowed)
      return source.problem(
        instancePath,
        `${shortJson(data)} is not one of ${allowed.join(', ')}`,
        nearest === undefined ? [] : [`did you mean ${nearest}`],
      )
    }
    case 'propertyNames':
      return source.problem(
        pointerTo(instancePath, String(params['propertyName'])),
        `"${params['propertyName']}" is not allowed as a name here`,
        namesHint(error, all),
      )
    case 'anyOf':
    case 'oneOf': {
      const hint = error.parentSchema?.['description']
      return source.problem(
        instancePath,
        `${shortJson(data)} is not what is expected here`,
        typeof hint === 'string' ? [`expected: ${hint}`] : [],
      )
    }
    default: {
      const hint = error.parentSchema?.['description']
      return source.problem(instancePath, schemaWords(error, shortJson(data)), typeof hint === 'string' ? [`expected: ${hint}`] : [])
    }
  }
}

function namesHint(error: ErrorObject, all: readonly ErrorObject[]): string[] {
  const name = String(error.params['propertyName'])
  const inner = all.find((other) => other.keyword === 'enum' && other.propertyName === name)
  const allowed = (inner?.params['allowedValues'] as unknown[] | undefined)?.map(String)
  if (allowed === undefined) return ['names are letters, digits, "-" and "_", and begin with a letter']
  const nearest = nearestName(name, allowed)
  return [...(nearest === undefined ? [] : [`did you mean ${nearest}`]), `known: ${allowed.join(', ')}`]
}

/** The title of a schema that `ridge schema` prints ends in the name that it takes. */
const titleForm = /^Ridgepoint (\w+)$/

/** Where the schema itself says no more, it can be read. */
function withHint(problem: SpecProblem, schema: JsonSchema): SpecProblem {
  if (problem.suggestions.length > 0) return problem
  const [, kind = 'KIND'] = titleForm.exec(String(schema['title'])) ?? []
  return {...problem, suggestions: [`ridge schema ${kind} prints what each key may hold`]}
}

function shortJson(data: unknown): string {
  const text = typeof data === 'number' ? String(data) : (JSON.stringify(data) ?? String(data))
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function unique(problems: readonly SpecProblem[]): SpecProblem[] {
  return [...new Map(problems.map((p) => [`${p.pointer} ${p.message}`, p])).values()]
}
