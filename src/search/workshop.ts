import type {Hierarchy} from '../accelerator/hierarchy.js'
import {drawnBelow} from '../foundation/random.js'
import type {Constraints} from '../mapping/constraints.js'
import {compileNest} from '../mapping/nest-program.js'
import type {Problem} from '../workload/problem.js'
import type {Best, Candidate} from './best.js'
import {boundOf} from './bound.js'
import {explore, explorerOf, type Tally} from './branch.js'
import {climb, groundOf} from './climb.js'
import {mapspaceOf} from './mapspace.js'
import type {Aim} from './objectives.js'
import {regionsOf} from './regions.js'

/** What to search, in a form that can be sent to another thread. */
export interface Task {
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  readonly constraints: Constraints
  readonly aim: Aim
  /** Narrower constraints, such as of each dataflow, in which walks may begin. */
  readonly leads?: readonly Constraints[]
}

/** A region still to be explored, and after how many bounds and evaluations to put it off. */
export interface OpenRegion {
  readonly regionIndex: number
  readonly limitCount: number
}

/** A piece of work whose result depends on nothing but itself, so that any thread can do it. */
export type Unit =
  | {
      readonly kind: 'climb'
      readonly seed: string
      readonly stepCount: number
      readonly limitCount: number
      readonly isRestart: boolean
      /** Walks in the space of one of the leads, if it has anything. */
      readonly lead?: number
      /** Leaves loops as perfect as they are, where others are allowed. */
      readonly isPerfect?: boolean
    }
  | {readonly kind: 'explore'; readonly open: readonly OpenRegion[]; readonly limitCount: number}

/** What a unit did. */
export interface UnitResult {
  readonly candidates: readonly Candidate[]
  readonly tally: Tally
  /** Regions not done. */
  readonly open: readonly OpenRegion[]
}

/** Does units of one task, each with the best mappings known so far; `isOver` ends a unit early. */
export type Workshop = (unit: Unit, known: readonly Candidate[], isOver: () => boolean) => UnitResult

/** A region put off once may take this much more the next time. */
const patienceFactor = 8

/** Makes ready to do units of a task. */
export function workshopOf({problem, hierarchy, constraints, aim, leads = []}: Task): Workshop {
  const program = compileNest(problem, hierarchy)
  const space = mapspaceOf(problem, hierarchy, constraints)
  const ground = groundOf(space, program)
  const leadGrounds = leads.map((lead) => groundOf(mapspaceOf(problem, hierarchy, lead), program))
  const explorer = explorerOf(program, boundOf(program, constraints.allowsImperfect))
  let regions: ReturnType<typeof regionsOf>
  return (unit, known, isOver) => {
    const best: Best = {aim, candidates: [...known]}
    const cuts = {fanoutCount: 0, capacityCount: 0, boundCount: 0}
    const tally: Tally = {cuts, evaluatedCount: 0, boundedCount: 0, spentCount: 0, leafCount: 0}
    if (unit.kind === 'climb') {
      const below = drawnBelow(unit.seed)
      const start = unit.isRestart ? undefined : known[below(known.length)]?.nest
      const heatRatio = start === undefined ? 0.3 : 0.03
      const {stepCount, limitCount, isPerfect = false} = unit
      const walked = unit.lead === undefined ? ground : leadGrounds[unit.lead]!
      Object.assign(tally, climb(walked, best, {below, stepCount, limitCount, start, heatRatio, isPerfect, isOver}))
      return {candidates: best.candidates, tally, open: []}
    }
    regions ??= regionsOf(space)!
    const later: OpenRegion[] = []
    for (const [index, {regionIndex, limitCount}] of unit.open.entries()) {
      const left = unit.limitCount - tally.spentCount
      if (left <= 0 || isOver()) return {candidates: best.candidates, tally, open: [...unit.open.slice(index), ...later]}
      const before = structuredClone(tally)
      const isDone = explore(explorer, regions.at(regionIndex), best, tally, limitCount, isOver)
      if (isDone) continue
      forget(tally, before)
      later.push({regionIndex, limitCount: limitCount * patienceFactor})
    }
    return {candidates: best.candidates, tally, open: later}
  }
}

/** What was cut in a region that will be explored anew is not counted twice. */
function forget(tally: Tally, {cuts, leafCount}: Tally): void {
  Object.assign(tally.cuts, cuts)
  tally.leafCount = leafCount
}
