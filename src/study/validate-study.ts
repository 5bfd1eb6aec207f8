import type {Accelerator} from '../accelerator/accelerator.js'
import type {FidelityName} from '../cost/fidelity.js'
import {isMeteredPass} from '../validate/pass-errors.js'
import {type SweptWorkload, workloadOf} from '../validate/sweeps.js'
import {type Validation, validate} from '../validate/validate.js'
import type {Workload} from '../workload/operator.js'
import {type MeasuredKernel, type RowColumns, rowMatches} from './measured-kernel.js'

/** One predicted row beside its measurement, for figures. */
export interface MeasuredPoint {
  readonly device: string
  readonly operatorClass: string
  readonly dtype: string
  readonly measuredSeconds: number
  readonly predictedSeconds: number
  readonly measuredJoules: number | undefined
  readonly predictedJoules: number
  readonly measuredWatts: number | undefined
  readonly predictedWatts: number
}

/** A measured pass with power, as its workload is predicted at every clock. */
export interface MeasuredPass {
  readonly accelerator: Accelerator
  readonly workload: Workload
  readonly fidelity: FidelityName
}

/** What a study's measurements give to its report. */
export interface StudyValidation {
  readonly result: Validation
  readonly measured: readonly MeasuredPoint[]
  /** The predicted kernels that the study names by their rows. */
  readonly kernels: readonly MeasuredKernel[]
  /** The pass that was measured as a workload. */
  readonly passOf: (workload: SweptWorkload) => MeasuredPass | undefined
}

export interface ValidateStudyOptions {
  readonly fidelity?: string | undefined
  /** Rows of which figures draw more than a point. */
  readonly namedRows?: readonly RowColumns[]
  readonly signal?: AbortSignal | undefined
}

/** Validates a study's traces, and keeps what its figures draw. */
export async function validateStudy(traces: readonly string[], options: ValidateStudyOptions = {}): Promise<StudyValidation> {
  const {fidelity, namedRows = [], signal} = options
  const measured: MeasuredPoint[] = []
  const kernels: MeasuredKernel[] = []
  const passes = new Map<string, MeasuredPass>()
  const result = await validate({
    traces,
    fidelity,
    ...(signal === undefined ? {} : {signal}),
    onRow: (row, prediction) => {
      if (prediction.kind === 'skipped') return
      const {request} = prediction
      if (request.kind === 'operator' && namedRows.some((columns) => rowMatches(row, columns))) kernels.push({row, request})
      if (request.kind === 'pass' && isMeteredPass(row)) {
        const key = JSON.stringify(workloadOf(row))
        if (!passes.has(key))
          passes.set(key, {accelerator: prediction.accelerator, workload: prediction.workload, fidelity: prediction.fidelity})
      }
      measured.push({
        device: row.device,
        operatorClass: row.op,
        dtype: row.dtype ?? 'unstated',
        measuredSeconds: row.latencySeconds,
        predictedSeconds: prediction.latencySeconds,
        measuredJoules: row.energyJoules,
        predictedJoules: prediction.energyJoules,
        measuredWatts: row.powerWatts,
        predictedWatts: prediction.averageWatts,
      })
    },
  })
  return {result, measured, kernels, passOf: (workload) => passes.get(JSON.stringify(workload))}
}
