import type {Dtype} from '../foundation/dtype.js'

/** The last column of a row: `key=value` pairs, and bare words or sentences as tags, in their order. */
export interface TraceNotes {
  readonly tags: readonly string[]
  readonly values: ReadonlyMap<string, string>
}

/** One measurement, in SI units; what the row leaves empty is undefined. */
export interface TraceRow {
  readonly file: string
  readonly line: number
  readonly device: string
  readonly source: string
  readonly framework: string
  /** A kernel's class (`gemm`, …) or a whole pass (`serve`, `train_step`, `forward_…`). */
  readonly op: string
  readonly dtype: Dtype | undefined
  readonly m: number | undefined
  readonly n: number | undefined
  readonly k: number | undefined
  readonly batch: number | undefined
  readonly heads: number | undefined
  readonly kvHeads: number | undefined
  readonly headDim: number | undefined
  readonly seqQ: number | undefined
  readonly seqKv: number | undefined
  /** Sliding window in tokens; 0 is full attention. */
  readonly window: number | undefined
  readonly bytes: number | undefined
  readonly ranks: number | undefined
  readonly latencySeconds: number
  /** Of one device, averaged over the run. */
  readonly powerWatts: number | undefined
  readonly energyJoules: number | undefined
  readonly clockHertz: number | undefined
  readonly powerLimitWatts: number | undefined
  readonly model: string
  readonly kernel: string
  readonly notes: TraceNotes
}

/** Splits a notes cell at its semicolons: `copies=6` is a value, `causal` a tag. */
export function parseNotes(text: string): TraceNotes {
  const tags: string[] = []
  const values = new Map<string, string>()
  for (const part of text.split(';').map((word) => word.trim())) {
    const equals = part.indexOf('=')
    if (equals > 0) values.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim())
    else if (part !== '') tags.push(part)
  }
  return {tags, values}
}

/** A number that the notes give as `key=value`, or undefined when they do not. */
export function noteNumber(notes: TraceNotes, key: string): number | undefined {
  const text = notes.values.get(key)
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}
