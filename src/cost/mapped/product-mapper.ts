import type {Hierarchy} from '../../accelerator/hierarchy.js'
import {exitCodes, UserError} from '../../foundation/user-error.js'
import type {Constraints} from '../../mapping/constraints.js'
import type {EncodedNest} from '../../mapping/encoded-nest.js'
import {hierarchyConstraints} from '../../mapping/hierarchy-constraints.js'
import {compileNest, evaluateNest} from '../../mapping/nest-program.js'
import type {Candidate} from '../../search/best.js'
import {fittingConstraints} from '../../search/choose-strategy.js'
import {whyInfeasible} from '../../search/infeasible.js'
import {mapspaceOf} from '../../search/mapspace.js'
import {type Objective, type Outcome, objectives} from '../../search/objectives.js'
import {type Task, type Workshop, workshopOf} from '../../search/workshop.js'
import type {Problem} from '../../workload/problem.js'
import {paddedProblems, withoutPadding} from './padded-problem.js'
import {type CountedNest, countedNest} from './product-cost.js'

/** How the products of a pass are mapped. */
export interface MappingChoice {
  /** What each mapping makes least; later ones decide between equals. The least time, and of equals the least energy, by default. */
  readonly objectives?: readonly Objective[] | undefined
  /** A strategy: what is fixed of each mapping, what the machine fixes included. */
  readonly constraintsOf?: ((problem: Problem, hierarchy: Hierarchy) => Constraints) | undefined
  /** Narrower strategies, from the best of which the walks then start; the dataflows that fit, where nothing is fixed. */
  readonly leadsOf?: ((problem: Problem, hierarchy: Hierarchy) => readonly Constraints[]) | undefined
  /** The members of attention run one by one, their scores through main memory. */
  readonly isAttentionUnfused?: boolean | undefined
  /** Mappings tried for each product. */
  readonly evaluationCount?: number | undefined
}

/** The least time, and of equal times the least energy. */
export const defaultObjectives: readonly Objective[] = ['latency', 'energy']

/** What the mapping chosen for a product on one machine does; its hierarchy is given at each clock that the mapping is to be good at. */
export type MapProduct = (problem: Problem, hierarchies: readonly Hierarchy[]) => CountedNest

/** Brings the time of the products of large models within a percent of what sixteen times as many find. */
export const defaultEvaluationCount = 32_000
/** Walks that the search at one clock is made of: half from anywhere, half from the best so far. */
const walkCount = 4
/** So many mappings are remembered. */
const mostNestCount = 50_000

/** Chooses mappings, each once; the same for the same problem and machine. */
export function productMapper(choice: MappingChoice = {}): MapProduct {
  const known = new Map<string, CountedNest>()
  return (problem, hierarchies) => {
    const key = JSON.stringify([problem.dimensions, problem.tensors, hierarchies])
    const found = known.get(key) ?? countedNest(problem, hierarchies[0]!, bestNest(problem, hierarchies, choice))
    if (known.size >= mostNestCount) known.clear()
    known.set(key, found)
    return found
  }
}

/**
 * Padded sizes split in enough ways for loops that divide them, whose mappings are a thousand times as fast to evaluate as others. The best
 * of each padding at each clock are compared at all clocks, on the problem itself: what is as good as another at one clock may be far from
 * it where arithmetic is slower.
 */
function bestNest(problem: Problem, hierarchies: readonly Hierarchy[], choice: MappingChoice): EncodedNest {
  const {objectives: aim = defaultObjectives, evaluationCount = defaultEvaluationCount} = choice
  const {constraintsOf = hierarchyConstraints, leadsOf = choice.constraintsOf === undefined ? fittingConstraints : () => []} = choice
  const [first] = hierarchies
  const paddingsOf = (each: Problem): Problem[] => paddedProblems(each, first!, [constraintsOf(each, first!), ...leadsOf(each, first!)])
  // A padded product can lie the other way round on the native tile, which asks for other sides.
  const divides = (each: Problem): boolean =>
    constraintsOf(each, first!).levels.every(({x, y}) =>
      each.dimensions.every(({size}, at) => [x.counts[at], y.counts[at]].every((count) => typeof count !== 'number' || size % count === 0)),
    )
  const paddings = paddingsOf(problem).map((each) => (divides(each) ? each : paddingsOf(each)[0]!))
  const share = evaluationCount / (paddings.length * hierarchies.length)
  const nests: EncodedNest[] = []
  for (const padded of paddings) {
    let nest: EncodedNest | undefined
    for (const hierarchy of hierarchies) {
      const task = (given: Constraints): Task => ({problem: padded, hierarchy, constraints: {...given, allowsImperfect: false}, aim})
      const leads = nest === undefined ? leadsOf(padded, hierarchy).map(task) : []
      nest = walkedNest(task(constraintsOf(padded, hierarchy)), leads, share, nest)
      nests.push(withoutPadding(nest, problem))
    }
  }
  const table = nests.map((nest) =>
    hierarchies.map((hierarchy) => {
      const {latencySeconds, energyJoules} = outcomeOf(problem, hierarchy, nest)
      return objectives[aim[0]!].of(latencySeconds, energyJoules)
    }),
  )
  const least = hierarchies.map((_, at) => Math.min(...table.map((row) => row[at]!)))
  const losses = table.map((row) => row.reduce((sum, value, at) => sum + value / least[at]!, 0))
  return nests[losses.indexOf(Math.min(...losses))]!
}

/** Leads take half of the tries, and all walks start from the best of theirs; without leads, every other walk starts anywhere. */
function walkedNest(task: Task, leads: readonly Task[], evaluationCount: number, start: EncodedNest | undefined): EncodedNest {
  let best: readonly Candidate[] = start === undefined ? [] : [{nest: start, ...outcomeOf(task.problem, task.hierarchy, start)}]
  const walk = (workshop: Workshop, seed: string, share: number, isRestart: boolean): void => {
    const stepCount = Math.ceil(evaluationCount * share)
    best = workshop({kind: 'climb', seed, stepCount, limitCount: stepCount, isRestart}, best, () => false).candidates
  }
  for (const lead of leads) walk(workshopOf(lead), lead.constraints.name, 1 / 2 / leads.length, true)
  const workshop = workshopOf(task)
  const isLed = best.length > 0 && leads.length > 0
  for (let index = isLed ? walkCount / 2 : 0; index < walkCount; index++)
    walk(workshop, `${index}`, 1 / walkCount, isLed ? false : index % 2 === 0 || best.length === 0)
  if (best[0] !== undefined) return best[0].nest
  throw noMapping(task)
}

function outcomeOf(problem: Problem, hierarchy: Hierarchy, nest: EncodedNest): Outcome {
  const program = compileNest(problem, hierarchy)
  evaluateNest(program, nest)
  return {latencySeconds: program.counts.cycles / hierarchy.hertz, energyJoules: program.counts.energyJoules}
}

function noMapping({problem, hierarchy, constraints}: Task): UserError {
  const why = whyInfeasible(mapspaceOf(problem, hierarchy, constraints))
  const reason = why?.reason ?? `${constraints.name} leaves too few mappings for the search to come by one`
  return new UserError(`no mapping of ${problem.name} runs on ${hierarchy.name}: ${reason}`, {
    code: 'NO_MAPPING',
    suggestions: why?.levers ?? ['try more mappings: --mapping-budget', 'choose another --strategy, or none'],
    exitCode: exitCodes.infeasible,
  })
}
