import type {JsonSchema} from '../check-schema.js'

const text = {type: 'string', minLength: 1}
const list = (items: string, description: string): JsonSchema => ({type: 'array', items: {...text, description: items}, description})
const record = (description: string, required: readonly string[], properties: object): JsonSchema => ({
  type: 'object',
  description,
  required,
  properties,
  additionalProperties: false,
})
const levels = (description: string, level: JsonSchema): JsonSchema => ({
  type: 'object',
  additionalProperties: level,
  description,
})
const head = {
  $schema: text,
  title: {...text, description: 'a name for people'},
  source: {...text, description: 'where it comes from'},
}
const tensors = {
  keep: list('a tensor', 'tensors that the level keeps; the others pass'),
  bypass: list('a tensor', 'tensors that pass the level; it keeps the others'),
}
const draft = 'https://json-schema.org/draft/2020-12/schema'

/** A mapping: the loops of each level. */
export const mappingSchema: JsonSchema = {
  $schema: draft,
  title: 'Ridgepoint mapping',
  ...record('how a problem runs on a hierarchy: loops of each level', ['levels'], {
    ...head,
    counting: {enum: ['timeloop-3.0.3'], description: "whose rules count the words that move; Ridgepoint's own when left out"},
    levels: levels(
      'by the names of the hierarchy; a level left out has no loops and keeps all',
      record('the loops of a level', [], {
        temporal: list('a dimension and a count, such as K 4', 'turns in time, outermost first'),
        x: list('a dimension and a count', 'spread along the rows of the array under the level'),
        y: list('a dimension and a count', 'spread along its columns'),
        ...tensors,
      }),
    ),
  }),
}

const fixed = 'a dimension with `4`, `<= 4` or `rest`; `others 1` for all that are not named'

/** A partial mapping, which a search completes. */
export const strategySchema: JsonSchema = {
  $schema: draft,
  title: 'Ridgepoint strategy',
  ...record('what is fixed of a mapping in advance of a search', [], {
    ...head,
    imperfect: {type: 'boolean', description: 'counts need not divide what they split; false when left out'},
    levels: levels(
      'by the names of the hierarchy, or `outermost` and `innermost`; what is left out is free',
      record('what is fixed of a level', [], {
        temporal: list(fixed, 'counts in time, in no order'),
        x: list(fixed, 'counts along the rows of the array under the level'),
        y: list(fixed, 'counts along its columns'),
        outermost: list('a dimension', 'dimensions of the outermost loops in time, outermost first'),
        innermost: list('a dimension', 'dimensions of the innermost loops in time, innermost last'),
        keep: list('a tensor or a class of tensors', 'what the level keeps'),
        bypass: list('a tensor or a class of tensors', 'what passes the level'),
      }),
    ),
  }),
}
