/** The 5th, 50th and 95th percentile of samples: nine in ten lie between the outer two. */
export type Band<Unit extends string> = Readonly<Record<`p5${Unit}` | `p50${Unit}` | `p95${Unit}`, number>>

/** The band of samples, whose unit its keys name. */
export function bandOf<Unit extends string>(unit: Unit, samples: Float64Array): Band<Unit> {
  const sorted = samples.slice().sort()
  return {
    [`p5${unit}`]: quantile(sorted, 0.05),
    [`p50${unit}`]: quantile(sorted, 0.5),
    [`p95${unit}`]: quantile(sorted, 0.95),
  } as Band<Unit>
}

/** A quantile of sorted samples, each the middle of its stratum: linear in between. Hazen 1914; type 5 of Hyndman and Fan 1996. */
export function quantile(sorted: Float64Array, ratio: number): number {
  const place = Math.min(Math.max(ratio * sorted.length - 0.5, 0), sorted.length - 1)
  const below = Math.floor(place)
  const share = place - below
  return share === 0 ? sorted[below]! : sorted[below]! * (1 - share) + sorted[below + 1]! * share
}
