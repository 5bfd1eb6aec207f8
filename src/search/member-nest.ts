import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Constraints} from '../mapping/constraints.js'
import {decodeNest, encodeNest} from '../mapping/encode-nest.js'
import {hierarchyConstraints} from '../mapping/hierarchy-constraints.js'
import type {LoopNest} from '../mapping/loop-nest.js'
import {faultCode} from '../mapping/nest-layout.js'
import {compileNest, evaluateNest} from '../mapping/nest-program.js'
import type {Problem} from '../workload/problem.js'
import type {Candidate} from './best.js'
import {blockNest} from './block-nest.js'
import {workshopOf} from './workshop.js'

/** What a chain asks of a member's nest. */
export interface MemberTask {
  readonly problem: Problem
  /** From the fusion level inward. */
  readonly hierarchy: Hierarchy
  /** Level in it that holds the whole of what passes between members, and the member's tensors that do. */
  readonly homeLevel: number
  readonly passing: readonly boolean[]
}

/** Steps of the search for one member's nest. */
const stepCount = 1000
const walkCount = 4

/** The nest of one member on its block: a plain one where that runs, and what a short search finds better; undefined where nothing runs. */
export function memberNest({problem, hierarchy, homeLevel, passing}: MemberTask): LoopNest | undefined {
  const constraints = withHome(hierarchyConstraints(problem, hierarchy), problem, homeLevel, passing)
  const workshop = workshopOf({problem, hierarchy, constraints, aim: ['latency', 'energy']})
  const dimensionCount = problem.dimensions.length
  let best: readonly Candidate[] = []
  for (let walk = 0; walk < walkCount; walk++) {
    const isRestart = walk % 2 === 0 || best.length === 0
    best = workshop({kind: 'climb', seed: `${walk}`, stepCount, limitCount: stepCount, isRestart}, best, () => false).candidates
  }
  const [found] = [...best, ...plainCandidates(problem, hierarchy, homeLevel)].sort(
    (a, b) => a.latencySeconds - b.latencySeconds || a.energyJoules - b.energyJoules,
  )
  return found && decodeNest(found.nest, dimensionCount, problem.tensors.length)
}

function plainCandidates(problem: Problem, hierarchy: Hierarchy, homeLevel: number): readonly Candidate[] {
  const nest = encodeNest(blockNest(problem, hierarchy, Math.max(1, homeLevel)), problem.dimensions.length)
  const program = compileNest(problem, hierarchy)
  if (evaluateNest(program, nest) !== faultCode.none) return []
  return [{nest, latencySeconds: program.counts.cycles / hierarchy.hertz, energyJoules: program.counts.energyJoules}]
}

/** What passes between members is whole at its home: nothing outside of it steps through it, or keeps it. */
function withHome(constraints: Constraints, {tensors}: Problem, homeLevel: number, passing: readonly boolean[]): Constraints {
  if (homeLevel === 0) return constraints
  const fixed = new Set(
    tensors.flatMap(({ranks}, tensor) => (passing[tensor] ? ranks.flatMap(({terms}) => terms.map(({dimension}) => dimension)) : [])),
  )
  const levels = constraints.levels.map((level, index) => {
    const keeps = level.keeps.map((kept, tensor) => (passing[tensor] && index > 0 && index <= homeLevel ? index === homeLevel : kept))
    if (index >= homeLevel) return {...level, keeps}
    const counts = level.temporal.counts.map((count, dimension) => (fixed.has(dimension) ? 1 : count))
    return {...level, keeps, temporal: {...level.temporal, counts}}
  })
  return {...constraints, levels}
}
