import {readdirSync, statSync} from 'node:fs'
import path from 'node:path'
import {UserError} from '../foundation/user-error.js'
import {readCsvHeading} from './csv-file.js'
import {traceFormatOf} from './importers/table.js'

/** The trace files that a person names: each file as it stands, and every kernel trace of each folder; none of them twice. */
export function traceFiles(names: readonly string[]): string[] {
  const files = names.flatMap((name) => (statSync(name, {throwIfNoEntry: false})?.isDirectory() === true ? tracesIn(name) : [name]))
  return [...new Map(files.map((file) => [path.resolve(file), file])).values()]
}

function tracesIn(folder: string): string[] {
  const files = entriesOf(folder)
    .filter((entry) => /\.csv$/i.test(entry))
    .sort()
    .map((entry) => path.join(folder, entry))
    .filter(isKernelTrace)
  if (files.length > 0) return files
  throw new UserError(`${folder}: this folder holds no kernel trace`, {
    code: 'FILE_UNREADABLE',
    suggestions: ['name a folder of measured traces, or their files'],
  })
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    throw new UserError(`${folder} can't be read: ${(cause as Error).message}`, {
      code: 'FILE_UNREADABLE',
      suggestions: ['check that the folder may be read'],
      cause,
    })
  }
}

function isKernelTrace(file: string): boolean {
  return statSync(file).isFile() && traceFormatOf(readCsvHeading(file).columns) === 'kernel-trace'
}
