import type {JsonSchema} from '../check-schema.js'

/** Formats that a file may name. */
export const dtypeNames = ['fp64', 'tf32', 'fp32', 'bf16', 'fp16', 'int16', 'fp8', 'int8', 'fp4', 'int4'] as const

/** Functions of elementwise operators, and of the activation in an expert. */
export const elementFunctionNames = [
  'add',
  'mul',
  'div',
  'pow',
  'addu',
  'mulu',
  'divu',
  'powu',
  'square',
  'cube',
  'relu',
  'squared-relu',
  'tanh',
  'gelu',
  'gelu-tanh',
  'silu',
  'sigmoid',
  'swiglu',
  'geglu',
  'rope',
  'neg',
  'copy',
  'permute',
  'transpose',
  'repeat',
  'typecast',
  'mask',
  'scale',
  'select',
  'fill',
  'rsqrt',
  'mean',
  'dropout',
] as const

const count = (description: string, minimum = 1): JsonSchema => ({type: 'integer', minimum, description})
const flag = (description: string): JsonSchema => ({type: 'boolean', description})
const choice = (description: string, names: readonly string[]): JsonSchema => ({enum: names, description})
const dtype = (description: string): JsonSchema => choice(description, dtypeNames)

interface OperatorShape {
  readonly required: readonly string[]
  readonly properties: Readonly<Record<string, JsonSchema>>
}

const rows: OperatorShape = {required: ['m', 'n'], properties: {m: count('rows'), n: count('elements of a row')}}

/** Fields of each kind of operator in a list. */
export const operatorShapes = {
  gemm: {
    required: ['m', 'n', 'k'],
    properties: {
      m: count('rows of A and C'),
      n: count('columns of B and C'),
      k: count('columns of A, rows of B'),
      batchCount: count('products of this shape'),
      weights: flag('B is a weight (default), else an activation'),
      bias: flag('a vector is added to each row'),
      weightDtype: dtype('storage of B'),
    },
  },
  attention: {
    required: ['batch', 'heads', 'headDim', 'queryTokens', 'kvTokens'],
    properties: {
      batch: count('sequences'),
      heads: count('query heads'),
      kvHeads: count('key and value heads; equal to heads when left out'),
      headDim: count('elements of a query or key head'),
      valueHeadDim: count('elements of a value head; headDim when left out'),
      queryTokens: count('new tokens of each sequence'),
      kvTokens: count('keys of each sequence, those of the new tokens included'),
      causal: flag('a query sees no later key (default)'),
      window: count('keys that a query sees, its own included; 0 is all', 0),
      kvDtype: dtype('storage of the KV cache'),
      writesKvCache: flag('keys and values of the new tokens are written to the cache'),
      sharesKeyValue: flag('values are the first elements of the keys (latent attention)'),
    },
  },
  softmax: rows,
  layernorm: {
    required: rows.required,
    properties: {
      ...rows.properties,
      function: choice('layernorm or rmsnorm', ['layernorm', 'rmsnorm']),
      residual: flag('the sum with a residual is formed and written in the same kernel'),
    },
  },
  elementwise: {
    required: ['function', 'm'],
    properties: {
      function: choice('what is applied to each element', elementFunctionNames),
      m: count('m × n elements are written'),
      n: count('m × n elements are written'),
      outputDtype: dtype('storage of what is written'),
    },
  },
  embedding: {
    required: ['tokens', 'hidden'],
    properties: {
      tokens: count('rows looked up'),
      hidden: count('elements of a row'),
      tables: count('tables that are looked up and summed'),
    },
  },
  moe: {
    required: ['tokens', 'hidden', 'intermediate', 'experts', 'topK'],
    properties: {
      tokens: count('tokens presented to the layer'),
      hidden: count('width of a token'),
      intermediate: count('width of one expert before tensor parallelism'),
      experts: count('routed experts'),
      topK: count('experts that a token passes'),
      activation: choice('what an expert applies between its products', elementFunctionNames),
      sharedExperts: count('experts that every token passes', 0),
      tensorParallel: count('devices that split each expert'),
      expertParallel: count('devices over which the experts are spread'),
      distribution: choice('how tokens fall on experts', ['balanced', 'random', 'power_law']),
      exponent: {type: 'number', minimum: 0, description: 'exponent of the power law'},
      weightDtype: dtype('storage of weights'),
    },
  },
  optimizer: {
    required: ['parameters'],
    properties: {parameters: count('parameters that one step updates'), gradientDtype: dtype('storage of gradients')},
  },
  collective: {
    required: ['collective', 'bytes', 'ranks'],
    properties: {
      collective: choice('what is exchanged', ['allreduce', 'all_gather', 'reduce_scatter', 'alltoall', 'send_receive']),
      bytes: count('the whole buffer as nccl-tests counts it'),
      ranks: count('devices that take part', 2),
    },
  },
} as const satisfies Record<string, OperatorShape>

export type OperatorShapeName = keyof typeof operatorShapes

/** The schema of one operator of a kind. */
export function operatorSchema(kind: OperatorShapeName): JsonSchema {
  const {required, properties}: OperatorShape = operatorShapes[kind]
  return {
    type: 'object',
    description: `${kind} operator`,
    required: ['kind', 'dtype', ...required],
    properties: {
      kind: {const: kind, description: kind},
      name: {type: 'string', description: 'a name for tables; the kind when left out'},
      dtype: dtype('format of the arithmetic and of the tensors'),
      count: count('runs of this operator'),
      ...properties,
    },
    additionalProperties: false,
  }
}
