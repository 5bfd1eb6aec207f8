import type {Accelerator} from '../accelerator/accelerator.js'
import {UserError} from '../foundation/user-error.js'
import {type BandedEvaluation, type BandOptions, evaluateWithBands} from '../uncertainty/banded-evaluation.js'
import type {Workload} from '../workload/operator.js'

/** A machine that cannot run a pass as it is asked for. */
export interface Refusal {
  readonly accelerator: string
  readonly code: string
  readonly message: string
}

/** One pass on several machines. */
export interface Comparison {
  readonly evaluations: readonly BandedEvaluation[]
  readonly refused: readonly Refusal[]
}

/** What came of one machine. */
export type Outcome = BandedEvaluation | Refusal

/** Evaluates a pass on each machine; an error only where none can run it. */
export function compare(accelerators: readonly Accelerator[], workload: Workload, options: BandOptions): readonly Outcome[] {
  let firstError: UserError | undefined
  const outcomes = accelerators.map((accelerator): Outcome => {
    try {
      return evaluateWithBands(accelerator, workload, options)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      firstError ??= error
      return {accelerator: accelerator.name, code: error.code, message: error.message}
    }
  })
  if (firstError !== undefined && outcomes.every(isRefusal)) throw firstError
  return outcomes
}

/** The machine does not run the pass. */
export function isRefusal(outcome: Outcome): outcome is Refusal {
  return 'code' in outcome
}

/** Outcomes by what they are, each in the order of the machines. */
export function comparisonOf(outcomes: readonly Outcome[]): Comparison {
  return {evaluations: outcomes.filter((outcome): outcome is BandedEvaluation => !isRefusal(outcome)), refused: outcomes.filter(isRefusal)}
}
