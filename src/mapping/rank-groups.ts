import type {ProblemTensor} from '../workload/problem.js'

/** Ranks of a tensor that share dimensions, if only by others between them; groups of a tensor are independent of each other. */
export interface RankGroup {
  readonly dimensions: readonly number[]
  /** By rank: the coefficient of each of the group's dimensions. */
  readonly ranks: readonly (readonly number[])[]
}

/** The groups of a tensor; none of a scalar. */
export function rankGroups({ranks}: ProblemTensor): RankGroup[] {
  let groups: (typeof ranks)[] = []
  for (const rank of ranks) {
    const touches = (group: typeof ranks) =>
      group.some(({terms}) => terms.some(({dimension}) => rank.terms.some((term) => term.dimension === dimension)))
    groups = [...groups.filter((group) => !touches(group)), [...groups.filter(touches).flat(), rank]]
  }
  return groups.map((group) => {
    const dimensions = [...new Set(group.flatMap(({terms}) => terms.map(({dimension}) => dimension)))]
    const coefficient = (rank: (typeof ranks)[number], dimension: number) =>
      rank.terms.reduce((total, term) => total + (term.dimension === dimension ? term.coefficient : 0), 0)
    return {dimensions, ranks: group.map((rank) => dimensions.map((dimension) => coefficient(rank, dimension)))}
  })
}
