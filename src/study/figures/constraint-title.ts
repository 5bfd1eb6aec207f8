import {metricNames} from '../../cost/metrics.js'
import {metricTitle} from './metric-title.js'

const signs = [
  [/<=/g, '≤'],
  [/>=/g, '≥'],
  [/==/g, '='],
  [/\bmm\^2/g, 'mm²'],
] as const

/** A constraint as figures write it: "dieSquareMillimetres <= 600 mm^2" reads "die area ≤ 600 mm²". */
export function constraintTitle(text: string): string {
  const named = metricNames.reduce((each, name) => each.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), metricTitle(name).toLowerCase()), text)
  return signs.reduce((each, [sign, written]) => each.replaceAll(sign, written), named)
}
