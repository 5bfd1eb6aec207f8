import type {DesignSpace} from '../../sweep/design-space.js'
import type {WorkloadPoints} from '../study-points.js'
import {groupNames, settingsOf, type WorkloadGroup, type WorkloadName, workloadGroups} from '../workload-groups.js'
import {type FigureRequest, namedModel, needed, oneOf} from './figure-context.js'

/** A workload of the study that agrees with all that a figure says of it. */
export interface NamedWorkload {
  readonly name: WorkloadName
  /** Undefined before the study is swept. */
  readonly points: WorkloadPoints | undefined
  readonly spaces: readonly DesignSpace[]
}

/** The study's workloads that a figure names. */
export function swept(request: FigureRequest): NamedWorkload[] {
  const groups = workloadGroups(request.context.study)
  const names = groupNames(groups)
  return needed(request, 'workloads').map((_, workloadIndex) => {
    const index = groupIndex(request, groups, workloadIndex)
    return {name: names[index]!, points: request.context.points[index], spaces: groups[index]!}
  })
}

/** The points of each workload that a figure names. */
export function namedPoints(request: FigureRequest): WorkloadPoints[] {
  return swept(request).map(({points}) => points!)
}

function groupIndex(request: FigureRequest, groups: readonly WorkloadGroup[], workloadIndex: number): number {
  const {model, phase = 'prefill', ...settings}: Readonly<Record<string, unknown>> = needed(request, 'workloads')[workloadIndex]!
  const labels = groups.map(([space]) => `${space.model.name} ${String(space.pass.phase ?? 'prefill')}`)
  const isKnown = groups.some(([space]) => space.model.name === model)
  const name = isKnown ? model : namedModel(request, workloadIndex, String(model)).name
  const label = oneOf(request, 'workloads', `${name} ${phase}`, labels)
  const agrees = (own: Readonly<Record<string, unknown>>): boolean =>
    Object.entries(settings).every(([setting, value]) => String(own[setting]) === String(value))
  const index = labels.findIndex((each, place) => each === label && agrees(settingsOf(groups[place]![0])))
  if (index >= 0) return index
  const known = groups.filter((_, place) => labels[place] === label).map(([space]) => JSON.stringify(settingsOf(space)))
  throw request.context.study.source.error(
    `${request.pointer}/workloads/${workloadIndex}`,
    `the study has no ${label} with these settings`,
    [`write them as the study does: ${known.join(' or ')}`],
    'UNKNOWN_NAME',
  )
}
