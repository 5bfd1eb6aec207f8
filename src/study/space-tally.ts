import {createHash} from 'node:crypto'
import {type FrontRows, GrowingFront, type LabelOrder} from '../frontier/growing-front.js'
import {largestObjectiveCount} from '../frontier/pareto-front.js'
import {keepFront, keptFront} from '../store/kept-fronts.js'
import {resolveQuery} from '../store/resolve-query.js'
import {canonicalJson, type JsonValue} from '../store/space-definition.js'
import type {Store} from '../store/store.js'
import type {DesignSpace} from '../sweep/design-space.js'
import type {Study} from '../sweep/study.js'
import {type JudgedChunk, JudgedSpace} from './judged-chunks.js'
import {ownPoints} from './own-points.js'

/** What is counted of the points of a space. */
interface Counts {
  pointCount: number
  feasibleCount: number
  readonly removedCounts: number[]
  readonly removedAloneCounts: number[]
  /** The objectives that a feasible point knows; the others say nothing. */
  readonly knownObjectives: boolean[]
}

/** What constraints and objectives make of the points of one space: how many are left, and their front. */
export interface SpaceTally extends Readonly<Counts> {
  readonly judged: JudgedSpace
  /** In the known objectives, best in the first one first. */
  readonly front: FrontRows
}

/** By labels one after another. */
export const byLabels: LabelOrder = (left, right) => {
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return left[i]! - right[i]!
  return 0
}

/**
 * Tallies the points of a study's space. What a store keeps of an earlier tally is taken up, so that only chunks that came since are
 * read; a store that may be written keeps the new one.
 */
export function spaceTally(study: Study, store: Store, space: DesignSpace): SpaceTally {
  const name = questionOf(study, space)
  const spaceId = resolveQuery(store, ownPoints(space)).spaces[0]!.id
  const kept = keptFront(store, spaceId, name)
  // Later than what is kept: its points are among those of the space.
  const judged = new JudgedSpace(study, store, space)
  const counts = kept === undefined ? newCounts(study) : (kept.tally as unknown as Counts)
  let front = growingFront(study, counts, kept?.front)
  for (const chunk of judged.chunks(kept?.chunkIndex)) {
    if (learns(counts, chunk)) front = growingFront(study, counts)
    addCounts(counts, chunk)
    front?.add({...chunk, objectiveColumns: ofKnown(counts, chunk.objectiveColumns)})
  }
  const tally = {...counts, judged, front: front?.rows ?? noRows}
  const chunkIndex = judged.lastChunkIndex
  if (store.mode !== 'read' && chunkIndex > (kept?.chunkIndex ?? 0)) {
    keepFront(store, spaceId, name, {chunkIndex, tally: counts as unknown as JsonValue, front: tally.front})
  }
  return tally
}

const noRows: FrontRows = {rowIndices: new Float64Array(0), objectiveColumns: [], labelColumns: []}

/** All that decides what is kept, beside the space. */
function questionOf({constraints, objectives}: Study, space: DesignSpace): string {
  const asked = {
    own: ownPoints(space),
    constraints: constraints.map(({text, stage, columnNames}) => ({text, stage, columnNames: [...columnNames]})),
    objectives: objectives.map(({name, goal, text = null, targetValue = null, columnNames}) => ({
      name,
      goal,
      text,
      targetValue,
      columnNames,
    })),
  }
  return createHash('sha256')
    .update(canonicalJson(asked as unknown as JsonValue))
    .digest('hex')
}

function newCounts({constraints, objectives}: Study): Counts {
  return {
    pointCount: 0,
    feasibleCount: 0,
    removedCounts: constraints.map(() => 0),
    removedAloneCounts: constraints.map(() => 0),
    knownObjectives: objectives.slice(0, largestObjectiveCount).map(() => false),
  }
}

/** Nothing where no objective is known. */
function growingFront({objectives}: Study, counts: Counts, front?: FrontRows): GrowingFront | undefined {
  const goals = ofKnown(counts, objectives).map(({goal}) => goal)
  return goals.length === 0 ? undefined : new GrowingFront(goals, byLabels, front)
}

/** Those of a list by objective that are known. */
export function ofKnown<T>({knownObjectives}: Pick<SpaceTally, 'knownObjectives'>, list: readonly T[]): T[] {
  return list.filter((_, index) => knownObjectives[index] === true)
}

/** Whether a chunk knows an objective that no point before it knew: none of those is on the front then. */
function learns({knownObjectives}: Counts, {rows, objectiveColumns}: JudgedChunk): boolean {
  let isNew = false
  for (const [index, isKnown] of knownObjectives.entries()) {
    if (isKnown || !rows.some((row) => !Number.isNaN(objectiveColumns[index]![row]!))) continue
    knownObjectives[index] = true
    isNew = true
  }
  return isNew
}

function addCounts(counts: Counts, chunk: JudgedChunk): void {
  counts.pointCount += chunk.pointCount
  counts.feasibleCount += chunk.rows.length
  for (const [index, count] of chunk.removedCounts.entries()) counts.removedCounts[index]! += count
  for (const [index, count] of chunk.removedAloneCounts.entries()) counts.removedAloneCounts[index]! += count
}
