/** What a mapping takes, as an objective sees it. */
export interface Outcome {
  readonly latencySeconds: number
  readonly energyJoules: number
}

/** What a search makes least; each grows with time and with energy, which is what makes bounds of these bounds of it. A new one is a line. */
export const objectives = {
  latency: {unit: 's', of: (latencySeconds) => latencySeconds},
  energy: {unit: 'J', of: (_, energyJoules) => energyJoules},
  edp: {unit: 'J s', of: (latencySeconds, energyJoules) => latencySeconds * energyJoules},
} satisfies Record<string, {readonly unit: string; readonly of: (latencySeconds: number, energyJoules: number) => number}>

export type Objective = keyof typeof objectives

/** One objective, or several of which a later one decides where all before are equal; or the whole frontier of time and energy. */
export type Aim = readonly Objective[] | 'frontier'

/** Values this close, relative to their size, are equal: sums in another order may differ by as much. */
export const equalRatio = 1e-9

/**
 * By how much the first outcome is worse than the second in the first objective that tells them apart, relative to the second;
 * 0 where none does, below 0 where it is better.
 */
export function worsening(
  aim: readonly Objective[],
  latencySeconds: number,
  energyJoules: number,
  otherLatencySeconds: number,
  otherEnergyJoules: number,
): number {
  for (let index = 0; index < aim.length; index++) {
    const objective = objectives[aim[index]!]
    const other = objective.of(otherLatencySeconds, otherEnergyJoules)
    const difference = objective.of(latencySeconds, energyJoules) - other
    if (Math.abs(difference) > equalRatio * other) return difference / other
  }
  return 0
}
