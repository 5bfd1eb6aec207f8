import {dtypes} from '../../foundation/dtype.js'

const ratio = (description: string) => ({type: 'number', minimum: 0, description})
const errors = (description: string) => ({
  type: 'object',
  description,
  properties: {
    mape: ratio('mean absolute error of latency, as a ratio'),
    median: ratio('its median'),
    p90: ratio('its 90th percentile'),
    bias: {type: 'number', description: 'mean signed error; above zero where predictions are too long'},
  },
  required: ['mape', 'median', 'p90', 'bias'],
  additionalProperties: false,
})
const interval = {type: 'array', items: {type: 'number'}, minItems: 2, maxItems: 2}

const parameter = {
  type: 'object',
  properties: {
    value: {type: 'number'},
    unit: {type: 'string'},
    interval: {...interval, description: '95 % confidence'},
    determined: {type: 'boolean', description: 'false where the rows do not say what it is'},
  },
  required: ['value', 'unit'],
  additionalProperties: false,
}

/** What `profile.yaml` beside an accelerator holds: parameters fitted from measured rows, and their provenance. */
export const profileSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Ridgepoint profile',
  type: 'object',
  properties: {
    device: {type: 'string', minLength: 1},
    provenance: {
      type: 'object',
      properties: {
        tool: {type: 'string'},
        date: {type: 'string'},
        command: {type: 'string'},
        split: {type: 'string', description: 'which rows the fits did not see'},
        traces: {type: 'array', items: {type: 'string'}},
        sources: {type: 'array', items: {type: 'string'}},
      },
      required: ['tool', 'date', 'command', 'split', 'traces', 'sources'],
      additionalProperties: false,
    },
    classes: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          class: {type: 'string'},
          dtype: {enum: dtypes},
          rows: {type: 'integer', minimum: 1},
          launch: {enum: ['graph', 'alone'], description: 'how the kernels were issued'},
          hidesHost: {type: 'boolean', description: 'the host ran ahead, so that these times say nothing of its own'},
          roofline: errors('of the plain roofline'),
          fitted: errors('on the rows that the fit saw'),
          heldOut: errors('on rows that a fit did not see'),
          transfer: {
            type: 'array',
            description: 'on rows of other devices, with nothing fitted to them',
            items: {
              type: 'object',
              properties: {device: {type: 'string'}, rows: {type: 'integer'}, mape: ratio('mean absolute error of latency')},
              required: ['device', 'rows', 'mape'],
              additionalProperties: false,
            },
          },
          range: {type: 'object', additionalProperties: interval, description: 'least and greatest of each size that was measured'},
          parameters: {type: 'object', additionalProperties: parameter, description: 'parameters of the class’s model'},
        },
        required: ['class', 'dtype', 'rows', 'launch', 'roofline', 'fitted', 'heldOut', 'range', 'parameters'],
        additionalProperties: false,
      },
    },
  },
  required: ['device', 'provenance', 'classes'],
  additionalProperties: false,
} as const
