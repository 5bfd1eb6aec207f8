import {operandRoles, tensorClasses} from '../../foundation/resource.js'
import type {JsonSchema} from '../check-schema.js'
import {acceleratorSchema} from './accelerator.js'

const {source, estimate, range, quantity: quantityDefinition} = acceleratorSchema.$defs
const {$schema, title, sources, parameters} = acceleratorSchema.properties
const notes = {source: {$ref: '#/$defs/source'}, estimate: {$ref: '#/$defs/estimate'}, range: {$ref: '#/$defs/range'}}
const quantity = (description: string): JsonSchema => ({$ref: '#/$defs/quantity', description})
const flag = (description: string): JsonSchema => ({type: 'boolean', description})
const record = (description: string, required: readonly string[], properties: object): JsonSchema => ({
  type: 'object',
  description,
  required,
  properties: {...properties, ...notes},
  additionalProperties: false,
})

const level = record('a memory level', ['kind', 'capacity'], {
  kind: {enum: ['register', 'scratchpad', 'cache', 'dram'], description: 'what it is built of'},
  capacity: quantity('of one instance, such as 108 KiB; `unlimited` where it holds whatever comes'),
  fanout: record('instances of the next level under one of this, of the innermost: multiply-adders; one when left out', [], {
    x: quantity('along the rows of their array'),
    y: quantity('along its columns'),
  }),
  access: quantity('the least that one access moves, such as 64 b; without it any number of bytes can move'),
  energy: quantity('of a byte, or of one access where `access` says how wide it is, read or written alike'),
  readEnergy: quantity('of what is read'),
  writeEnergy: quantity('of what is written, from outward or from inward'),
  fillEnergy: quantity('of what is written as it comes from outward'),
  updateEnergy: quantity('of what is written as results come from inward'),
  bandwidth: quantity('of one instance, which reads and writes share, per cycle or per second; `unlimited` where nothing limits it'),
  readBandwidth: quantity('of one instance, for what is read'),
  writeBandwidth: quantity('of one instance, for what is written'),
  multicast: flag('one read can feed all instances inward that want the same words; to be said where there are several'),
  reduction: flag('results of several instances inward for the same word are added on their way here; to be said where there are several'),
  buffers: {
    enum: [1, 2],
    description:
      'of each tile: 1 is not filled or drained while in use, 2 take turns in half the room; when left out, words are replaced as used',
  },
  operands: {
    type: 'array',
    items: {enum: operandRoles},
    minItems: 1,
    uniqueItems: true,
    description: 'all that it can hold; anything when left out',
  },
  bypass: {type: 'array', items: {enum: tensorClasses}, uniqueItems: true, description: 'classes of tensors that pass it'},
})

/** An accelerator file that describes only what a loop nest needs. */
export const hierarchySchema: JsonSchema = {
  title: 'Ridgepoint hierarchy',
  ...record(
    'the memory levels and multiply-adders of an accelerator, for mapping alone',
    ['title', 'sources', 'clock', 'levels', 'arithmetic'],
    {
      $schema,
      title,
      sources,
      parameters,
      clock: quantity('the clock that cycles count'),
      levels: {
        type: 'object',
        propertyNames: {pattern: '^[A-Za-z][A-Za-z0-9_-]*$'},
        additionalProperties: level,
        minProperties: 1,
        description: 'memory levels by name, from the main memory inward',
      },
      arithmetic: record('the multiply-adders under the innermost level', ['name', 'energy'], {
        name: {type: 'string', minLength: 1, description: 'a name for tables'},
        energy: quantity('of one multiply-add, such as 1.6 pJ'),
        cyclesPerStep: quantity('cycles from one multiply-add to the next; 1 when left out'),
        systolic: record(
          'the innermost array is systolic: its cells hand operands and sums to their neighbours, one a cycle',
          ['preload'],
          {
            preload: flag('cells have registers for the next tile, which moves in while the present one is used'),
          },
        ),
      }),
    },
  ),
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $defs: {source, estimate, range, quantity: quantityDefinition},
}
