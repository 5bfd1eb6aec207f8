import {nearestName} from '../../foundation/nearest-name.js'
import type {Objective} from '../../sweep/objective.js'
import {workloadNames} from '../joint-designs.js'
import {namedObjective, resultWords} from '../named-objective.js'
import {studyAxes} from '../run-sweep.js'
import {type FigureRequest, needed, oneOf} from './figure-context.js'
import {swept} from './named-points.js'

/** A result that a figure draws, and of which of its workloads. */
export interface DrawnResult {
  readonly kind: 'result'
  readonly objective: Objective
  /** Undefined where the figure has one workload, or does not say of which. */
  readonly workloadIndex: number | undefined
}

/** What designs differ in: an axis of the study, or the accelerator. */
export interface DrawnAxis {
  readonly kind: 'axis'
  readonly name: string
  readonly unit: string
}

/** The result that a field of a figure names: "latency", or "decode latency" where the figure has several workloads. */
export function drawnResult(request: FigureRequest, field: 'x' | 'y'): DrawnResult {
  return resultNamed(request, oneOf(request, field, needed(request, field), knownResults(request)))
}

/** What colours a figure: an axis of the study, or a result; an axis where both have one name. */
export function drawnColour(request: FigureRequest): DrawnResult | DrawnAxis {
  const {study} = request.context
  const written = needed(request, 'colour')
  const axes = [{name: 'accelerator', unit: ''}, ...studyAxes(study)]
  const axis = axes.find(({name}) => name === written)
  if (axis !== undefined) return {kind: 'axis', ...axis}
  const results = knownResults(request)
  if (results.includes(written)) return resultNamed(request, written)
  const names = axes.map(({name}) => name)
  const nearest = nearestName(written, [...names, ...results])
  throw study.source.error(
    `${request.pointer}/colour`,
    `"${written}" is neither a result nor an axis here`,
    [
      ...(nearest === undefined ? [] : [`did you mean ${nearest}`]),
      `axes: ${names.join(', ')}`,
      `results: ${results.filter((name) => !names.includes(name)).join(', ')}`,
    ],
    'UNKNOWN_NAME',
  )
}

function knownResults(request: FigureRequest): string[] {
  const words = resultWords(request.context.study)
  return [...words, ...workloadLabels(request).flatMap((label) => words.map((word) => `${label} ${word}`))]
}

function resultNamed(request: FigureRequest, name: string): DrawnResult {
  const {study} = request.context
  const labels = workloadLabels(request)
  const index = labels.findIndex((label) => name.startsWith(`${label} `))
  if (index < 0) return {kind: 'result', objective: namedObjective(study, name), workloadIndex: undefined}
  return {kind: 'result', objective: namedObjective(study, name.slice(labels[index]!.length + 1)), workloadIndex: index}
}

/** What tells the workloads of a figure apart; nothing where it has one. */
function workloadLabels(request: FigureRequest): string[] {
  const {workloads = []} = request.spec
  return workloads.length < 2 ? [] : workloadNames(swept(request).map(({name}) => name))
}
