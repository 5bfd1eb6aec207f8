import {type ChartInput, type ChartKindName, chartKindNames} from '../../report/charts/table.js'
import type {Figure} from '../../report/report.js'
import {fidelitiesOf, fidelityText} from '../used-fidelity.js'
import {breakdownFigure} from './breakdown-figure.js'
import {clockPlanFigure} from './clock-plan-figure.js'
import {dvfsFigure} from './dvfs-figure.js'
import {type FigureBuilder, type FigureRequest, namedAccelerators, oneOf} from './figure-context.js'
import {frontiersFigure} from './frontiers-figure.js'
import {measuredSweepFigure} from './measured-sweep-figure.js'
import {parallelFigure} from './parallel-figure.js'
import {paretoFigure} from './pareto-figure.js'
import {rooflineFigure} from './roofline-figure.js'
import {tornadoFigure} from './tornado-figure.js'
import {errorByClassFigure, predictedMeasuredFigure} from './validation-figures.js'
import {waterfallFigure} from './waterfall-figure.js'

/** How the input of each chart is made from a study, and the part of the report that it stands in. */
const builders: {readonly [Kind in ChartKindName]: {readonly part: ReportPart; readonly build: FigureBuilder<ChartInput<Kind>>}} = {
  pareto: {part: 'front', build: paretoFigure},
  parallel: {part: 'front', build: parallelFigure},
  roofline: {part: 'causes', build: rooflineFigure},
  breakdown: {part: 'causes', build: breakdownFigure},
  'clock-plan': {part: 'causes', build: clockPlanFigure},
  frontiers: {part: 'causes', build: frontiersFigure},
  dvfs: {part: 'causes', build: dvfsFigure},
  'predicted-measured': {part: 'trust', build: predictedMeasuredFigure},
  'error-by-class': {part: 'trust', build: errorByClassFigure},
  tornado: {part: 'causes', build: tornadoFigure},
  'measured-sweep': {part: 'trust', build: measuredSweepFigure},
  waterfall: {part: 'causes', build: waterfallFigure},
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
    kind,
    input: build(request),
    caption: [spec.caption, `Fidelity: ${figureFidelity(request, kind)}.`].filter(Boolean).join(' '),
    ...(spec.span === undefined ? {} : {span: spec.span}),
  }
  return {part, figure: figure as Figure}
}

/** The fidelity behind what a figure draws, and of accelerators which they are. */
function figureFidelity(request: FigureRequest, kind: ChartKindName): string {
  const {study, validation} = request.context
  if (builders[kind].part === 'trust') return validation!.result.fidelity
  if (builders[kind].part === 'front') return fidelityText(fidelitiesOf(study.spaces))
  const drawn = namedAccelerators(request).map(({label, fidelity}) => ({accelerator: label, fidelity}))
  return fidelityText(kind === 'roofline' ? drawn.slice(0, 1) : drawn, 'listed')
}
