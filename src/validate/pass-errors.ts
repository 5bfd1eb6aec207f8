import type {TraceRow} from '../trace/trace-row.js'
import {type MeanErrors, meanErrors} from './mean-errors.js'
import type {Prediction} from './predictor.js'
import {type MeteredPass, type PassBound, passBound} from './sweeps.js'

/** A measured pass, and what is predicted of it. */
export interface ScoredPass {
  readonly row: MeteredPass
  readonly prediction: Prediction
}

/** Errors over passes of one kind; a null `bound` or `dtype` is any. */
export interface PassErrors {
  readonly op: string
  readonly bound: PassBound | null
  readonly dtype: string | null
  readonly rowCount: number
  readonly predictedCount: number
  readonly errors: MeanErrors | null
}

/** A meter read what the row states: its energy and power, and the clock and limit that it ran under. */
export function isMeteredPass(row: TraceRow): row is MeteredPass {
  const {energyJoules, powerWatts, clockHertz, powerLimitWatts} = row
  return [energyJoules, powerWatts, clockHertz, powerLimitWatts].every((value) => value !== undefined)
}

/** Errors of passes by `op`, then of those by what bounds them, and by their format; an `op` with more rows comes first. */
export function passErrors(passes: readonly ScoredPass[]): PassErrors[] {
  const boundOf = passBound(passes.map(({row}) => row))
  const groups = new Map<string, {key: Pick<PassErrors, 'op' | 'bound' | 'dtype'>; passes: ScoredPass[]}>()
  const add = (key: Pick<PassErrors, 'op' | 'bound' | 'dtype'>, pass: ScoredPass): void => {
    const name = [key.op, key.bound, key.dtype].join('\n')
    const group = groups.get(name) ?? {key, passes: []}
    groups.set(name, group)
    group.passes.push(pass)
  }
  for (const pass of passes) {
    const {op, dtype = 'unstated'} = pass.row
    const bound = boundOf(pass.row)
    add({op, bound: null, dtype: null}, pass)
    add({op, bound, dtype: null}, pass)
    add({op, bound: null, dtype}, pass)
  }
  const opCount = (name: string): number => passes.filter(({row}) => row.op === name).length
  const orderOf = ({bound, dtype}: PassErrors): string => `${dtype ?? ''} ${bound ?? ''}`
  return [...groups.values()]
    .map(({key, passes: all}) => ({...key, ...errorsOf(all)}))
    .sort((a, b) => opCount(b.op) - opCount(a.op) || orderOf(a).localeCompare(orderOf(b)))
}

function errorsOf(passes: readonly ScoredPass[]): Omit<PassErrors, 'op' | 'bound' | 'dtype'> {
  const pairs = passes.flatMap(({row, prediction}) => (prediction.kind === 'predicted' ? [{measured: row, predicted: prediction}] : []))
  return {rowCount: passes.length, predictedCount: pairs.length, errors: meanErrors(pairs)}
}
