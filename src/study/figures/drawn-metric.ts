import {type Metric, metricNamed, metricWords} from '../../cost/metrics.js'
import {workloadNames} from '../joint-designs.js'
import {type FigureRequest, needed, oneOf} from './figure-context.js'
import {swept} from './named-points.js'

/** A result that a figure draws, and of which of its workloads. */
export interface DrawnMetric {
  readonly metric: Metric
  /** Undefined where the figure has one workload, or does not say of which. */
  readonly workloadIndex: number | undefined
}

/** The result that a field of a figure names: "latency", or "decode latency" where the figure has several workloads. */
export function drawnMetric(request: FigureRequest, field: 'x' | 'y' | 'colour'): DrawnMetric {
  const written = needed(request, field)
  const labels = request.spec.workloads === undefined || request.spec.workloads.length < 2 ? [] : workloadLabels(request)
  const words = [...metricWords, ...labels.flatMap((label) => metricWords.map((word) => `${label} ${word}`))]
  const known = oneOf(request, field, written, words)
  const workloadIndex = labels.findIndex((label) => known.startsWith(`${label} `))
  const metric = metricNamed(workloadIndex < 0 ? known : known.slice(labels[workloadIndex]!.length + 1))!
  return {metric, workloadIndex: workloadIndex < 0 ? undefined : workloadIndex}
}

function workloadLabels(request: FigureRequest): string[] {
  return workloadNames(
    swept(request).map(({spaces: [space]}) => ({workload: space!.model.name, phase: String(space!.pass.phase ?? 'prefill')})),
  )
}
