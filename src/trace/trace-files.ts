import {existsSync, readdirSync, statSync} from 'node:fs'
import path from 'node:path'
import {UserError} from '../foundation/user-error.js'
import {readCsvHeading} from './csv-file.js'
import {traceFormatOf} from './importers/table.js'

/** The trace files that a person names: each file as it stands, and every kernel trace of each folder. */
export function traceFiles(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    if (!existsSync(name) || !statSync(name).isDirectory()) return [name]
    const files = readdirSync(name)
      .filter((entry) => entry.endsWith('.csv'))
      .sort()
      .map((entry) => path.join(name, entry))
      .filter(isKernelTrace)
    if (files.length > 0) return files
    throw new UserError(`${name}: this folder holds no kernel trace`, {
      code: 'FILE_UNREADABLE',
      suggestions: ['name a folder of measured traces, or their files'],
    })
  })
}

function isKernelTrace(file: string): boolean {
  return traceFormatOf(readCsvHeading(file).columns) === 'kernel-trace'
}
