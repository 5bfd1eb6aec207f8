/** How tokens fall on experts: dealt evenly, drawn at random with equal chances, or loads with density ∝ load^−exponent. */
export const expertDistributions = ['balanced', 'random', 'power_law'] as const
export type ExpertDistribution = (typeof expertDistributions)[number]

export interface ExpertRouting {
  readonly tokens: number
  readonly experts: number
  readonly topK: number
  readonly distribution: ExpertDistribution
  /** Of the power law. */
  readonly exponent: number
  /** Ranks over which the experts are spread; the busiest one is described. */
  readonly expertParallel: number
}

/** Experts that are hit, and the tokens that each of them gets; both are expected values. */
export interface ExpertGroup {
  readonly expertCount: number
  readonly rowsPerExpert: number
}

/** Experts of the busiest rank that get tokens, those of similar load together. */
export function expertGroups(routing: ExpertRouting): ExpertGroup[] {
  const {tokens, experts, topK, distribution, expertParallel} = routing
  const rankExperts = Math.ceil(experts / expertParallel)
  const rankRows = (tokens * topK) / expertParallel
  switch (distribution) {
    case 'balanced': {
      const expertCount = Math.min(rankExperts, Math.max(1, rankRows))
      return [{expertCount, rowsPerExpert: Math.max(1, rankRows / expertCount)}]
    }
    case 'random': {
      // A token picks topK distinct experts, so one expert stays idle with probability (1 − topK / experts)^tokens.
      const expertCount = rankExperts * (1 - (1 - topK / experts) ** tokens)
      return [{expertCount, rowsPerExpert: rankRows / expertCount}]
    }
    case 'power_law':
      return skewedGroups(routing)
  }
}

/** Experts are dealt to ranks by falling load; those within a factor of two of each other form one group. */
function skewedGroups(routing: ExpertRouting): ExpertGroup[] {
  const groups = new Map<number, {expertCount: number; rowCount: number}>()
  for (const [index, rows] of expectedLoads(routing).entries()) {
    if (index % routing.expertParallel !== 0) continue
    const hitRatio = 1 - (1 - Math.min(1, rows / routing.tokens)) ** routing.tokens
    const key = Math.floor(Math.log2(rows / hitRatio))
    const group = groups.get(key) ?? {expertCount: 0, rowCount: 0}
    groups.set(key, {expertCount: group.expertCount + hitRatio, rowCount: group.rowCount + rows})
  }
  return [...groups.values()].map(({expertCount, rowCount}) => ({expertCount, rowsPerExpert: rowCount / expertCount}))
}

/**
 * Expected tokens of each expert, falling: quantiles of a density ∝ x^−exponent, scaled to tokens × topK. Its ends are those with
 * which the mixture-of-experts rows of aiconfigurator were measured. No expert gets a token twice: what exceeds `tokens` goes to the others.
 */
function expectedLoads({tokens, experts, topK, exponent}: ExpertRouting): number[] {
  const [smallest, largest] = tokens * topK > experts ? [1, Math.max(1, 0.8 * tokens)] : [0.01, 2]
  const power = 1 - exponent
  const weights = Array.from({length: experts}, (_, index) => {
    const u = 1 - (index + 0.5) / experts
    if (Math.abs(power) < 1e-9) return smallest * (largest / smallest) ** u
    return ((largest ** power - smallest ** power) * u + smallest ** power) ** (1 / power)
  })
  return fillTo(weights, tokens * topK, tokens)
}

function fillTo(weights: readonly number[], total: number, cap: number): number[] {
  let cappedCount = 0
  for (;;) {
    const rest = weights.slice(cappedCount).reduce((sum, weight) => sum + weight, 0)
    const scale = (total - cappedCount * cap) / rest
    const nextWeight = weights[cappedCount]
    if (nextWeight === undefined || nextWeight * scale <= cap) return weights.map((weight, i) => (i < cappedCount ? cap : weight * scale))
    cappedCount++
  }
}
