import type {Accelerator} from '../accelerator/accelerator.js'
import type {Palette} from '../cli/colour.js'
import {evidenceBehind} from '../cost/evidence.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {SearchBudget} from '../search/find-mapping.js'
import type {Aim} from '../search/objectives.js'
import {type BandedEvaluation, type BandOptions, evaluateWithBands} from '../uncertainty/banded-evaluation.js'
import {fusedWorkload} from '../workload/fused-workload.js'
import type {Workload} from '../workload/operator.js'
import {evaluationText} from './evaluation-view.js'
import {chosenMapping} from './mapping-flags.js'

/** What `map` was told of a pass. */
export interface MappedPassFlags {
  readonly clock?: number | undefined
  readonly 'memory-clock'?: number | undefined
  readonly 'power-limit'?: number | undefined
  readonly uncertainty?: BandOptions['samples']
  readonly strategy?: string | undefined
  readonly fusion?: string | undefined
  readonly budget?: SearchBudget | undefined
}

/** A pass with each of its products mapped, in the record and the words of `eval`; `aim` is undefined where none was asked for. */
export function mappedPass(
  accelerator: Accelerator,
  workload: Workload,
  flags: MappedPassFlags,
  aim: Aim | undefined,
  colours: Palette,
): {readonly evaluation: BandedEvaluation; readonly text: string} {
  const {strategy, fusion, budget} = flags
  if (budget?.seconds !== undefined)
    throw new UserError('the products of a pass are mapped within a number of mappings each, so that a pass always gives the same', {
      code: 'USAGE',
      suggestions: ['write it as in --budget 24000'],
      exitCode: exitCodes.usage,
    })
  const fused = fusedWorkload(workload, fusion)
  const evaluation = evaluateWithBands(accelerator, fused, {
    fidelity: 'mapped',
    clockHertz: flags.clock,
    memoryClockHertz: flags['memory-clock'],
    powerLimitWatts: flags['power-limit'],
    samples: flags.uncertainty,
    mapping: chosenMapping({
      strategy,
      fusion,
      objective: typeof aim === 'string' ? aim : aim?.join(','),
      'mapping-budget': budget?.evaluationCount,
    }),
  })
  return {evaluation, text: evaluationText(evaluation, accelerator, evidenceBehind(accelerator, fused, evaluation), colours)}
}
