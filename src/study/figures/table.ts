import {type ChartInput, type ChartKindName, chartKindNames} from '../../report/charts/table.js'
import type {Figure} from '../../report/report.js'
import type {FigureSpec} from '../report-spec.js'
import {fidelitiesOf, fidelityText} from '../used-fidelity.js'
import {areaFigure} from './area-figure.js'
import {breakdownFigure} from './breakdown-figure.js'
import {clockPlanFigure} from './clock-plan-figure.js'
import {dvfsFigure} from './dvfs-figure.js'
import {type FigureBuilder, type FigureRequest, namedAccelerators, oneOf} from './figure-context.js'
import {frontiersFigure} from './frontiers-figure.js'
import {limitsFigure} from './limits-figure.js'
import {measuredSweepFigure} from './measured-sweep-figure.js'
import {parallelFigure} from './parallel-figure.js'
import {paretoFigure} from './pareto-figure.js'
import {rooflineFigure} from './roofline-figure.js'
import {sensitivityFigure} from './sensitivity-figure.js'
import {tornadoFigure} from './tornado-figure.js'
import {errorByClassFigure, predictedMeasuredFigure} from './validation-figures.js'
import {waterfallFigure} from './waterfall-figure.js'

interface FigureKind<Kind extends ChartKindName> {
  /** The part of the report that it stands in. */
  readonly part: ReportPart
  /** What it draws: swept points, passes that are evaluated for it, or measurements and their predictions. */
  readonly draws: 'points' | 'passes' | 'measurements'
  /** Fields that it can't do without. */
  readonly needs: readonly (keyof FigureSpec)[]
  readonly build: FigureBuilder<ChartInput<Kind>>
}

/** How the input of each chart is made from a study. */
export const figureKinds: {readonly [Kind in ChartKindName]: FigureKind<Kind>} = {
  pareto: {part: 'front', draws: 'points', needs: ['workloads', 'x', 'y'], build: paretoFigure},
  parallel: {part: 'front', draws: 'points', needs: ['workloads'], build: parallelFigure},
  area: {part: 'causes', draws: 'points', needs: ['workloads'], build: areaFigure},
  limits: {part: 'causes', draws: 'points', needs: ['workloads', 'x', 'y'], build: limitsFigure},
  sensitivity: {part: 'causes', draws: 'points', needs: ['workloads'], build: sensitivityFigure},
  roofline: {part: 'causes', draws: 'passes', needs: ['accelerators', 'workloads'], build: rooflineFigure},
  breakdown: {part: 'causes', draws: 'passes', needs: ['accelerators', 'workloads'], build: breakdownFigure},
  'clock-plan': {part: 'causes', draws: 'passes', needs: ['accelerators', 'workloads'], build: clockPlanFigure},
  frontiers: {part: 'causes', draws: 'passes', needs: ['accelerators', 'workloads'], build: frontiersFigure},
  dvfs: {part: 'causes', draws: 'passes', needs: ['accelerators', 'workloads'], build: dvfsFigure},
  'predicted-measured': {part: 'trust', draws: 'measurements', needs: ['quantity'], build: predictedMeasuredFigure},
  'error-by-class': {part: 'trust', draws: 'measurements', needs: [], build: errorByClassFigure},
  tornado: {part: 'causes', draws: 'passes', needs: ['accelerators', 'workloads'], build: tornadoFigure},
  'measured-sweep': {part: 'trust', draws: 'measurements', needs: ['quantity'], build: measuredSweepFigure},
  waterfall: {part: 'causes', draws: 'passes', needs: ['accelerators'], build: waterfallFigure},
}

export type ReportPart = 'front' | 'causes' | 'trust'

/** A figure that a study asks for, and where in the report it stands. */
export function buildFigure(request: FigureRequest): {part: ReportPart; figure: Figure} {
  const {spec} = request
  const kind = oneOf(request, 'chart', spec.chart, chartKindNames)
  const {part, build} = figureKinds[kind]
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
  const {draws} = figureKinds[kind]
  if (draws === 'measurements') return validation!.result.fidelity
  if (draws === 'points') return fidelityText(fidelitiesOf(study.spaces))
  const drawn = namedAccelerators(request).map(({label, fidelity}) => ({accelerator: label, fidelity}))
  return fidelityText(kind === 'roofline' ? drawn.slice(0, 1) : drawn, 'listed')
}
