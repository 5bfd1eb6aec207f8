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
  sums: {enum: dtypeNames, description: 'format of results while they are added up; that of its elements when left out'},
  output: {type: 'boolean', description: 'results are added to it; exactly one tensor is'},
}

function shape(kind: ProblemShapeName): JsonSchema {
  const {summary, required, optional} = problemShapes[kind]
  const sizes = Object.entries({...required, ...optional}).map(([key, what]) => [key, size(what)])
  return record(summary, Object.keys(required), Object.fromEntries(sizes))
}

const dimensionSizes: JsonSchema = {
  type: 'object',
  propertyNames: name,
  additionalProperties: size('points along it'),
  minProperties: 1,
  description: 'sizes by name',
}
const tensorsByName: JsonSchema = {
  type: 'object',
  propertyNames: name,
  additionalProperties: record('a tensor', [], tensor),
  description: 'tensors by name; beside a short form, what differs from it: dtype, width, class',
}

const attention = {
  batch: size('sequences; 1 when left out'),
  heads: size('query heads'),
  kvHeads: size('key and value heads; as many as query heads when left out'),
  headDim: size('elements of a query and a key'),
  valueHeadDim: size('elements of a value; as of a key when left out'),
  queryTokens: size('queries of a sequence'),
  kvTokens: size('keys of a sequence, those of the queries included; as many as queries when left out'),
  causal: {type: 'boolean', description: 'a query sees the keys up to its own place; true when left out'},
  window: {...size('keys that a query of causal attention sees at the most; all before it when left out')},
}

const elements = record('work on elements in place of multiply-adds', [], {
  vector: {type: 'number', minimum: 0, description: 'element operations at each point'},
  special: {type: 'number', minimum: 0, description: 'exponentials, roots and such at each point'},
})

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
    dimensions: dimensionSizes,
    tensors: tensorsByName,
    ...Object.fromEntries(problemShapeNames.map((kind) => [kind, shape(kind)])),
    attention: record('softmax(Q·Kᵀ)·V: two products with a softmax between', ['heads', 'headDim', 'queryTokens'], attention),
    chain: {
      type: 'array',
      minItems: 2,
      description: 'problems in turn, which share dimensions and tensors by name; what one makes, later ones use',
      items: record('one of them', ['name', 'dimensions', 'tensors'], {
        name: {...text, description: 'what it is'},
        dimensions: dimensionSizes,
        tensors: tensorsByName,
        elements,
      }),
    },
  }),
}
