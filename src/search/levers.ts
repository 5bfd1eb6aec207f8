import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Constraints, LevelConstraint} from '../mapping/constraints.js'
import type {SearchEffort} from './effort.js'
import {type Infeasible, whyInfeasible} from './infeasible.js'
import {type Mapspace, mapspaceOf} from './mapspace.js'
import {regionsOf} from './regions.js'
import {workshopOf} from './workshop.js'

/** A change of what is asked, in words and as what would then be searched. */
interface Change {
  readonly words: string
  readonly hierarchy: Hierarchy
  readonly constraints: Constraints
}

/** Bounds and evaluations to spend on each change, to see whether something runs then. */
const trialCount = 30_000

/** Why a search that looked at everything, or at as much as it might, found nothing; and which single changes would help. */
export function nothingFound(space: Mapspace, isProved: boolean, {evaluatedCount, cuts}: SearchEffort): Infeasible {
  if (!isProved) {
    const reason = `none of the ${evaluatedCount} mappings tried can run; the space has ${space.mappingCount}`
    return {kind: 'infeasible', rule: 'budget', reason, levers: ['search for longer']}
  }
  const removed = cuts.filter(({rule, mappingCount}) => mappingCount > 0 && (rule === 'fanout' || rule === 'capacity'))
  const changes = [...relaxations(space), ...enlargements(space)].filter((change) => runs(space, change))
  return {
    kind: 'infeasible',
    rule: 'together',
    reason: `every mapping breaks a limit: ${removed.map(({rule}) => rule).join(' or ')}`,
    levers: changes.map(({words}) => words),
  }
}

function runs({problem}: Mapspace, {hierarchy, constraints}: Change): boolean {
  const space = mapspaceOf(problem, hierarchy, constraints)
  if (whyInfeasible(space) !== undefined) return false
  const workshop = workshopOf({problem, hierarchy, constraints, aim: ['energy']})
  const walk = workshop({kind: 'climb', seed: '0', stepCount: 500, limitCount: 500, isRestart: true}, [], () => false)
  if (walk.candidates.length > 0) return true
  const open = Array.from({length: regionsOf(space)?.count ?? 0}, (_, regionIndex) => ({regionIndex, limitCount: trialCount}))
  return workshop({kind: 'explore', open, limitCount: trialCount}, [], () => false).candidates.length > 0
}

/** Each rule of the constraints taken away. */
function relaxations({problem, hierarchy, constraints}: Mapspace): Change[] {
  const withLevel = (words: string, level: number, changed: LevelConstraint): Change => ({
    words,
    hierarchy,
    constraints: {...constraints, levels: constraints.levels.with(level, changed)},
  })
  return constraints.levels.flatMap((each, level) => {
    const {name} = hierarchy.levels[level]!
    const loops = (['temporal', 'x', 'y'] as const).flatMap((way) =>
      problem.dimensions.flatMap((dimension, index) => {
        const {counts, maximumCounts} = each[way]
        if (counts[index] === undefined && maximumCounts[index] === undefined) return []
        const freed = {...each[way], counts: counts.with(index, undefined), maximumCounts: maximumCounts.with(index, undefined)}
        return [
          withLevel(`free ${dimension.name} ${way === 'temporal' ? 'in time' : `along ${way}`} at ${name}`, level, {...each, [way]: freed}),
        ]
      }),
    )
    const passes = problem.tensors.flatMap((tensor, index) =>
      level > 0 && each.keeps[index] === true
        ? [withLevel(`let ${tensor.name} pass ${name}`, level, {...each, keeps: each.keeps.with(index, undefined)})]
        : [],
    )
    return [...loops, ...passes]
  })
}

/** Each level that can be full with the least room that would do, to a 64th. */
function enlargements(space: Mapspace): Change[] {
  return space.hierarchy.levels.flatMap((level, index) => {
    if (level.capacityBytes === Number.POSITIVE_INFINITY) return []
    const sized = (capacityBytes: number): Change => ({
      words: `give ${level.name} ${capacityBytes} B, ${capacityBytes - level.capacityBytes} B more`,
      hierarchy: {...space.hierarchy, levels: space.hierarchy.levels.with(index, {...level, capacityBytes})},
      constraints: space.constraints,
    })
    if (!runs(space, sized(Number.POSITIVE_INFINITY))) return []
    let tooSmall = level.capacityBytes
    let enough = Math.max(1, 2 * tooSmall)
    for (; !runs(space, sized(enough)); enough *= 2) tooSmall = enough
    while (enough - tooSmall > Math.max(1, enough / 64)) {
      const between = Math.floor((enough + tooSmall) / 2)
      if (runs(space, sized(between))) enough = between
      else tooSmall = between
    }
    return [sized(enough)]
  })
}
