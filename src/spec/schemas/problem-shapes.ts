interface ProblemShape {
  readonly summary: string
  readonly required: Readonly<Record<string, string>>
  /** One where they are left out. */
  readonly optional: Readonly<Record<string, string>>
}

const product = {m: 'rows of inputs and outputs', n: 'columns of weights and outputs', k: 'columns of inputs, rows of weights'}
const window = {r: 'weights along the first axis'}
const plane = {...window, s: 'weights along the second axis'}
const line = {p: 'outputs along the first axis', h: 'inputs along the first axis, in place of p'}
const area = {...line, q: 'outputs along the second axis', w: 'inputs along the second axis, in place of q'}
const channels = {k: 'output channels, of all groups', c: 'input channels, of all groups'}
const steps = {n: 'images', stride: 'inputs from one output to the next', dilation: 'inputs from one weight to the next'}
const groups = {groups: 'groups of channels that do not mix'}

/** Short ways to write common problems, each a key of a problem file, with their sizes. */
export const problemShapes = {
  gemm: {summary: 'a matrix product, inputs [M, K] by weights [K, N]', required: product, optional: {}},
  'batched-gemm': {
    summary: 'products of one shape, both operands activations',
    required: {batch: 'products', m: 'rows of left and outputs', n: 'columns of right and outputs', k: 'columns of left, rows of right'},
    optional: {},
  },
  'grouped-gemm': {
    summary: 'products of one shape, each with weights of its own',
    required: {groups: 'products', ...product},
    optional: {},
  },
  gemv: {
    summary: 'a matrix by a vector, weights [N, K] by inputs [K]',
    required: {n: 'rows of weights', k: 'columns of weights'},
    optional: {},
  },
  conv1d: {
    summary: 'a convolution along one axis, inputs [N, C, P + R]',
    required: {...channels, ...window},
    optional: {...line, ...steps, ...groups},
  },
  conv2d: {
    summary: 'a convolution along two axes, inputs [N, C, P + R, Q + S]',
    required: {...channels, ...plane},
    optional: {...area, ...steps, ...groups},
  },
  depthwise: {
    summary: 'a convolution of each channel with weights of its own',
    required: {c: 'channels', ...plane},
    optional: {...area, ...steps},
  },
} as const satisfies Record<string, ProblemShape>

export type ProblemShapeName = keyof typeof problemShapes

export const problemShapeNames = Object.keys(problemShapes) as readonly ProblemShapeName[]

/** Ways to count what hardware does: as it runs, or as another tool counts it. */
export const countingNames = ['hardware', 'scale-sim-2'] as const
export type CountingName = (typeof countingNames)[number]
