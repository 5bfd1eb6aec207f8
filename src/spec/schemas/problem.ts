import {tensorClasses} from '../../foundation/resource.js'
import type {JsonSchema} from '../check-schema.js'
import {dtypeNames} from './operator-shapes.js'
import {countingNames, type ProblemShapeName, problemShapeNames, problemShapes} from './problem-shapes.js'

const text = {type: 'string', minLength: 1}
const record = (description: string, required: readonly string[], properties: object): JsonSchema => ({
  type: 'object',
  description,
  required,
  properties,
  additionalProperties: false,
})
/** Loop counts are held in 31 bits. */
const size = (description: string): JsonSchema => ({type: 'integer', minimum: 1, maximum: 2 ** 31 - 1, description})
const name = {pattern: '^[A-Za-z][A-Za-z0-9_]*$'}

const width = {
  dtype: {enum: dtypeNames, description: 'format of its elements'},
  width: {...text, description: 'bits of an element where no format names them, such as 12 b'},
}
const tensor = {
  class: {enum: tensorClasses, description: 'what it holds; activations when left out'},
  ...width,
  indices: {
    type: 'array',
    items: {...text, description: 'a sum of dimensions times whole numbers, such as 2*P + R'},
    description: 'one for each axis of the tensor: a dimension, or a sum such as 2*P + R',
  },
  output: {type: 'boolean', description: 'results are added to it; exactly one tensor is'},
}

function shape(kind: ProblemShapeName): JsonSchema {
  const {summary, required, optional} = problemShapes[kind]
  const sizes = Object.entries({...required, ...optional}).map(([key, what]) => [key, size(what)])
  return record(summary, Object.keys(required), Object.fromEntries(sizes))
}

/** What a problem file may hold: dimensions and tensors, or one of the short forms. */
export const problemSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Ridgepoint problem',
  ...record('a loop nest without an order: one multiply-add at each point of its dimensions', [], {
    $schema: text,
    title: {...text, description: 'a name for people'},
    source: {...text, description: 'where the sizes come from'},
    dtype: {enum: dtypeNames, description: 'format of all tensors that state none of their own'},
    counting: {enum: countingNames, description: 'the tool as which windows and cycles are counted; as hardware runs when left out'},
    dimensions: {
      type: 'object',
      propertyNames: name,
      additionalProperties: size('points along it'),
      minProperties: 1,
      description: 'sizes by name',
    },
    tensors: {
      type: 'object',
      propertyNames: name,
      additionalProperties: record('a tensor', [], tensor),
      description: 'tensors by name; beside a short form, what differs from it: dtype, width, class',
    },
    ...Object.fromEntries(problemShapeNames.map((kind) => [kind, shape(kind)])),
  }),
}
