import {type Metric, metricNamed, metricWords} from '../cost/metrics.js'
import {unknownName} from '../foundation/nearest-name.js'
import type {Objective, Study} from '../sweep/study.js'

/** The metric that a person names. */
export function namedMetric(written: string): Metric {
  const metric = metricNamed(written)
  if (metric === undefined) throw unknownName('metric', written, metricWords)
  return metric
}

/** The objective that a person names: as the study has it, else to be made small, or large where a minus stands before it. */
export function namedObjective({objectives}: Study, written: string): Objective {
  const metric = namedMetric(written.replace(/^-/, ''))
  return objectives.find((each) => each.metric === metric) ?? {metric, goal: written.startsWith('-') ? 'max' : 'min'}
}
