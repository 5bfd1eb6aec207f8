import {parseNotes, type TraceRow} from '../../src/trace/trace-row.js'
import type {MeteredPass} from '../../src/validate/sweeps.js'

const absent = {m: undefined, n: undefined, k: undefined, heads: undefined, kvHeads: undefined, headDim: undefined, seqKv: undefined}

/** A measured forward pass of BERT, 8 sequences of 128 tokens, at 900 MHz under 250 W, with what is given in place. */
export function madePass({
  notes = 'attention=eager',
  ...given
}: Partial<Omit<MeteredPass, 'notes' | 'powerWatts'>> & {notes?: string} = {}): MeteredPass {
  const row: TraceRow = {
    ...absent,
    window: undefined,
    bytes: undefined,
    ranks: undefined,
    file: 'made.csv',
    line: 2,
    device: 'a100-pcie-40gb',
    source: 'made',
    framework: 'pytorch eager',
    op: 'forward_prefill',
    dtype: 'bf16',
    batch: 8,
    seqQ: 128,
    latencySeconds: 1,
    powerWatts: undefined,
    energyJoules: 100,
    clockHertz: 900e6,
    powerLimitWatts: 250,
    model: 'bert:large',
    kernel: '',
    notes: parseNotes(notes),
  }
  const pass = {...row, energyJoules: 100, clockHertz: 900e6, powerLimitWatts: 250, ...given}
  return {...pass, powerWatts: pass.energyJoules / pass.latencySeconds}
}

/** A pass at each of these clocks. */
export function madeSweep(clocksMegahertz: readonly number[], at: (megahertz: number) => Parameters<typeof madePass>[0]): MeteredPass[] {
  return clocksMegahertz.map((megahertz) => madePass({clockHertz: megahertz * 1e6, ...at(megahertz)}))
}

/** Eleven clocks, 90 MHz apart. */
export const elevenClocks: readonly number[] = Array.from({length: 11}, (_, index) => 510 + 90 * index)
