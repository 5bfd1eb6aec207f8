import type {DesignSpace} from '../sweep/design-space.js'
import type {Study} from '../sweep/study.js'

/** The spaces of a study by their workload: a model with one set of fixed settings, over all accelerators. */
export function workloadGroups({spaces}: Study): readonly (readonly [DesignSpace, ...DesignSpace[]])[] {
  const groups = new Map<string, [DesignSpace, ...DesignSpace[]]>()
  for (const space of spaces) {
    const key = JSON.stringify([space.model.name, space.pass])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [space])
    else group.push(space)
  }
  return [...groups.values()]
}
