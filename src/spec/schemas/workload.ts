import type {JsonSchema} from '../check-schema.js'
import {type OperatorShapeName, operatorSchema, operatorShapes} from './operator-shapes.js'

const count = (description: string, minimum = 1): JsonSchema => ({type: 'integer', minimum, description})
const flag = (description: string): JsonSchema => ({type: 'boolean', description})
const choice = (description: string, names: readonly string[]): JsonSchema => ({enum: names, description})
const record = (description: string, required: readonly string[], properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  description,
  required,
  properties,
  additionalProperties: false,
})

const activation = choice('what the MLP applies; swiglu and geglu have two upward projections', [
  'gelu',
  'gelu-tanh',
  'gelu-new',
  'relu',
  'squared-relu',
  'silu',
  'swiglu',
  'geglu',
])

const layers: JsonSchema = {
  description: 'a number of equal layers, or a list of groups of layers',
  type: ['integer', 'array'],
  minimum: 1,
  minItems: 1,
  items: record('layers of equal build', ['count'], {
    count: count('layers in this group'),
    mlp: choice('dense MLP or mixture of experts', ['dense', 'moe']),
    window: count('keys that a query sees, its own included; 0 is all', 0),
  }),
}

const attention = record('self-attention of every layer', ['heads'], {
  heads: count('query heads'),
  kvHeads: count('key and value heads; equal to heads when left out'),
  headDim: count('elements of a query or key head; hidden / heads when left out'),
  valueHeadDim: count('elements of a value head; headDim when left out'),
  qkvBias: flag('biases on the query, key and value projections'),
  outputBias: flag('bias on the output projection'),
  qkNorm: choice('norm of queries and keys, over each head or over all together', ['none', 'head', 'all']),
  sinks: flag('a learned score per head that takes part in the softmax'),
  scoreCap: flag('scores pass through a scaled tanh'),
  eagerScale: choice(
    'what the published eager code scales: scores (default), by a tensor of one element, queries, or scores with the mask',
    ['scores', 'scores-by-tensor', 'queries', 'with-mask'],
  ),
  eagerMask: choice('how the published eager code hides scores: it adds a mask (default), selects by one, or sees all', [
    'sum',
    'selection',
    'none',
  ]),
  eagerSoftmax: choice('the published eager code takes the softmax in fp32 (default) or as stored', ['fp32', 'stored']),
  latent: record('latent attention (MLA)', ['kvRank', 'ropeHeadDim'], {
    queryRank: count('rank of the query projection; 0 projects directly', 0),
    kvRank: count('elements of the latent vector that keys and values come from'),
    ropeHeadDim: count('elements of each head that are rotated'),
  }),
})

const moe = record('mixture of experts', ['experts', 'topK', 'intermediate', 'activation'], {
  experts: count('routed experts'),
  topK: count('experts that a token passes'),
  intermediate: count('width of one expert'),
  activation,
  bias: flag('biases on the products of each expert'),
  routerBias: flag('bias on the router'),
  sharedIntermediate: count('width of all shared experts together; 0 is none', 0),
  sharedGate: flag('a learned gate scales the shared experts'),
})

/** A transformer model. */
export const transformerSchema: JsonSchema = record(
  'a transformer model',
  ['kind', 'source', 'hidden', 'layers', 'attention', 'norm', 'positions'],
  {
    kind: {const: 'transformer', description: 'transformer'},
    name: {type: 'string', description: 'a name for tables and figures; the file name when left out'},
    source: {type: 'string', minLength: 1, description: 'where the figures come from'},
    publishedParameters: count('number of parameters as published, for the test that counts them'),
    architecture: choice('a decoder is causal and has a KV cache', ['decoder', 'encoder']),
    hidden: count('width of the residual stream'),
    vocabulary: count('rows of the token embedding'),
    layers,
    attention,
    mlp: record('dense MLP', ['intermediate', 'activation'], {
      intermediate: count('width of the MLP'),
      activation,
      bias: flag('biases on its products'),
    }),
    moe,
    norm: record('normalisation', ['function'], {
      function: choice('layernorm has scale and shift, rmsnorm scale only', ['layernorm', 'rmsnorm']),
      placement: choice('before each block, after each residual sum, or before and after each block', ['pre', 'post', 'sandwich']),
    }),
    parallelBlocks: choice('attention and MLP of the same input, through one norm or two', ['no', 'one-norm', 'two-norms']),
    positions: choice('how positions enter', ['rotary', 'learned', 'alibi']),
    rotaryRatio: {type: 'number', exclusiveMinimum: 0, maximum: 1, description: 'share of each head that is rotated'},
    positionRows: count('rows of the learned position table', 0),
    tokenTypes: count('rows of the token type table', 0),
    embeddingNorm: flag('a norm after the embedding'),
    finalNorm: flag('a norm after the last layer'),
    head: choice('logits over the vocabulary, labels on one token, or nothing', ['none', 'language', 'classifier']),
    headBias: flag('bias on the head'),
    labels: count('outputs of a classifier'),
    tiedEmbedding: flag('the head uses the token embedding'),
    pooler: flag('a dense layer with tanh on the first token'),
    patches: record('an image cut into patches', ['imageSize', 'patchSize', 'channels'], {
      imageSize: count('pixels along each side'),
      patchSize: count('pixels along each side of a patch'),
      channels: count('colours'),
    }),
    jointProjections: flag('query, key and value (gate and up) are one matrix in the published code'),
    dropout: flag('dropout in training'),
  },
)

/** A list of operators; with `kinds`, the schema of exactly that list, whose errors name one place each. */
export function operatorListSchema(kinds?: readonly (OperatorShapeName | undefined)[]): JsonSchema {
  const anyKind = {type: 'object', required: ['kind'], properties: {kind: choice('kind of operator', Object.keys(operatorShapes))}}
  const items =
    kinds === undefined || kinds.length === 0
      ? {minItems: 1, items: {oneOf: (Object.keys(operatorShapes) as OperatorShapeName[]).map(operatorSchema)}}
      : {prefixItems: kinds.map((kind) => (kind === undefined ? anyKind : operatorSchema(kind))), minItems: kinds.length, items: false}
  return record('a list of operators', ['kind', 'source', 'operators'], {
    kind: {const: 'operators', description: 'operators'},
    name: {type: 'string', description: 'a name for tables and figures; the file name when left out'},
    source: {type: 'string', minLength: 1, description: 'where the shapes come from'},
    phase: {type: 'string', description: 'a word for what the operators do together, for records'},
    tokens: count('tokens that one run of the list stands for'),
    operators: {type: 'array', description: 'operators in the order in which they run', ...items},
  })
}

/** Description of a workload: a transformer model or a list of operators. */
export const workloadSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Ridgepoint workload',
  description: 'a transformer model or a list of operators',
  oneOf: [transformerSchema, operatorListSchema()],
}
