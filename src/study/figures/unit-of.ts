import {screenUnit, takesPrefix} from '../../foundation/unit-symbol.js'
import type {ShownUnit, UnitName} from '../../report/unit.js'
import type {Objective} from '../../sweep/objective.js'

/** How the units of metrics and axes are called in figures and tables. */
const unitNames: Readonly<Record<string, UnitName>> = {
  s: 'seconds',
  J: 'joules',
  W: 'watts',
  Hz: 'hertz',
  B: 'bytes',
  'B/s': 'bytesPerSecond',
  'mm^2': 'squareMillimetres',
  USD: 'dollars',
}

/** The unit of a column, as text writes it where figures have no name for it; none for plain numbers. */
export function unitOf(unit: string): {unit?: ShownUnit} {
  const name = unitNames[unit]
  if (name !== undefined) return {unit: name}
  const symbol = screenUnit(unit)
  if (symbol === '') return {}
  return {unit: {symbol, style: takesPrefix(symbol) && !symbol.startsWith('/') ? 'prefixed' : 'plain'}}
}

/** The unit of a result; throughput counts tokens, whatever else is per second. */
export function objectiveUnit({metric, unit}: Pick<Objective, 'metric' | 'unit'>): {unit?: ShownUnit} {
  return metric === 'tokensPerSecond' ? {unit: 'tokensPerSecond'} : unitOf(unit)
}
