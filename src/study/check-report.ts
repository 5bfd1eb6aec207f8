import {existsSync} from 'node:fs'
import {chartKindNames} from '../report/charts/table.js'
import type {Study} from '../sweep/study.js'
import {cellAxisNames} from './figures/cell-axes.js'
import {drawnColour, drawnResult} from './figures/drawn-result.js'
import {type FigureRequest, namedAccelerators, namedWorkloads, needed, oneOf} from './figures/figure-context.js'
import {figureKinds} from './figures/table.js'
import {withoutMeasurements} from './figures/validation-figures.js'
import {waterfallWorkloads} from './figures/waterfall-figure.js'
import {reportSpec} from './report-spec.js'

/** Refuses a study whose report can't be drawn before its sweep is computed: figures, what they name, and files of measurements. */
export function checkReport(study: Study): void {
  const {figures, traces} = reportSpec(study)
  for (const [index, trace] of traces.entries()) {
    if (existsSync(trace)) continue
    const hints = ['check the path: it is seen from the folder of the study']
    throw study.source.error(`/validate/traces/${index}`, `${trace}: there is no such file`, hints, 'FILE_UNREADABLE')
  }
  for (const [index, spec] of figures.entries()) {
    const request = {spec, pointer: `/report/figures/${index}`, context: {study, points: [], validation: undefined}}
    checkFigure(request, traces.length > 0)
  }
}

function checkFigure(request: FigureRequest, isMeasured: boolean): void {
  const {spec} = request
  const kind = oneOf(request, 'chart', spec.chart, chartKindNames)
  const {draws, needs} = figureKinds[kind]
  for (const field of needs) needed(request, field)
  if (kind === 'limits') cellAxisNames(request)
  else for (const field of ['x', 'y'] as const) if (spec[field] !== undefined) drawnResult(request, field)
  if (spec.colour !== undefined) drawnColour(request)
  if (spec.accelerators !== undefined) namedAccelerators(request)
  const needsMeasured = draws === 'measurements' || spec.measured !== undefined
  if (needsMeasured && !isMeasured) throw withoutMeasurements(request)
  if (kind === 'waterfall' && spec.measured === undefined) waterfallWorkloads(request)
  else if (spec.workloads !== undefined && draws !== 'points') namedWorkloads(request)
}
