import type {Objective} from '../../sweep/objective.js'
import {workloadNames} from '../joint-designs.js'
import {namedObjective, resultWords} from '../named-objective.js'
import {type FigureRequest, needed, oneOf} from './figure-context.js'
import {swept} from './named-points.js'

/** A result that a figure draws, and of which of its workloads. */
export interface DrawnResult {
  readonly objective: Objective
  /** Undefined where the figure has one workload, or does not say of which. */
  readonly workloadIndex: number | undefined
}

/** The result that a field of a figure names: "latency", or "decode latency" where the figure has several workloads. */
export function drawnResult(request: FigureRequest, field: 'x' | 'y' | 'colour'): DrawnResult {
  const {study} = request.context
  const written = needed(request, field)
  const labels = request.spec.workloads === undefined || request.spec.workloads.length < 2 ? [] : workloadLabels(request)
  const words = resultWords(study)
  const known = oneOf(request, field, written, [...words, ...labels.flatMap((label) => words.map((word) => `${label} ${word}`))])
  const workloadIndex = labels.findIndex((label) => known.startsWith(`${label} `))
  const objective = namedObjective(study, workloadIndex < 0 ? known : known.slice(labels[workloadIndex]!.length + 1))
  return {objective, workloadIndex: workloadIndex < 0 ? undefined : workloadIndex}
}

function workloadLabels(request: FigureRequest): string[] {
  return workloadNames(swept(request).map(({name}) => name))
}
