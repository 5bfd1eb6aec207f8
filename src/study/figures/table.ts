import {type ChartInput, type ChartKindName, chartKindNames} from '../../report/charts/table.js'
import type {Figure} from '../../report/report.js'
import {breakdownFigure} from './breakdown-figure.js'
import {dvfsFigure} from './dvfs-figure.js'
import {type FigureBuilder, type FigureRequest, oneOf} from './figure-context.js'
import {paretoFigure} from './pareto-figure.js'
import {rooflineFigure} from './roofline-figure.js'
import {errorByClassFigure, predictedMeasuredFigure} from './validation-figures.js'

/** How the input of each chart is made from a study, and the part of the report that it stands in. */
const builders: {readonly [Kind in ChartKindName]: {readonly part: ReportPart; readonly build: FigureBuilder<ChartInput<Kind>>}} = {
  pareto: {part: 'front', build: paretoFigure},
  roofline: {part: 'causes', build: rooflineFigure},
  breakdown: {part: 'causes', build: breakdownFigure},
  dvfs: {part: 'causes', build: dvfsFigure},
  'predicted-measured': {part: 'trust', build: predictedMeasuredFigure},
  'error-by-class': {part: 'trust', build: errorByClassFigure},
}

export type ReportPart = 'front' | 'causes' | 'trust'

/** A figure that a study asks for, and where in the report it stands. */
export function buildFigure(request: FigureRequest): {part: ReportPart; figure: Figure} {
  const {spec} = request
  const kind = oneOf(request, 'chart', spec.chart, chartKindNames)
  const {part, build} = builders[kind]
  const figure = {
    name: spec.name,
    title: spec.title,
    caption: spec.caption ?? '',
    kind,
    input: build(request),
    ...(spec.span === undefined ? {} : {span: spec.span}),
  }
  return {part, figure: figure as Figure}
}
