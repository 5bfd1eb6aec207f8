/** Standard normal numbers from a seed (Lehmer's generator, Box–Muller). */
export function seededNormal(seed: number): () => number {
  let state = Math.max(1, Math.floor(seed * 7919) % 2147483647)
  const uniform = (): number => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** A stationary first-order autoregression about zero, with innovations of deviation one. */
export function autoregression(normal: () => number, count: number, correlation: number): number[] {
  let value = normal() / Math.sqrt(1 - correlation * correlation)
  return Array.from({length: count}, () => {
    value = correlation * value + normal()
    return value
  })
}
