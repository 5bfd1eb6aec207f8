import type {ProblemTensor} from '../workload/problem.js'
import type {SearchEffort} from './effort.js'
import type {Mapspace} from './mapspace.js'
import {regionsOf} from './regions.js'
import type {OpenRegion, Unit, UnitResult} from './workshop.js'

/**
 * What a search does round by round: walks for good mappings, and exploring for proof, taking turns;
 * walks that no longer help have less and less of it.
 * A round depends on the results of rounds before it alone, so that threads and clocks change nothing in it.
 */
export interface Plan {
  /** The next round; none where nothing is left to do, or to spend. */
  readonly next: (hasBest: boolean) => readonly Unit[]
  /** Mappings still to be evaluated or bounded. */
  readonly leftCount: () => number
  /** Takes what a round came to: results of its first units, of all where the budget reached so far. */
  readonly take: (units: readonly Unit[], results: readonly UnitResult[], isImproved: boolean) => void
  readonly isProved: () => boolean
  readonly effort: (wallSeconds: number) => SearchEffort
  /** Of the budget so far. */
  readonly spentCount: () => number
}

/** Units of the first round, and of later ones: a small search ends with few, and a long one keeps many cores busy, whatever the machine. */
const firstUnitCount = 8
const mostUnitCount = 32
/** Rounds in which half of the walks begin within leads. */
const leadRoundCount = 2
/** Steps of a walk in the first round, and bounds and evaluations of a unit of exploring; both grow by as much each time. */
const walkStepCount = 3000
const exploreUnitCount = 6000
const regionLimitCount = 20_000
const regionsInUnit = 64
/** Spaces this small are explored at once; in those too large for hope of proof, walks have all but an eighth of the effort. */
const smallSpaceCount = 50_000
const largeSpaceCount = 1e11
/** What a walk of heavy evaluations may take, in its steps. */
const heavyFactor = 16

/** The plan of a search, and the counts of what it has done. */
export function planOf(space: Mapspace, leadCount: number, seed: string, budgetCount: number): Plan {
  const regions = regionsOf(space)
  let open: OpenRegion[] = Array.from({length: regions?.count ?? 0}, (_, regionIndex) => ({regionIndex, limitCount: regionLimitCount}))
  const isSmall = regions !== undefined && regions.mappingCount <= smallSpaceCount
  const isLarge = regions !== undefined && regions.mappingCount > largeSpaceCount
  const walkShare = (): number => (isLarge ? 7 : 1 / (1 + staleRounds))
  const total = {evaluatedCount: 0, boundedCount: 0, spentCount: 0, leafCount: 0, fanoutCount: 0, capacityCount: 0, boundCount: 0}
  const spent = {climb: 0, explore: isSmall ? Number.NEGATIVE_INFINITY : 0}
  /** Evaluations that take several times one by closed forms; how many times is not known before. */
  const isHeavy = space.constraints.allowsImperfect && space.problem.tensors.some(hasWindows)
  let walkRounds = 0
  let staleRounds = 0
  let exploreRounds = 0
  let kind: Unit['kind'] = 'climb'
  const leftCount = (): number => budgetCount - total.spentCount

  const climbs = (hasBest: boolean): Unit[] => {
    walkRounds++
    const stepCount = walkStepCount * walkRounds
    const unitCount = unitsIn(walkRounds)
    const leadingCount = leadCount > 0 && walkRounds <= leadRoundCount ? unitCount / 2 : 0
    return Array.from({length: unitCount}, (_, index) => ({
      kind: 'climb',
      ...(index < leadingCount && {lead: index % leadCount}),
      seed: `${seed} ${walkRounds} ${index}`,
      stepCount,
      limitCount: isHeavy ? heavyFactor * stepCount : stepCount,
      isRestart: !hasBest || index < leadingCount || index % 2 === 0,
      isPerfect: index % 4 !== 3,
    }))
  }
  const explores = (): Unit[] => {
    exploreRounds++
    const units: Unit[] = []
    while (open.length > 0 && units.length < unitsIn(exploreRounds)) {
      const taken = open.slice(0, regionsInUnit)
      open = open.slice(regionsInUnit)
      units.push({kind: 'explore', open: taken, limitCount: Math.max(exploreUnitCount * exploreRounds, taken[0]!.limitCount)})
    }
    return units
  }
  return {
    next: (hasBest) => {
      const isDone = regions !== undefined && open.length === 0
      if (isDone || leftCount() <= 0) return []
      kind = regions === undefined || spent.climb <= spent.explore * walkShare() ? 'climb' : 'explore'
      return kind === 'climb' ? climbs(hasBest) : explores()
    },
    leftCount,
    take: (units, results, isImproved) => {
      if (isImproved) staleRounds = 0
      else if (kind === 'climb') staleRounds++
      for (const {tally, open: undone} of results) {
        total.evaluatedCount += tally.evaluatedCount
        total.boundedCount += tally.boundedCount
        total.leafCount += tally.leafCount
        total.fanoutCount += tally.cuts.fanoutCount
        total.capacityCount += tally.cuts.capacityCount
        total.boundCount += tally.cuts.boundCount
        total.spentCount += tally.spentCount
        spent[kind] += tally.spentCount
        open.push(...undone)
      }
      for (const unit of units.slice(results.length)) if (unit.kind === 'explore') open.push(...unit.open)
    },
    isProved: () => regions !== undefined && open.length === 0,
    spentCount: () => total.spentCount,
    effort: (wallSeconds) => ({
      mappingCount: space.mappingCount,
      evaluatedCount: total.evaluatedCount,
      boundedCount: total.boundedCount,
      leafCount: total.leafCount,
      cuts: [
        {rule: 'equal order', mappingCount: regions?.equalOrderCount ?? 0},
        {rule: 'equal loops', mappingCount: regions?.equalLoopCount ?? 0},
        {rule: 'fanout', mappingCount: total.fanoutCount},
        {rule: 'capacity', mappingCount: total.capacityCount},
        {rule: 'bound', mappingCount: total.boundCount},
      ],
      wallSeconds,
    }),
  }
}

function unitsIn(round: number): number {
  return Math.min(firstUnitCount * round, mostUnitCount)
}

/** A rank that is not one dimension as it is, so that its tiles may overlap. */
function hasWindows({ranks}: ProblemTensor): boolean {
  return ranks.some(({terms}) => terms.length !== 1 || terms[0]!.coefficient !== 1)
}
