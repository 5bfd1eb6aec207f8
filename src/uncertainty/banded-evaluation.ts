import type {Accelerator} from '../accelerator/accelerator.js'
import {type EvaluateOptions, type Evaluation, evaluate} from '../cost/evaluate.js'
import type {Workload} from '../workload/operator.js'
import {monteCarlo, type Uncertainty} from './monte-carlo.js'
import {areBandsDrawn, type SamplesAsked} from './over-settings.js'

/** An evaluation with the bands that the ranges of its machine's constants draw around it; null where none were asked for or can be. */
export interface BandedEvaluation extends Evaluation {
  readonly uncertainty: Uncertainty | null
}

export interface BandOptions extends EvaluateOptions {
  readonly samples?: SamplesAsked
}

/** Evaluates one pass, with bands. */
export function evaluateWithBands(accelerator: Accelerator, workload: Workload, {samples, ...options}: BandOptions = {}): BandedEvaluation {
  const evaluation = evaluate(accelerator, workload, options)
  if (!areBandsDrawn([accelerator], samples)) return {...evaluation, uncertainty: null}
  const {explain: _, ...at} = options
  const uncertainty = monteCarlo(accelerator, workload, {...at, sampleCount: samples})
  return {...evaluation, uncertainty}
}
