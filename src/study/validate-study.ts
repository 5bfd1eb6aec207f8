import {type Validation, validate} from '../validate/validate.js'

/** One predicted row beside its measurement, for figures. */
export interface MeasuredPoint {
  readonly device: string
  readonly operatorClass: string
  readonly measuredSeconds: number
  readonly predictedSeconds: number
  readonly measuredJoules: number | undefined
  readonly predictedJoules: number
  readonly measuredWatts: number | undefined
  readonly predictedWatts: number
}

/** Validates a study's traces, and keeps what its figures draw. */
export async function validateStudy(
  traces: readonly string[],
  fidelity: string | undefined,
  signal?: AbortSignal,
): Promise<{result: Validation; measured: MeasuredPoint[]}> {
  const measured: MeasuredPoint[] = []
  const result = await validate({
    traces,
    fidelity,
    ...(signal === undefined ? {} : {signal}),
    onRow: (row, prediction) => {
      if (prediction.kind === 'skipped') return
      measured.push({
        device: row.device,
        operatorClass: row.op,
        measuredSeconds: row.latencySeconds,
        predictedSeconds: prediction.latencySeconds,
        measuredJoules: row.energyJoules,
        predictedJoules: prediction.energyJoules,
        measuredWatts: row.powerWatts,
        predictedWatts: prediction.averageWatts,
      })
    },
  })
  return {result, measured}
}
