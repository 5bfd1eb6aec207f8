/** Halves of the angle that the density is summed over; the quantile is then right to six digits. */
const panelCount = 500
/** Beyond this many degrees of freedom the distribution is normal to three digits. */
const mostFreedomCount = 1000

/**
 * The t below which Student's distribution has a probability of at least a half. With t = √ν·tan θ its density is cos^(ν−1) θ;
 * Simpson's rule sums it. Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.
 */
export function studentQuantile(probabilityRatio: number, freedomCount: number): number {
  const exponent = Math.min(freedomCount, mostFreedomCount) - 1
  const step = Math.PI / 2 / panelCount
  const density = (angle: number): number => Math.max(Math.cos(angle), 0) ** exponent
  const areas = new Float64Array(panelCount + 1)
  for (let panel = 0; panel < panelCount; panel++) {
    const angle = panel * step
    areas[panel + 1] = areas[panel]! + (step / 6) * (density(angle) + 4 * density(angle + step / 2) + density(angle + step))
  }
  const wanted = (2 * probabilityRatio - 1) * areas[panelCount]!
  const panel = Math.max(areas.findIndex((area) => area >= wanted) - 1, 0)
  const share = (wanted - areas[panel]!) / (areas[panel + 1]! - areas[panel]!)
  return Math.sqrt(exponent + 1) * Math.tan((panel + share) * step)
}
