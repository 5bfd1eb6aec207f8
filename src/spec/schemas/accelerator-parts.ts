import {dtypes} from '../../foundation/dtype.js'

/** A name as a key. */
export const name = {pattern: '^[A-Za-z][A-Za-z0-9_-]*$'}
/** Any text but none. */
export const text = {type: 'string', minLength: 1}

/** A quantity with its unit, or an expression. */
export const quantity = (what: string) => ({$ref: '#/$defs/quantity', description: what})
/** Named fields, and notes of where their values come from. */
export const object = (properties: object, required: string[], description?: string) => ({
  type: 'object',
  ...(description === undefined ? {} : {description}),
  properties: {...properties, source: {$ref: '#/$defs/source'}, estimate: {$ref: '#/$defs/estimate'}, range: {$ref: '#/$defs/range'}},
  required,
  additionalProperties: false,
})
/** One or more of a kind, by name. */
export const named = (value: object) => ({type: 'object', propertyNames: name, additionalProperties: value, minProperties: 1})
/** A quantity for each format. */
export const byDtype = (what: string) => ({
  type: 'object',
  properties: {
    source: {$ref: '#/$defs/source'},
    estimate: {$ref: '#/$defs/estimate'},
    range: {$ref: '#/$defs/range'},
    ...Object.fromEntries(dtypes.map((dtype) => [dtype, quantity(what)])),
  },
  additionalProperties: false,
})
/** Points over the clock. */
export const curve = (value: object) => ({
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    properties: {clock: quantity('a clock, such as 1410 MHz'), ...value},
    required: ['clock', ...Object.keys(value)],
    additionalProperties: false,
  },
})
