import {isDeepStrictEqual} from 'node:util'
import type {JsonSchema} from '../check-schema.js'

const definitions = '#/$defs/'

/**
 * A schema for files as they are written, made of the one for files as they are merged: with `extends` nothing is required, and null
 * removes a key that may be missing; without it the schema holds as it is.
 */
export function overridable(schema: JsonSchema): JsonSchema {
  const {$schema, title, description, $defs = {}, ...whole} = schema
  const loosened = Object.entries($defs as Readonly<Record<string, JsonSchema>>)
    .map(([name, each]) => [name, loose(each, new Set())] as const)
    .filter(([name, each]) => !isDeepStrictEqual(each, ($defs as Readonly<Record<string, unknown>>)[name]))
  const names = new Set(loosened.map(([name]) => name))
  const lasting = [...((whole['required'] as readonly string[] | undefined) ?? []), '$schema', 'extends']
  return {
    $schema,
    title,
    description,
    // What may stand in any file, at the top, where editors look for what to complete.
    ...loose({...whole, required: lasting}, names),
    if: {not: {required: ['extends']}},
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: whole,
    $defs: {...($defs as object), ...Object.fromEntries(loosened.map(([name, each]) => [looseName(name), each]))},
  }
}

/** A schema of what lies over a base: maps merge key by key, so that only lists are whole. `looseNames` are the definitions that differ. */
function loose(schema: JsonSchema, looseNames: ReadonlySet<string>): JsonSchema {
  const of = (inner: unknown): unknown => (isMap(inner) ? loose(inner, looseNames) : inner)
  const {required = [], minProperties: _, ...kept} = schema
  const changed: Record<string, unknown> = {...kept}
  const {properties, additionalProperties, anyOf, $ref} = kept
  if (isMap(properties)) {
    changed['properties'] = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [
        key,
        (required as readonly string[]).includes(key) ? of(value) : removable(of(value)),
      ]),
    )
  }
  if (isMap(additionalProperties)) changed['additionalProperties'] = removable(of(additionalProperties))
  if (Array.isArray(anyOf)) changed['anyOf'] = anyOf.map(of)
  if (typeof $ref === 'string' && looseNames.has($ref.slice(definitions.length)))
    changed['$ref'] = `${definitions}${looseName($ref.slice(definitions.length))}`
  return changed
}

function removable(schema: unknown): JsonSchema {
  const {description} = schema as JsonSchema
  return {anyOf: [schema, {type: 'null'}], ...(description === undefined ? {} : {description})}
}

function looseName(name: string): string {
  return `${name}OverBase`
}

function isMap(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
