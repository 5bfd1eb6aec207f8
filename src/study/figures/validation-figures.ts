import type {UserError} from '../../foundation/user-error.js'
import type {ClassError, ErrorByClassInput} from '../../report/charts/error-by-class.js'
import type {PredictedMeasuredInput} from '../../report/charts/predicted-measured.js'
import {errorMetrics} from '../../validate/metrics.js'
import type {GroupErrors} from '../../validate/validate.js'
import type {MeasuredPoint, StudyValidation} from '../validate-study.js'
import {type FigureBuilder, type FigureRequest, namedAccelerators, needed, oneOf} from './figure-context.js'
import {regimeText} from './regime-text.js'

/** Predictions against measurements, a mark a row, in a panel for each device or for each operator class. */
export const predictedMeasuredFigure: FigureBuilder<PredictedMeasuredInput> = (request) => {
  const panels = oneOf(request, 'by', request.spec.by ?? 'device', ['device', 'class'])
  const measured = ofNamedDevices(request, validationOf(request).measured)
  const tags = ({device, operatorClass, dtype}: MeasuredPoint) => ({device, operatorClass, dtype})
  switch (needed(request, 'quantity')) {
    case 'latency':
      return {
        quantity: 'latency',
        panels,
        points: measured.map((point) => ({
          ...tags(point),
          measuredSeconds: point.measuredSeconds,
          predictedSeconds: point.predictedSeconds,
        })),
      }
    case 'energy':
      return {
        quantity: 'energy',
        panels,
        points: measured.flatMap((point) =>
          point.measuredJoules === undefined
            ? []
            : [{...tags(point), measuredJoules: point.measuredJoules, predictedJoules: point.predictedJoules}],
        ),
      }
    case 'power':
      return {
        quantity: 'power',
        panels,
        points: measured.flatMap((point) =>
          point.measuredWatts === undefined
            ? []
            : [{...tags(point), measuredWatts: point.measuredWatts, predictedWatts: point.predictedWatts}],
        ),
      }
  }
}

/** Mean, 90th percentile and bias of the error, by device and operator class or by regime. */
export const errorByClassFigure: FigureBuilder<ErrorByClassInput> = (request) => {
  const by = oneOf(request, 'by', request.spec.by ?? 'class', ['class', 'regime'])
  const {measured, result} = validationOf(request)
  const groups = by === 'class' ? classErrors(ofNamedDevices(request, measured)) : regimeErrors(ofNamedDevices(request, result.groups))
  return {quantity: 'Latency', groups}
}

function classErrors(measured: readonly MeasuredPoint[]): ClassError[] {
  const groups = new Map<string, MeasuredPoint[]>()
  for (const point of measured) {
    const key = `${point.device}\u0000${point.operatorClass}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [point])
    else known.push(point)
  }
  return [...groups.values()].map((points) => {
    const {mape, p90, bias, rowCount} = errorMetrics(
      Float64Array.from(points, (point) => point.predictedSeconds),
      Float64Array.from(points, (point) => point.measuredSeconds),
      points.length,
    )!
    const {device, operatorClass} = points[0]!
    return {device, operatorClass, rowCount, mapeRatio: mape, p90Ratio: p90, biasRatio: bias}
  })
}

/** Formats stand apart, since each has its own fit; the class with the most rows comes first. */
function regimeErrors(groups: readonly GroupErrors[]): ClassError[] {
  const rowCounts = new Map<string, number>()
  for (const {op, dtype, rowCount} of groups) rowCounts.set(`${op} ${dtype}`, (rowCounts.get(`${op} ${dtype}`) ?? 0) + rowCount)
  const errors = groups.flatMap(({device, op, dtype, regime, rowCount, latency}) => {
    if (latency === null) return []
    const {mape: mapeRatio, p90: p90Ratio, bias: biasRatio} = latency
    return [{device, operatorClass: `${op} ${dtype}`, regime: regimeText(regime), rowCount, mapeRatio, p90Ratio, biasRatio}]
  })
  return errors.sort((a, b) => rowCounts.get(b.operatorClass)! - rowCounts.get(a.operatorClass)!)
}

/** What was measured on the accelerators that a figure names, or all of it. */
function ofNamedDevices<Measured extends {readonly device: string}>(request: FigureRequest, all: readonly Measured[]): readonly Measured[] {
  const {spec, context, pointer} = request
  if (spec.accelerators === undefined) return all
  const names = namedAccelerators(request).map(({accelerator}) => accelerator.name)
  const found = all.filter(({device}) => names.includes(device))
  if (found.length > 0) return found
  throw context.study.source.error(
    `${pointer}/accelerators`,
    `no row of ${names.join(', ')} was measured and predicted`,
    [`measured: ${[...new Set(all.map(({device}) => device))].join(', ')}`],
    'UNKNOWN_NAME',
  )
}

/** The study's measurements; refuses a figure that needs some where there are none. */
export function validationOf(request: FigureRequest): StudyValidation {
  if (request.context.validation !== undefined) return request.context.validation
  throw withoutMeasurements(request)
}

/** The error of a figure that needs measurements in a study that names none. */
export function withoutMeasurements({context, spec, pointer}: FigureRequest): UserError {
  return context.study.source.error(
    pointer,
    `a ${spec.chart} needs measurements`,
    ['add `validate: {traces: [file.csv]}` to the study'],
    'FIGURE_INCOMPLETE',
  )
}
