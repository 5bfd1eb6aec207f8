import type {CellReader} from '../cell-reader.js'
import {numberColumns} from '../cell-reader.js'
import type {TraceNotes, TraceRow} from '../trace-row.js'
import {parseNotes} from '../trace-row.js'
import type {TraceFormat} from './trace-format.js'

export const kernelTrace: TraceFormat = {
  requiredColumns: ['device', 'op', 'latency_us'],
  holds: 'measured kernels and passes of models, one a row',
  use: 'validate a cost model on it: ridge validate --trace <this file>',
}

/** Every column that means something in a kernel trace; others are allowed and ignored. */
export const kernelTraceColumns: readonly string[] = [
  ...['device', 'source', 'framework', 'op', 'dtype', 'm', 'n', 'k', 'batch', 'heads', 'kv_heads', 'head_dim', 'seq_q', 'seq_kv', 'window'],
  ...['bytes', 'ranks', 'latency_us', 'power_w', 'energy_j', 'clock_mhz', 'power_limit_w', 'model', 'kernel', 'notes'],
]

/** The row that the open record states. */
export function kernelTraceRow(cells: CellReader, file: string, line: number, notes: TraceNotes): TraceRow {
  const {count, countOrZero, microseconds, watts, joules, megahertz} = numberColumns
  return {
    file,
    line,
    device: cells.requiredText('device'),
    source: cells.text('source'),
    framework: cells.text('framework'),
    op: cells.requiredText('op'),
    dtype: cells.dtype('dtype'),
    m: cells.number('m', count),
    n: cells.number('n', count),
    k: cells.number('k', count),
    batch: cells.number('batch', count),
    heads: cells.number('heads', count),
    kvHeads: cells.number('kv_heads', count),
    headDim: cells.number('head_dim', count),
    seqQ: cells.number('seq_q', count),
    seqKv: cells.number('seq_kv', count),
    window: cells.number('window', countOrZero),
    bytes: cells.number('bytes', count),
    ranks: cells.number('ranks', count),
    latencySeconds: cells.requiredNumber('latency_us', microseconds),
    powerWatts: cells.number('power_w', watts),
    energyJoules: cells.number('energy_j', joules),
    clockHertz: cells.number('clock_mhz', megahertz),
    powerLimitWatts: cells.number('power_limit_w', watts),
    model: cells.text('model'),
    kernel: cells.text('kernel'),
    notes,
  }
}

/** Parses notes, once for a run of rows that carry the same. */
export function notesReader(): (text: string) => TraceNotes {
  let lastText = ''
  let last = parseNotes(lastText)
  return (text) => {
    if (text !== lastText) [lastText, last] = [text, parseNotes(text)]
    return last
  }
}
