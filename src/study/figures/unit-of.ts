import type {UnitName} from '../../report/unit.js'

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
  '1/s': 'tokensPerSecond',
}

/** The unit of a column, where figures know one for it. */
export function unitOf(unit: string): {unit?: UnitName} {
  const name = unitNames[unit]
  return name === undefined ? {} : {unit: name}
}
