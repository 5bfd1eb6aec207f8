import {metricNamed, metricWords, usualGoal} from '../cost/metrics.js'
import {unknownName} from '../foundation/nearest-name.js'
import {metricObjective, type Objective} from '../sweep/objective.js'
import type {Study} from '../sweep/study.js'

/** The metric that a person names, to be made small. */
export function namedMetric(written: string): Objective {
  return namedObjective({objectives: []}, written)
}

/** The objective that a person names: as the study has it, else a metric with its usual goal; large where a minus stands before it. */
export function namedObjective({objectives}: Pick<Study, 'objectives'>, written: string): Objective {
  const word = written.replace(/^-/, '')
  const metric = metricNamed(word)
  const own = objectives.find(({name}) => name === (metric ?? word))
  const isLarge = written.startsWith('-')
  if (own !== undefined) return isLarge ? {...own, goal: 'max'} : own
  if (metric === undefined) throw unknownName('metric', word, resultWords({objectives}))
  return metricObjective(metric, isLarge ? 'max' : usualGoal(metric))
}

/** Every word that names a result of a study: its own objectives, and metrics. */
export function resultWords({objectives}: Pick<Study, 'objectives'>): readonly string[] {
  return [...new Set([...objectives.map(({name}) => name), ...metricWords])]
}
