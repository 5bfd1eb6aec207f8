import type {WorkloadPoints} from '../study-points.js'
import {type FigureRequest, namedModel, needed, oneOf} from './figure-context.js'

/** The points of each workload of the study that agrees with all that the figure says of one. */
export function namedPoints(request: FigureRequest): WorkloadPoints[] {
  return needed(request, 'workloads').map((_, index) => pointsOf(request, index))
}

function pointsOf(request: FigureRequest, workloadIndex: number): WorkloadPoints {
  const {study, points} = request.context
  const passes = [...new Map(study.spaces.map(({model, pass}) => [JSON.stringify([model.name, pass]), pass])).values()]
  const {model, phase = 'prefill', ...settings}: Readonly<Record<string, unknown>> = needed(request, 'workloads')[workloadIndex]!
  const labels = points.map((each) => `${each.workload} ${each.phase}`)
  const isKnown = points.some(({workload}) => workload === model)
  const name = isKnown ? model : namedModel(request, workloadIndex, String(model)).name
  const label = oneOf(request, 'workloads', `${name} ${phase}`, labels)
  const agrees = (pass: object): boolean =>
    Object.entries(settings).every(([name, value]) => String((pass as Readonly<Record<string, unknown>>)[name]) === String(value))
  const index = labels.findIndex((each, place) => each === label && agrees(passes[place]!))
  if (index >= 0) return points[index]!
  const known = passes.filter((_, place) => labels[place] === label).map((pass) => JSON.stringify(pass))
  throw study.source.error(
    `${request.pointer}/workloads/${workloadIndex}`,
    `the study has no ${label} with these settings`,
    [`write them as the study does: ${known.join(' or ')}`],
    'UNKNOWN_NAME',
  )
}
