/** What one loop of a dimension may count. */
export interface LoopRule {
  readonly fixedCount: number | undefined
  /** Infinite where nothing limits it. */
  readonly maximumCount: number
}

/** All the ways to split a dimension into one loop per rule; rules outermost first. */
export interface Factorizations {
  readonly size: number
  readonly rules: readonly LoopRule[]
  readonly count: number
  /** Those from the given loop outward, where the loops inside it cover `inner`. */
  readonly countFrom: (rule: number, inner: number) => number
  /** What the loop may count there. */
  readonly choices: (rule: number, inner: number) => readonly number[]
}

/**
 * Splits of `size` by rules, counted without listing them. A perfect split multiplies to the size; an imperfect one may overshoot it in its
 * outermost loop, which counts just what is needed.
 */
export function factorizationsOf(size: number, rules: readonly LoopRule[], allowsImperfect: boolean): Factorizations {
  const counts = rules.map(() => new Map<number, number>())
  const choices = (rule: number, inner: number): readonly number[] => {
    const {fixedCount, maximumCount} = rules[rule]!
    const needed = Math.ceil(size / inner)
    const fits = (count: number): boolean => count <= needed && (allowsImperfect || needed % count === 0)
    if (fixedCount !== undefined) return fits(fixedCount) ? [fixedCount] : []
    const most = Math.min(needed, maximumCount)
    return allowsImperfect ? Array.from({length: most}, (_, index) => index + 1) : divisorsOf(needed).filter((count) => count <= most)
  }
  const countFrom = (rule: number, inner: number): number => {
    if (rule < 0) return inner === size ? 1 : 0
    const known = counts[rule]!.get(inner)
    if (known !== undefined) return known
    let total = 0
    for (const count of choices(rule, inner)) total += countFrom(rule - 1, Math.min(size, inner * count))
    counts[rule]!.set(inner, total)
    return total
  }
  return {size, rules, count: countFrom(rules.length - 1, 1), countFrom, choices}
}

/** Every split as a row of counts, those with small inner loops first. */
export function listed({size, rules, count, countFrom, choices}: Factorizations): Int32Array {
  const rows = new Int32Array(count * rules.length)
  const row = new Int32Array(rules.length)
  let filled = 0
  const fill = (rule: number, inner: number): void => {
    if (rule < 0) {
      rows.set(row, filled)
      filled += rules.length
      return
    }
    for (const choice of choices(rule, inner)) {
      const outer = Math.min(size, inner * choice)
      if (countFrom(rule - 1, outer) === 0) continue
      row[rule] = choice
      fill(rule - 1, outer)
    }
  }
  fill(rules.length - 1, 1)
  return rows
}

/** The split whose inner loops are as short as the rules let them be, into `out`. */
export function smallestInner({size, rules, countFrom, choices}: Factorizations): Int32Array {
  const row = new Int32Array(rules.length)
  for (let rule = rules.length - 1, inner = 1; rule >= 0; rule--) {
    const choice = choices(rule, inner).find((count) => countFrom(rule - 1, Math.min(size, inner * count)) > 0)!
    row[rule] = choice
    inner = Math.min(size, inner * choice)
  }
  return row
}

/** Divisors in rising order. */
function divisorsOf(value: number): number[] {
  const low: number[] = []
  const high: number[] = []
  for (let divisor = 1; divisor * divisor <= value; divisor++) {
    if (value % divisor !== 0) continue
    low.push(divisor)
    if (divisor * divisor !== value) high.unshift(value / divisor)
  }
  return [...low, ...high]
}

/** Prime factors in rising order, each as often as it divides. */
export function primeFactors(value: number): number[] {
  const primes: number[] = []
  let rest = value
  for (let prime = 2; prime * prime <= rest; prime++) {
    for (; rest % prime === 0; rest /= prime) primes.push(prime)
  }
  return rest > 1 ? [...primes, rest] : primes
}
