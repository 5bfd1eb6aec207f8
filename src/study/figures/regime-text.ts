const prefixes = ['', 'k', 'M', 'G', 'T', 'P']
const decadeUnits: Readonly<Record<string, string>> = {flops: 'FLOP', bytes: 'B', tokens: 'tokens'}

/** A regime as a person reads it: `flops 1e9-1e10` is "1–10 GFLOP", `kv<=256 groups<=2` is "kv ≤ 256, groups ≤ 2". */
export function regimeText(regime: string): string {
  const [, quantity = '', exponent] = /^(\w+) 1e(\d+)-1e\d+$/.exec(regime) ?? []
  const unit = decadeUnits[quantity]
  if (unit === undefined) return regime.replaceAll(' ', ', ').replaceAll('<=', ' ≤ ').replaceAll('>', ' > ').replaceAll('=', ' = ')
  const step = Math.min(Math.floor(Number(exponent) / 3), prefixes.length - 1)
  const least = 10 ** (Number(exponent) - 3 * step)
  return `${least}–${10 * least} ${[prefixes[step], unit].filter(Boolean).join(unit === 'tokens' ? ' ' : '')}`
}
