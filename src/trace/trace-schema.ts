import {dtypes} from '../foundation/dtype.js'
import type {JsonSchema} from '../spec/check-schema.js'
import {numberColumns} from './cell-reader.js'
import {kernelTraceColumnEntries} from './importers/kernel-trace.js'

/** One row of a measured trace, from the table that the reader reads by: a property a column, with its unit. */
export const traceSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Measured trace',
  description:
    'One row of a CSV file of measured kernels and passes: a property a column, in any order, its number in the given unit. Only required columns must be there; what does not apply is left empty, and columns of other names are ignored.',
  type: 'object',
  required: kernelTraceColumnEntries.filter(([, {isRequired}]) => isRequired).map(([name]) => name),
  properties: Object.fromEntries(
    kernelTraceColumnEntries.map(([name, {holds, unit, meaning}]) => [
      name,
      {...valuesOf(holds), ...(unit !== '' && {unit}), description: meaning},
    ]),
  ),
}

function valuesOf(holds: (typeof kernelTraceColumnEntries)[number][1]['holds']): JsonSchema {
  if (holds === 'text') return {type: 'string'}
  if (holds === 'dtype') return {enum: [...dtypes]}
  const {isWhole, minimum} = numberColumns[holds]
  return isWhole ? {type: 'integer', minimum} : {type: 'number', exclusiveMinimum: minimum}
}
