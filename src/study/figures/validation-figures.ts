import type {ErrorByClassInput} from '../../report/charts/error-by-class.js'
import type {PredictedMeasuredInput} from '../../report/charts/predicted-measured.js'
import {errorMetrics} from '../../validate/metrics.js'
import type {MeasuredPoint} from '../validate-study.js'
import {type FigureBuilder, type FigureRequest, needed} from './figure-context.js'

/** Predictions against measurements, a mark a row. */
export const predictedMeasuredFigure: FigureBuilder<PredictedMeasuredInput> = (request) => {
  const measured = measuredPoints(request)
  const tags = ({device, operatorClass}: MeasuredPoint) => ({device, operatorClass})
  switch (needed(request, 'quantity')) {
    case 'latency':
      return {
        quantity: 'latency',
        points: measured.map((point) => ({
          ...tags(point),
          measuredSeconds: point.measuredSeconds,
          predictedSeconds: point.predictedSeconds,
        })),
      }
    case 'energy':
      return {
        quantity: 'energy',
        points: measured.flatMap((point) =>
          point.measuredJoules === undefined
            ? []
            : [{...tags(point), measuredJoules: point.measuredJoules, predictedJoules: point.predictedJoules}],
        ),
      }
    case 'power':
      return {
        quantity: 'power',
        points: measured.flatMap((point) =>
          point.measuredWatts === undefined
            ? []
            : [{...tags(point), measuredWatts: point.measuredWatts, predictedWatts: point.predictedWatts}],
        ),
      }
  }
}

/** Mean and 90th percentile of the error by device and operator class. */
export const errorByClassFigure: FigureBuilder<ErrorByClassInput> = (request) => {
  const groups = new Map<string, MeasuredPoint[]>()
  for (const point of measuredPoints(request)) {
    const key = `${point.device}\u0000${point.operatorClass}`
    groups.set(key, [...(groups.get(key) ?? []), point])
  }
  return {
    quantity: 'Latency',
    groups: [...groups.values()].map((points) => {
      const {mape, p90, rowCount} = errorMetrics(
        Float64Array.from(points, (point) => point.predictedSeconds),
        Float64Array.from(points, (point) => point.measuredSeconds),
        points.length,
      )!
      return {device: points[0]!.device, operatorClass: points[0]!.operatorClass, rowCount, mapeRatio: mape, p90Ratio: p90}
    }),
  }
}

function measuredPoints({context, spec, pointer}: FigureRequest): readonly MeasuredPoint[] {
  if (context.validation !== undefined) return context.validation.measured
  throw context.study.source.error(
    pointer,
    `a ${spec.chart} needs measurements`,
    ['add `validate: {traces: [file.csv]}` to the study'],
    'FIGURE_INCOMPLETE',
  )
}
