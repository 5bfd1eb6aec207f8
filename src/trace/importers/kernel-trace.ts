import type {CellReader} from '../cell-reader.js'
import {numberColumns} from '../cell-reader.js'
import type {TraceNotes, TraceRow} from '../trace-row.js'
import {parseNotes} from '../trace-row.js'
import type {TraceFormat} from './trace-format.js'

interface TraceColumn {
  readonly holds: 'text' | 'dtype' | keyof typeof numberColumns
  readonly unit: string
  readonly meaning: string
  /** The file has this column and every row fills it. */
  readonly isRequired?: true
}

const count = {holds: 'count', unit: ''} as const
const text = {holds: 'text', unit: ''} as const

/** Every column that means something in a kernel trace, in the order in which they are written; others are allowed and ignored. */
export const kernelTraceColumns = {
  device: {...text, isRequired: true, meaning: 'accelerator that ran it, by the name or an alias of a description'},
  source: {...text, meaning: 'where the measurement comes from'},
  framework: {...text, meaning: 'software that ran it'},
  op: {
    ...text,
    isRequired: true,
    meaning: 'class of a kernel (gemm, attention_decode, allreduce, …) or a whole pass (forward_prefill, train_step, …)',
  },
  dtype: {holds: 'dtype', unit: '', meaning: 'number format of the operands'},
  m: {...count, meaning: 'rows of the output; of moe, tokens'},
  n: {...count, meaning: 'columns of the output; of moe, width of an expert'},
  k: {...count, meaning: 'length that a product sums over; of moe, hidden width'},
  batch: {...count, meaning: 'independent products, or sequences'},
  heads: {...count, meaning: 'query heads of attention'},
  kv_heads: {...count, meaning: 'key and value heads of attention'},
  head_dim: {...count, meaning: 'width of one head'},
  seq_q: {...count, meaning: 'query tokens of each sequence'},
  seq_kv: {...count, meaning: 'tokens of each sequence that are attended to'},
  window: {holds: 'countOrZero', unit: '', meaning: 'sliding window in tokens; 0 is full attention'},
  bytes: {holds: 'count', unit: 'B', meaning: 'buffer of a collective'},
  ranks: {...count, meaning: 'devices that take part'},
  latency_us: {holds: 'microseconds', unit: 'us', isRequired: true, meaning: 'time of one run'},
  power_w: {holds: 'watts', unit: 'W', meaning: 'power of one device, averaged over the run'},
  energy_j: {holds: 'joules', unit: 'J', meaning: 'energy of one device over the run'},
  clock_mhz: {holds: 'megahertz', unit: 'MHz', meaning: 'core clock'},
  power_limit_w: {holds: 'watts', unit: 'W', meaning: 'power limit that was set'},
  model: {...text, meaning: 'model of a whole pass, by name'},
  kernel: {...text, meaning: 'kernel that ran, by the name its profiler gave'},
  notes: {
    ...text,
    meaning:
      'key=value pairs and bare tags, joined by semicolons: copies=6 operand sets used in turn, launch=graph (device time; the default), queued or alone (with the host’s launch), replays=40 runs in all',
  },
} as const satisfies Record<string, TraceColumn>

type ColumnName = keyof typeof kernelTraceColumns
type NumberName = {
  [Name in ColumnName]: (typeof kernelTraceColumns)[Name]['holds'] extends keyof typeof numberColumns ? Name : never
}[ColumnName]

export const kernelTraceColumnEntries: readonly (readonly [name: string, column: TraceColumn])[] = Object.entries(kernelTraceColumns)

export const kernelTrace: TraceFormat = {
  requiredColumns: kernelTraceColumnEntries.filter(([, {isRequired}]) => isRequired).map(([name]) => name),
  holds: 'measured kernels and passes of models, one a row',
  use: 'validate a cost model on it: ridge validate --trace <this file>',
}

/** The row that the open record states. */
export function kernelTraceRow(cells: CellReader, file: string, line: number, notes: TraceNotes): TraceRow {
  const text = (name: ColumnName): string => cells.text(name)
  const number = (name: NumberName): number | undefined => cells.number(name, numberColumns[kernelTraceColumns[name].holds])
  return {
    file,
    line,
    device: cells.requiredText('device'),
    source: text('source'),
    framework: text('framework'),
    op: cells.requiredText('op'),
    dtype: cells.dtype('dtype'),
    m: number('m'),
    n: number('n'),
    k: number('k'),
    batch: number('batch'),
    heads: number('heads'),
    kvHeads: number('kv_heads'),
    headDim: number('head_dim'),
    seqQ: number('seq_q'),
    seqKv: number('seq_kv'),
    window: number('window'),
    bytes: number('bytes'),
    ranks: number('ranks'),
    latencySeconds: cells.requiredNumber('latency_us', numberColumns[kernelTraceColumns.latency_us.holds]),
    powerWatts: number('power_w'),
    energyJoules: number('energy_j'),
    clockHertz: number('clock_mhz'),
    powerLimitWatts: number('power_limit_w'),
    model: text('model'),
    kernel: text('kernel'),
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
