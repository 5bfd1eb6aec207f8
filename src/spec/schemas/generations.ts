const name = {pattern: '^[a-z][a-z0-9-]*$'}
const text = {type: 'string', minLength: 1}

/** What `accelerators/generations.yaml` holds. */
export const generationsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Ridgepoint generations of accelerators',
  type: 'object',
  propertyNames: name,
  additionalProperties: {
    type: 'object',
    properties: {
      title: text,
      measured: {type: 'array', items: text, uniqueItems: true, description: 'its devices that were measured, nearest first'},
      follows: {...text, description: 'the generation that stands in for classes that none of its devices measured'},
    },
    required: ['title', 'measured'],
    additionalProperties: false,
  },
} as const
