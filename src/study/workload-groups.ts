import type {DesignSpace} from '../sweep/design-space.js'
import type {Study} from '../sweep/study.js'

/** The spaces of one workload: a model, one set of fixed settings, and which of its operators, over all accelerators. */
export type WorkloadGroup = readonly [DesignSpace, ...DesignSpace[]]

/** What a group is called. */
export interface WorkloadName {
  readonly workload: string
  readonly phase: string
  /** What tells it apart from others of the same model and phase, as "contextTokens 8192"; empty where there are none. */
  readonly settings: string
}

/** The spaces of a study by their workload. */
export function workloadGroups({spaces}: Pick<Study, 'spaces'>): readonly WorkloadGroup[] {
  const groups = new Map<string, [DesignSpace, ...DesignSpace[]]>()
  for (const space of spaces) {
    const key = JSON.stringify([space.model.name, settingsOf(space)])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [space])
    else group.push(space)
  }
  return [...groups.values()]
}

/** The name of each group, with the settings in which it differs from those of its model and phase. */
export function groupNames(groups: readonly WorkloadGroup[]): readonly WorkloadName[] {
  const named = groups.map(([space]) => ({
    workload: space.model.name,
    phase: String(space.pass.phase ?? 'prefill'),
    own: settingsOf(space),
  }))
  return named.map(({workload, phase, own}) => {
    const alike = named.filter((other) => other.workload === workload && other.phase === phase)
    const names = [...new Set(alike.flatMap((other) => Object.keys(other.own)))]
    const telling = names.filter((name) => alike.some((other) => String(other.own[name]) !== String(own[name])))
    const written = telling.flatMap((name) => (own[name] === undefined ? [] : [`${name} ${[own[name]].flat().join('+')}`]))
    return {workload, phase, settings: written.join(', ')}
  })
}

/** All that a space fixes of its pass. */
export function settingsOf({pass, operators}: DesignSpace): Readonly<Record<string, unknown>> {
  return {...pass, ...(operators === undefined ? {} : {operators})}
}

/** A name in one line. */
export function fullName({workload, phase, settings}: WorkloadName): string {
  return settings === '' ? `${workload} ${phase}` : `${workload} ${phase}, ${settings}`
}
