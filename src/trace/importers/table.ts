import {nearestName} from '../../foundation/nearest-name.js'
import {UserError} from '../../foundation/user-error.js'
import {SpecError} from '../../spec/spec-error.js'
import type {CsvHeading} from '../csv-file.js'
import {kernelInventory} from './kernel-inventory.js'
import {kernelTrace} from './kernel-trace.js'
import {serving} from './serving.js'
import {tokenLengths} from './token-lengths.js'
import type {TraceFormat} from './trace-format.js'
import {voltageFrequency} from './voltage-frequency.js'

/** Every format of measured data that is recognised; the first whose columns are all there is meant. */
export const traceFormats = {
  'kernel-trace': kernelTrace,
  'kernel-inventory': kernelInventory,
  'voltage-frequency': voltageFrequency,
  serving,
  'token-lengths': tokenLengths,
} satisfies Record<string, TraceFormat>

export type TraceFormatName = keyof typeof traceFormats

export const traceFormatNames = Object.keys(traceFormats) as readonly TraceFormatName[]

/** The format that a header's columns tell, or undefined when they fit none. */
export function traceFormatOf(columns: readonly string[]): TraceFormatName | undefined {
  return traceFormatNames.find((name) => traceFormats[name].requiredColumns.every((column) => columns.includes(column)))
}

/** Refuses a file that is not of the wanted format: says what it is instead, or which columns it lacks. */
export function requireFormat(heading: CsvHeading, wanted: TraceFormatName): void {
  const {file, line, columns} = heading
  const duplicate = columns.find((name, index) => columns.indexOf(name) !== index)
  if (duplicate !== undefined) {
    const hint = `leave one column named ${duplicate}`
    throw headerError(heading, `the column "${duplicate}" occurs more than once`, [hint])
  }
  const found = traceFormatOf(columns)
  if (found === wanted) return
  if (found !== undefined) {
    const {holds, use} = traceFormats[found]
    const message = `${file}:${line}\n  this is a ${found} file (${holds}), but a ${wanted} file is needed here`
    throw new UserError(message, {code: 'TRACE_FORMAT', suggestions: [use]})
  }
  const {requiredColumns} = traceFormats[wanted]
  const missing = requiredColumns.filter((name) => !columns.includes(name))
  const message = `the header lacks ${missing.join(', ')}; a ${wanted} file needs ${requiredColumns.join(', ')}; found: ${columns.join(', ')}`
  throw headerError(
    heading,
    message,
    missing.map((name) => renameHint(name, columns)),
  )
}

function renameHint(missing: string, columns: readonly string[]): string {
  const near = nearestName(missing, columns)
  return near === undefined ? `add a column ${missing}` : `rename the column "${near}" to ${missing}, when that is what it holds`
}

function headerError({file, line}: CsvHeading, message: string, suggestions: readonly string[]): SpecError {
  return new SpecError([{file, line, column: 1, pointer: 'header', message, suggestions}], 'TRACE_COLUMNS')
}
