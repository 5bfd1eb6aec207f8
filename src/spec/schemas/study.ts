const text = {type: 'string', minLength: 1}
const scalar = {type: ['string', 'number', 'boolean']}

const written = {type: ['string', 'number']}
const axis = {
  type: ['array', 'object'],
  items: scalar,
  minItems: 1,
  properties: {
    values: {type: 'array', items: scalar, minItems: 1, description: 'each level'},
    with: {...text, description: 'the axis that it moves with, place by place'},
    from: written,
    to: written,
    step: written,
    count: {type: 'integer', minimum: 2},
    scale: {enum: ['linear', 'log']},
    distribution: {enum: ['uniform', 'loguniform', 'triangular', 'normal', 'lognormal']},
    peak: {...written, description: 'of a triangular distribution'},
    mean: {...written, description: 'of a normal distribution, with its deviation'},
    deviation: written,
    median: {...written, description: 'of a lognormal distribution, with the deviation sigma of its logarithm'},
    sigma: written,
    least: {...written, description: 'where a distribution is cut'},
    most: written,
    is: {...text, description: 'an expression over other axes and parameters of the accelerator'},
    when: {
      type: ['string', 'object'],
      additionalProperties: {type: ['string', 'number', 'boolean', 'array'], items: scalar, minItems: 1},
      minProperties: 1,
      description: 'where the axis varies: a claim such as `batch >= 64`, or values of other axes: {dtype: fp8, phase: [decode, prefill]}',
    },
    otherwise: {...scalar, description: 'its value where it does not vary'},
  },
  additionalProperties: false,
  description:
    'a list of values, {from, to, step}, {from, to, count, scale: linear | log}, {from, to}, {distribution, …}, {with, values} or {is: expression}',
}
const axes = {type: 'object', additionalProperties: axis}

const workload = {
  type: 'object',
  properties: {
    model: text,
    operators: {
      type: 'array',
      items: text,
      minItems: 1,
      uniqueItems: true,
      description: 'the operators of the pass to evaluate; all by default',
    },
  },
  required: ['model'],
  additionalProperties: scalar,
  description: 'a model, the settings of its pass, and which of its operators',
}

/** Columns of a trace that tell its rows apart. */
const rowColumns = {
  type: 'object',
  properties: {
    ...Object.fromEntries(['op', 'dtype', 'source', 'framework', 'model'].map((name) => [name, text])),
    ...Object.fromEntries(
      ['m', 'n', 'k', 'batch', 'heads', 'kv_heads', 'head_dim', 'seq_q', 'seq_kv', 'window', 'bytes', 'ranks'].map((name) => [
        name,
        {type: 'integer', minimum: 0},
      ]),
    ),
  },
  required: ['op'],
  additionalProperties: false,
  description: 'a measured row, by enough of its columns: {op: gemm, m: 4096, n: 4096, k: 4096}',
}

/** Which of these a figure needs depends on its chart; each chart says what it misses. */
const figure = {
  type: 'object',
  properties: {
    name: {...text, pattern: '^[a-z0-9][a-z0-9-]*$', description: 'lower-case letters, digits and hyphens: it names files'},
    chart: text,
    title: text,
    caption: text,
    span: {enum: ['column', 'page']},
    accelerators: {type: 'array', items: text, minItems: 1, uniqueItems: true},
    workloads: {type: 'array', items: workload, minItems: 1},
    x: {...text, description: 'a result, or "decode latency" of one of several workloads; of limits, an axis'},
    y: text,
    colour: text,
    quantity: {enum: ['latency', 'energy', 'power']},
    by: {...text, description: 'what sets panels or bars apart: device, class or regime, as the chart has them'},
    operator: {...text, description: 'an operator of the workloads, as `ridge eval` names it'},
    set: {
      type: 'object',
      additionalProperties: {type: ['string', 'number']},
      minProperties: 1,
      description: 'changes of the hardware, as `--set`',
    },
    vary: {
      type: 'object',
      additionalProperties: {type: 'array', items: scalar, minItems: 1},
      minProperties: 1,
      description: 'settings of the pass that vary: {batch: [1, 4, 16]}',
    },
    measured: rowColumns,
  },
  required: ['name', 'chart', 'title'],
  additionalProperties: false,
}

/** What a study file may hold: which designs to evaluate on which workloads, what to keep, what to draw. */
export const studySchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Ridgepoint study',
  description: 'Designs to sweep, workloads to run on them, constraints, objectives, measurements to check against and figures to draw.',
  type: 'object',
  properties: {
    $schema: text,
    extends: {...text, description: 'another study, which this one changes: keys merge, lists replace, null removes'},
    title: text,
    text: {type: 'array', items: text, description: 'paragraphs that open the report'},
    spaces: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: {
          accelerator: text,
          set: {type: 'object', additionalProperties: {type: ['string', 'number']}},
          axes,
        },
        required: ['accelerator'],
        additionalProperties: false,
      },
    },
    workloads: {
      type: 'array',
      minItems: 1,
      items: workload,
    },
    axes: {...axes, description: 'axes that hold for every space'},
    sampler: {
      type: 'object',
      properties: {
        kind: {enum: ['grid', 'random', 'latin-hypercube', 'sobol']},
        points: {type: 'integer', minimum: 1},
        seed: {type: 'integer', minimum: 0, maximum: 4294967295},
      },
      required: ['kind'],
      additionalProperties: false,
      description: 'which points of each space to take: the whole grid, or so many points of a sample',
    },
    constraints: {
      type: 'array',
      items: text,
      uniqueItems: true,
      description: 'claims that a design must meet, such as "averageWatts <= 500 W"',
    },
    objectives: {
      type: 'array',
      minItems: 1,
      items: {
        type: ['string', 'object'],
        minLength: 1,
        properties: {
          metric: text,
          expression: {...text, description: 'over results, axes and parameters: `energyJoules * latencySeconds`'},
          name: {...text, description: 'what an expression is called'},
          goal: {enum: ['min', 'max']},
          target: {...written, description: 'the value to come close to'},
        },
        additionalProperties: false,
        description:
          'a metric to make small, or large with a minus before it (-throughput), {metric, goal}, {metric, target} or {expression, name}',
      },
    },
    fidelity: text,
    optimizer: {
      type: 'object',
      properties: {
        kind: {...text, description: 'how to search: nsga-2, nsga-3, cma-es, narrowing or random'},
        evaluations: {type: ['string', 'number'], description: 'designs to evaluate: 5000, or a share of all, as in 1 %'},
        seed: {type: 'integer', minimum: 0},
      },
      required: ['kind', 'evaluations'],
      additionalProperties: {type: 'number'},
      description: 'searches the study instead of evaluating all of it; other fields are options of the optimizer',
    },
    validate: {
      type: 'object',
      properties: {traces: {type: 'array', items: text, minItems: 1}, fidelity: text},
      required: ['traces'],
      additionalProperties: false,
    },
    report: {
      type: 'object',
      properties: {
        theme: {enum: ['screen', 'paper']},
        formats: {type: 'array', items: {enum: ['html', 'svg', 'png', 'pdf']}, minItems: 1},
        figures: {type: 'array', items: figure},
      },
      additionalProperties: false,
    },
  },
  required: ['title', 'spaces', 'workloads', 'objectives'],
  additionalProperties: false,
} as const
