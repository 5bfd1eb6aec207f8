/** Beyond it, `**` is as fast. */
const mostSteps = 16

/** `base ** exponent`, several times as fast for the halves and whole numbers that laws of voltage and yield have; equal but for rounding. */
export function power(base: number, exponent: number): number {
  const size = Math.abs(exponent)
  const whole = Math.floor(size)
  const isHalf = size - whole === 0.5
  if (!(size <= mostSteps && (isHalf || size === whole))) return base ** exponent
  let product = isHalf ? Math.sqrt(base) : 1
  for (let step = 0; step < whole; step++) product *= base
  return exponent < 0 ? 1 / product : product
}
