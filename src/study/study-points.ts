import {GrowingFront} from '../frontier/growing-front.js'
import {identity} from '../frontier/order-of-floats.js'
import type {PointRow} from '../store/space-reader.js'
import type {Store} from '../store/store.js'
import type {Constraint} from '../sweep/constraint.js'
import type {DesignSpace} from '../sweep/design-space.js'
import {type ConstraintCount, type EarlyCounts, earlyCounts} from '../sweep/early-counts.js'
import type {Study} from '../sweep/study.js'
import {byPlace, evenSample, type PlacedPoint} from './even-sample.js'
import type {JudgedSpace} from './judged-chunks.js'
import {ofKnown, type SpaceTally, spaceTally} from './space-tally.js'
import {fidelitiesOf, type UsedFidelity} from './used-fidelity.js'
import {groupNames, type WorkloadName, workloadGroups} from './workload-groups.js'

/** The points of one workload of a study, over all its accelerators. */
export interface WorkloadPoints extends WorkloadName {
  readonly fidelities: readonly UsedFidelity[]
  /** Points that were evaluated, and where that was all that early constraints leave, what these kept from it. */
  readonly pointCount: number
  readonly storedCount: number
  /** Points that the study describes, where the store holds only some of them; else null. */
  readonly describedCount: number | null
  /** How many points meet every constraint. */
  readonly feasibleCount: number
  /** Points that meet every constraint: all where few were asked for or found, else the front and an even sample of the rest. */
  readonly feasible: readonly PointRow[]
  readonly constraints: readonly ConstraintCount[]
  /** Indices into `feasible`, best in the first objective first. */
  readonly front: Int32Array
}

/** Rows beyond the front that are read whole for each workload, unless told: enough for a figure. */
const defaultSampleCount = 20_000
/** Combinations that early constraints are counted over, at least, and for each point that is stored: of more, a sample is. */
const mostCounted = 500_000
const countedPerPoint = 100

/**
 * Reads a study's points back from its store, workload by workload, with what its constraints remove and the front that remains.
 * What a store keeps of earlier tallies is not read again; whole rows are read of the front and of a sample alone.
 */
export function studyPoints(study: Study, store: Store, sampleCount = defaultSampleCount): WorkloadPoints[] {
  const groups = workloadGroups(study)
  const names = groupNames(groups)
  return groups.map((spaces, index) => ({...names[index]!, ...workloadPoints(study, store, spaces, sampleCount)}))
}

function workloadPoints(
  study: Study,
  store: Store,
  spaces: readonly DesignSpace[],
  sampleCount: number,
): Omit<WorkloadPoints, keyof WorkloadName> {
  const tallies = spaces.map((space) => spaceTally(study, store, space))
  const storedCount = sumOf(tallies, ({pointCount}) => pointCount)
  const early = spaces.map((space) => earlyCounts(space, study.constraints, Math.max(mostCounted, countedPerPoint * storedCount)))
  const isWhole = early.every((each, index) => each.sampledCount === undefined && each.keptCount === tallies[index]!.pointCount)
  const describedCount = sumOf(spaces, ({pointCount}) => pointCount)
  const onFront = joinedFront(study, tallies)
  const judged = tallies.map((tally) => tally.judged)
  const {rows, placeOf} = wholeRows(judged, [...onFront, ...(sampleCount === 0 ? [] : evenSample(judged, sampleCount))])
  return {
    fidelities: fidelitiesOf(spaces),
    pointCount: isWhole ? sumOf(early, ({pointCount}) => pointCount) : storedCount,
    storedCount,
    describedCount: isWhole || !Number.isFinite(describedCount) ? null : describedCount,
    feasibleCount: sumOf(tallies, ({feasibleCount}) => feasibleCount),
    feasible: rows,
    constraints: joinedCounts(study.constraints, early, tallies, storedCount),
    front: Int32Array.from(onFront, placeOf),
  }
}

/** The front of the fronts of all spaces. One that lacks an objective which another knows has no point on it. */
function joinedFront({objectives}: Study, tallies: readonly SpaceTally[]): readonly PlacedPoint[] {
  const knownObjectives = objectives.map((_, index) => tallies.some((tally) => tally.knownObjectives[index] === true))
  const goals = ofKnown({knownObjectives}, objectives).map(({goal}) => goal)
  const points: PlacedPoint[] = []
  if (goals.length === 0) return points
  const joined = new GrowingFront(goals)
  for (const [spaceIndex, tally] of tallies.entries()) {
    const {rowIndices, objectiveColumns, labelColumns} = tally.front
    if (objectiveColumns.length < goals.length) continue
    joined.add({rows: identity(rowIndices.length), start: points.length, objectiveColumns, labelColumns: []})
    for (const [row, positionIndex] of rowIndices.entries())
      points.push({spaceIndex, positionIndex, labels: labelColumns.map((label) => label[row]!)})
  }
  return Array.from(joined.rows.rowIndices, (point) => points[point]!)
}

/** Whole rows of some points, each once, as the study lists them. */
function wholeRows(
  spaces: readonly JudgedSpace[],
  points: readonly PlacedPoint[],
): {rows: readonly PointRow[]; placeOf: (point: PlacedPoint) => number} {
  const keyOf = ({spaceIndex, positionIndex}: PlacedPoint): string => `${spaceIndex} ${positionIndex}`
  const distinct = [...new Map(points.map((point) => [keyOf(point), point])).values()].sort(byPlace)
  const placeOf = new Map(distinct.map((point, place) => [keyOf(point), place]))
  const rows = spaces.flatMap((space, index) =>
    space.rowsAt(distinct.flatMap(({spaceIndex, positionIndex}) => (spaceIndex === index ? [positionIndex] : []))),
  )
  return {rows, placeOf: (point) => placeOf.get(keyOf(point))!}
}

function sumOf<T>(list: readonly T[], countOf: (each: T) => number): number {
  return list.reduce((sum, each) => sum + countOf(each), 0)
}

/** Early constraints by what they remove of all points, late ones by what they remove of those that were evaluated. */
function joinedCounts(
  constraints: readonly Constraint[],
  early: readonly EarlyCounts[],
  tallies: readonly SpaceTally[],
  storedCount: number,
): readonly ConstraintCount[] {
  let earlyIndex = 0
  return constraints.map(({text, stage}, index) => {
    if (stage === 'timed') {
      const removedCount = sumOf(tallies, ({removedCounts}) => removedCounts[index]!)
      return {text, ofCount: storedCount, removedCount, removedAloneCount: sumOf(tallies, (tally) => tally.removedAloneCounts[index]!)}
    }
    const place = earlyIndex++
    return early.map(({counts}) => counts[place]!).reduce(addedCounts)
  })
}

function addedCounts(a: ConstraintCount, b: ConstraintCount): ConstraintCount {
  return {
    text: a.text,
    ofCount: a.ofCount + b.ofCount,
    removedCount: a.removedCount + b.removedCount,
    removedAloneCount: a.removedAloneCount + b.removedAloneCount,
  }
}
