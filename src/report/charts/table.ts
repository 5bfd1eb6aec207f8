import {area} from './area.js'
import {breakdown} from './breakdown.js'
import type {ChartKind} from './chart.js'
import {clockPlan} from './clock-plan.js'
import {dvfs} from './dvfs.js'
import {errorByClass} from './error-by-class.js'
import {frontiers} from './frontiers.js'
import {limits} from './limits.js'
import {measuredSweep} from './measured-sweep.js'
import {parallel} from './parallel.js'
import {pareto} from './pareto.js'
import {predictedMeasured} from './predicted-measured.js'
import {roofline} from './roofline.js'
import {sensitivity} from './sensitivity.js'
import {tornado} from './tornado.js'
import {waterfall} from './waterfall.js'

/** Every kind of chart; a new one is a file and a line here. */
export const chartKinds = {
  roofline,
  breakdown,
  pareto,
  parallel,
  area,
  limits,
  sensitivity,
  dvfs,
  'clock-plan': clockPlan,
  frontiers,
  'predicted-measured': predictedMeasured,
  'error-by-class': errorByClass,
  'measured-sweep': measuredSweep,
  waterfall,
  tornado,
} as const satisfies Record<string, ChartKind<never>>

export type ChartKindName = keyof typeof chartKinds

export const chartKindNames = Object.keys(chartKinds) as readonly ChartKindName[]

/** What a chart of this kind shows. */
export type ChartInput<Kind extends ChartKindName> = Parameters<(typeof chartKinds)[Kind]['spec']>[0]
