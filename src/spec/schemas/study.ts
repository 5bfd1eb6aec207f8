const text = {type: 'string', minLength: 1}
const scalar = {type: ['string', 'number', 'boolean']}

const axis = {
  anyOf: [
    {type: 'array', items: scalar, minItems: 1},
    {
      type: 'object',
      properties: {
        from: {type: ['string', 'number']},
        to: {type: ['string', 'number']},
        step: {type: ['string', 'number']},
        count: {type: 'integer', minimum: 2},
        scale: {enum: ['linear', 'log']},
      },
      required: ['from', 'to'],
      additionalProperties: false,
    },
  ],
  description: 'a list of values, {from, to, step} or {from, to, count, scale: linear | log}',
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
    x: text,
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
    constraints: {
      type: 'array',
      items: text,
      uniqueItems: true,
      description: 'claims that a design must meet, such as "averageWatts <= 500 W"',
    },
    objectives: {
      type: 'array',
      minItems: 1,
      maxItems: 5,
      items: {
        anyOf: [
          text,
          {
            type: 'object',
            properties: {metric: text, goal: {enum: ['min', 'max']}},
            required: ['metric', 'goal'],
            additionalProperties: false,
          },
        ],
        description: 'a metric to make small, or {metric, goal}',
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
