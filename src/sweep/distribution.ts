import {normalQuantile} from './normal-quantile.js'

/** Values in the unit of an axis, by how much of all lies below. */
export interface Distribution {
  /** What tells it apart: its kind and numbers. */
  readonly key: readonly (string | number)[]
  /** The value that a share in [0, 1) of all lies below. */
  readonly quantile: (share: number) => number
  /** Whether there is any value: no whole multiple of a step may lie within the bounds. */
  readonly isAnywhere: boolean
}

/** A parameter of a distribution: a value of the axis, or a plain number. */
export interface DistributionNumber {
  readonly name: string
  readonly isPlain?: boolean
}

interface DistributionKind {
  readonly numbers: readonly DistributionNumber[]
  /** Why these numbers describe no distribution: which one is at fault, and what is expected. */
  readonly fault: (...numbers: readonly number[]) => readonly [name: string, reason: string] | undefined
  readonly quantile: (...numbers: readonly number[]) => (share: number) => number
}

const ascending = (from: number, to: number): readonly [string, string] | undefined =>
  to > from ? undefined : ['to', 'the end of a range must lie above its start']

/** Tails without end are cut where a share can no longer tell them apart in 32 bits. */
const outermost = 2 ** -33
const normal = (share: number): number => normalQuantile(Math.min(Math.max(share, outermost), 1 - outermost))

/** What continuous axes may be drawn from. */
const distributionNames = ['uniform', 'loguniform', 'triangular', 'normal', 'lognormal'] as const
export type DistributionName = (typeof distributionNames)[number]

export const distributions: Readonly<Record<DistributionName, DistributionKind>> = {
  uniform: {
    numbers: [{name: 'from'}, {name: 'to'}],
    fault: ascending,
    quantile: (from, to) => (share) => from + share * (to - from),
  },
  loguniform: {
    numbers: [{name: 'from'}, {name: 'to'}],
    fault: (from, to) => (from > 0 ? ascending(from, to) : ['from', 'a log range starts above zero']),
    quantile: (from, to) => (share) => from * (to / from) ** share,
  },
  triangular: {
    numbers: [{name: 'from'}, {name: 'peak'}, {name: 'to'}],
    fault: (from, peak, to) =>
      ascending(from, to) ?? (peak >= from && peak <= to ? undefined : ['peak', 'the peak must lie between the start and the end']),
    quantile: (from, peak, to) => {
      const rising = (peak - from) / (to - from)
      return (share) =>
        share < rising ? from + Math.sqrt(share * (to - from) * (peak - from)) : to - Math.sqrt((1 - share) * (to - from) * (to - peak))
    },
  },
  normal: {
    numbers: [{name: 'mean'}, {name: 'deviation'}],
    fault: (_, deviation) => (deviation > 0 ? undefined : ['deviation', 'a deviation must be more than zero']),
    quantile: (mean, deviation) => (share) => mean + deviation * normal(share),
  },
  lognormal: {
    numbers: [{name: 'median'}, {name: 'sigma', isPlain: true}],
    fault: (median, sigma) => {
      if (!(median > 0)) return ['median', 'the median of a lognormal distribution must be more than zero']
      return sigma > 0 ? undefined : ['sigma', 'the deviation of the logarithm must be more than zero']
    },
    quantile: (median, sigma) => (share) => median * Math.exp(sigma * normal(share)),
  },
}

/** How a distribution is cut, and which step its values are whole multiples of. */
export interface DistributionBounds {
  readonly leastValue?: number | undefined
  readonly mostValue?: number | undefined
  readonly stepValue?: number | undefined
}

/** A distribution by its kind and numbers, kept between two values where it is cut; the numbers must be sound. */
export function distribution(name: DistributionName, numbers: readonly number[], bounds: DistributionBounds = {}): Distribution {
  const {leastValue: least = -Infinity, mostValue: most = Infinity, stepValue} = bounds
  const quantile = distributions[name].quantile(...numbers)
  const isCut = least > -Infinity || most < Infinity
  const [low, high] = [shareBelow(quantile, least), shareBelow(quantile, most)]
  const between = (share: number): number => Math.min(Math.max(quantile(low + share * (high - low)), least), most)
  const value = isCut ? between : quantile
  const key = [name, ...numbers, ...(isCut ? ['between', String(least), String(most)] : [])]
  if (stepValue === undefined) return {key, quantile: value, isAnywhere: true}
  const [first, last] = multiplesWithin(stepValue, value)
  return {
    key: [...key, 'step', stepValue],
    quantile: (share) => Math.min(Math.max(Math.round(value(share) / stepValue), first), last) * stepValue,
    isAnywhere: first <= last,
  }
}

/** What is off a whole multiple by less is so by rounding alone. */
const wholeSlack = 1e-9

/** Which multiple of a step is the first, and which the last, that a distribution reaches. */
function multiplesWithin(step: number, value: (share: number) => number): readonly [first: number, last: number] {
  return [Math.ceil(value(0) / step - wholeSlack), Math.floor(value(1) / step + wholeSlack)]
}

/** How much of a distribution lies below a value: where its quantile, which never falls, passes it. */
function shareBelow(quantile: (share: number) => number, value: number): number {
  let [low, high] = [0, 1]
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (quantile(middle) < value) low = middle
    else high = middle
  }
  return (low + high) / 2
}
