import type {Evaluation} from './evaluate.js'
import type {OperatorCost} from './operator-cost.js'

/** A way to run a pass, by the name that tells it apart, and what it costs. */
export type PassCandidate<Result extends Evaluation = Evaluation> = {readonly name: string} & Result

/** A way that the accelerator or the pass does not allow. */
export interface RefusedPass {
  readonly name: string
  readonly code: string
  readonly message: string
}

/** What an operator costs each candidate; null where it has none of that name. */
export interface ComparedOperator {
  readonly operator: string
  readonly secondsByCandidate: readonly (number | null)[]
  readonly joulesByCandidate: readonly (number | null)[]
  readonly boundByCandidate: readonly (string | null)[]
}

/** An operator that takes more in one candidate than in the best. */
export interface PassCause {
  readonly operator: string
  /** Over what the whole pass costs in the best. */
  readonly moreRatio: number
  readonly boundBy: string | null
  readonly bestBoundBy: string | null
}

export interface PassGap {
  readonly name: string
  /** Over the best. */
  readonly ratio: number
  /** Operators that make up the difference, the largest first, until they cover it by half or more. */
  readonly causes: readonly PassCause[]
}

/** Ways to run a pass side by side; lists by candidate are in their order. */
export interface PassComparison<Result extends Evaluation = Evaluation> {
  readonly candidates: readonly PassCandidate<Result>[]
  readonly refused: readonly RefusedPass[]
  readonly operators: readonly ComparedOperator[]
  readonly time: {readonly best: string; readonly others: readonly PassGap[]}
  readonly energy: {readonly best: string; readonly others: readonly PassGap[]}
}

/** Ways to run a pass side by side: what each costs, operator by operator, and which operators make the difference. */
export function comparePasses<Result extends Evaluation>(
  candidates: readonly [PassCandidate<Result>, ...PassCandidate<Result>[]],
  refused: readonly RefusedPass[] = [],
): PassComparison<Result> {
  const names = comparedNames(candidates)
  return {
    candidates,
    refused,
    operators: names.map((operator) => comparedOperator(operator, candidates)),
    time: verdict(candidates, ({latencySeconds}) => latencySeconds),
    energy: verdict(candidates, ({energyJoules}) => energyJoules),
  }
}

function comparedOperator(operator: string, candidates: readonly PassCandidate[]): ComparedOperator {
  const costs = candidates.map(({operators}) => operatorsNamed(operators, operator))
  const each = (value: (cost: OperatorCost) => number): (number | null)[] =>
    costs.map((found) => (found.length === 0 ? null : found.reduce((sum, cost) => sum + value(cost), 0)))
  return {
    operator,
    secondsByCandidate: each(({latencySeconds}) => latencySeconds),
    joulesByCandidate: each(({energyJoules}) => energyJoules),
    boundByCandidate: costs.map(mainBound),
  }
}

/** What is compared: where operators run as one in some candidate, their parts together in all. */
function comparedNames(candidates: readonly Evaluation[]): string[] {
  const names = [...new Set(candidates.flatMap(({operators}) => operators.map(({name}) => name)))]
  return names.filter((name) => !names.some((other) => other !== name && isPartOf(name, other)))
}

/** The operator of a name, or those that are parts of it. */
export function operatorsNamed(operators: readonly OperatorCost[], name: string): OperatorCost[] {
  return operators.filter((operator) => isPartOf(operator.name, name))
}

function isPartOf(name: string, whole: string): boolean {
  const parts = whole.split('+')
  return name.split('+').every((part) => parts.includes(part))
}

/** What bounds the longest. */
function mainBound(costs: readonly OperatorCost[]): string | null {
  const [first, ...others] = costs
  return first === undefined
    ? null
    : others.reduce((most, cost) => (cost.latencySeconds > most.latencySeconds ? cost : most), first).boundBy
}

type CostOf = (cost: Pick<OperatorCost, 'latencySeconds' | 'energyJoules'>) => number

function verdict(candidates: readonly PassCandidate[], costOf: CostOf): {best: string; others: PassGap[]} {
  const [best, ...others] = candidates.toSorted((a, b) => costOf(a) - costOf(b)) as [PassCandidate, ...PassCandidate[]]
  return {best: best.name, others: others.map((other) => gapOf(other, best, costOf))}
}

function gapOf(candidate: PassCandidate, best: PassCandidate, costOf: CostOf): PassGap {
  const ratio = costOf(candidate) / costOf(best)
  const names = comparedNames([candidate, best])
  const parts = names.map((operator): PassCause => {
    const [own, other] = [operatorsNamed(candidate.operators, operator), operatorsNamed(best.operators, operator)]
    const total = (costs: readonly OperatorCost[]): number => costs.reduce((sum, cost) => sum + costOf(cost), 0)
    return {
      operator,
      moreRatio: (total(own) - total(other)) / costOf(best),
      boundBy: mainBound(own),
      bestBoundBy: mainBound(other),
    }
  })
  const causes: PassCause[] = []
  let covered = 0
  for (const cause of parts.toSorted((a, b) => b.moreRatio - a.moreRatio)) {
    if (covered >= (ratio - 1) / 2 || cause.moreRatio <= 0) break
    causes.push(cause)
    covered += cause.moreRatio
  }
  return {name: candidate.name, ratio, causes}
}
