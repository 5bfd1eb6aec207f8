import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll} from 'vitest'
import type {Trace} from '../../src/trace/read-trace.js'
import type {TraceRow} from '../../src/trace/trace-row.js'

/** A folder for small trace files, removed after the tests of the calling file. */
export function temporaryTraces(): (name: string, content: string | Uint8Array) => string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ridgepoint-trace-'))
  afterAll(() => rmSync(folder, {recursive: true, force: true}))
  return (name, content) => {
    const file = path.join(folder, name)
    writeFileSync(file, content)
    return file
  }
}

export async function rowsOf(trace: Trace): Promise<TraceRow[]> {
  const rows: TraceRow[] = []
  for await (const row of trace) rows.push(row)
  return rows
}
