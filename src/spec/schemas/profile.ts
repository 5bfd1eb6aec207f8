import {dtypes} from '../../foundation/dtype.js'

/** What `profile.yaml` beside an accelerator holds: constants fitted from measured rows, and their provenance. */
export const profileSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Ridgepoint measured profile',
  type: 'object',
  properties: {
    device: {type: 'string', minLength: 1},
    provenance: {
      type: 'object',
      properties: {
        tool: {type: 'string'},
        date: {type: 'string'},
        command: {type: 'string'},
        folds: {type: 'number'},
        traces: {type: 'array', items: {type: 'string'}},
        sources: {type: 'array', items: {type: 'string'}},
      },
      required: ['tool', 'date', 'command', 'traces', 'sources'],
      additionalProperties: false,
    },
    classes: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          class: {type: 'string'},
          dtype: {enum: dtypes},
          parameters: {type: 'object', additionalProperties: {type: 'number'}, description: 'parameters of the class’s model'},
          rows: {type: 'integer', minimum: 1},
          rooflineMape: {type: 'number', minimum: 0},
          fittedMape: {type: 'number', minimum: 0},
          heldOutMape: {type: 'number', minimum: 0},
        },
        required: ['class', 'dtype', 'parameters', 'rows', 'rooflineMape', 'heldOutMape'],
        additionalProperties: false,
      },
    },
  },
  required: ['device', 'provenance', 'classes'],
  additionalProperties: false,
} as const
