import type {Dtype} from '../foundation/dtype.js'
import type {Step} from '../workload/operators/table.js'
import type {SkippedRow} from './trace-request.js'
import {skipped} from './trace-request.js'
import type {TraceRow} from './trace-row.js'
import {noteNumber} from './trace-row.js'

interface MoeShape {
  readonly tokens: number
  readonly intermediate: number
  readonly hidden: number
  readonly dtype: Dtype
}

/**
 * Mixtures whose experts have no gate but a squared ReLU: Nemotron 3 Nano and Ultra (model type `nemotron_h`).
 * Rows name no model, so the shape has to tell; counted with a gate, these rows would beat the memory's bandwidth by half.
 */
const ungatedMixtures = [
  {hidden: 2688, intermediate: 1856, experts: 128, topK: 6},
  {hidden: 2048, intermediate: 5120, experts: 512, topK: 22},
] as const

type MixtureShape = Readonly<Record<keyof (typeof ungatedMixtures)[number], number>>

function isUngated({hidden, intermediate, experts, topK}: MixtureShape): boolean {
  return ungatedMixtures.some(
    (known) => known.hidden === hidden && known.intermediate === intermediate && known.experts === experts && known.topK === topK,
  )
}

/** The step of a mixture-of-experts row. Widths before tensor parallelism; a rank holds experts / ep of the experts, and n / tp of each. */
export function moeStep(shape: MoeShape, {notes}: TraceRow): Step | SkippedRow {
  const topK = noteNumber(notes, 'topk')
  const experts = noteNumber(notes, 'experts')
  if (topK === undefined || experts === undefined) return skipped(`moe row without ${topK === undefined ? 'topk' : 'experts'} in notes`)
  const load = expertLoadOf(notes.values.get('dist') ?? 'balanced')
  if (load === undefined) return skipped('moe row with an unknown distribution of tokens over experts')
  const parallel = {tensorParallel: noteNumber(notes, 'tp') ?? 1, expertParallel: noteNumber(notes, 'ep') ?? 1}
  const activation = isUngated({...shape, topK, experts}) ? 'squared-relu' : 'swiglu'
  return {kind: 'moe', options: {...shape, topK, experts, activation, ...parallel, ...load}}
}

function expertLoadOf(written: string): {distribution: 'balanced'} | {distribution: 'power_law'; exponent: number} | undefined {
  if (written === 'balanced') return {distribution: 'balanced'}
  const exponent = Number(/^power_law_(\d+(?:\.\d+)?)$/.exec(written)?.[1] ?? Number.NaN)
  return Number.isNaN(exponent) ? undefined : {distribution: 'power_law', exponent}
}
