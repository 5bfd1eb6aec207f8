import type {Metric} from '../../cost/metrics.js'
import type {Objective} from '../../sweep/objective.js'

/** Where the words of a metric's code name would mislead. */
const titles: Partial<Readonly<Record<Metric, string>>> = {
  averageWatts: 'Power',
  tokensPerSecond: 'Throughput',
  joulesPerToken: 'Energy per token',
  clockHertz: 'Core clock',
  boundByIndex: 'Bound by',
  residentBytes: 'Resident data',
  dieSquareMillimetres: 'Die area',
  deviceDollars: 'Device cost',
  embodiedGrams: 'Embodied carbon',
  dramJoules: 'Main memory energy',
}

/** A metric in words, without its unit: "latencySeconds" reads "Latency", "matrixJoules" reads "Matrix energy". */
export function metricTitle(metric: Metric): string {
  const known = titles[metric]
  if (known !== undefined) return known
  const words = metric === 'energyJoules' ? 'energy' : metric.replace(/Joules$/, 'Energy').replace(/Seconds$/, '')
  const spaced = words.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

/** An objective in words: its metric, or the name that the study gives it. */
export function objectiveTitle({name, metric}: Pick<Objective, 'name' | 'metric'>): string {
  return metric === undefined ? name : metricTitle(metric)
}
