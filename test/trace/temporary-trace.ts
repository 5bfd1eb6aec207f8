import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll} from 'vitest'
import {readTrace, type Trace} from '../../src/trace/read-trace.js'
import type {TraceRow} from '../../src/trace/trace-row.js'

type WriteTrace = (name: string, content: string | Uint8Array) => string

/** A folder for small trace files, removed after the tests of the calling file. */
export function temporaryTraces(): WriteTrace {
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

/** The one row of a trace that states these cells. */
export async function rowStating(write: WriteTrace, cells: Readonly<Record<string, string | number>>): Promise<TraceRow> {
  const stated = {device: 'a100', latency_us: 1, dtype: 'fp16', ...cells}
  const file = write('row.csv', `${Object.keys(stated).join(',')}\n${Object.values(stated).join(',')}\n`)
  const [row, ...others] = await rowsOf(readTrace(file))
  if (row === undefined || others.length > 0) throw new Error('not one row')
  return row
}
