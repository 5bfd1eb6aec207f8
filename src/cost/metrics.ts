import type {Column} from '../accelerator/machine.js'

/** What the cost model says of one design point, in the order in which columns, stores and exports keep it. */
export const metrics = {
  latencySeconds: {short: 'latency', unit: 's', meaning: 'time of one pass'},
  energyJoules: {short: 'energy', unit: 'J', meaning: 'energy of one pass on one device'},
  averageWatts: {short: 'power', unit: 'W', meaning: 'energy over time'},
  tokensPerSecond: {short: 'throughput', unit: '1/s', goal: 'max', meaning: 'tokens that the pass reads or writes, over its time'},
  joulesPerToken: {short: 'energyPerToken', unit: 'J', meaning: 'energy of all devices over the tokens that the pass reads or writes'},
  clockHertz: {short: 'clock', unit: 'Hz', meaning: 'core clock that the pass runs at, after any power limit'},
  throttled: {unit: '', meaning: '1 where the power limit lowered the clock'},
  holdsPowerLimit: {unit: '', meaning: '1 where the pass holds the power limit; 0 where even the lowest clock exceeds it'},
  boundByIndex: {unit: '', meaning: 'which resource bounds most of the time; an index into the names of the space'},
  residentBytes: {short: 'resident', unit: 'B', meaning: 'weights, KV cache, activations and optimizer state kept in memory'},
  fitsInMemory: {short: 'fits', unit: '', meaning: '1 where the resident bytes fit in the outermost memory level'},
  dieSquareMillimetres: {short: 'area', unit: 'mm^2', meaning: 'die area; NaN where the accelerator does not describe it'},
  deviceDollars: {
    short: 'cost',
    unit: 'USD',
    meaning: 'cost of dies and memory of all devices that share the pass; NaN where the accelerator does not describe it',
  },
  embodiedGrams: {
    short: 'embodied',
    unit: 'g',
    meaning: 'carbon dioxide equivalent of making dies and memory of all devices that share the pass; NaN where it is not described',
  },
  matrixJoules: {unit: 'J', meaning: 'dynamic energy of the matrix units'},
  vectorJoules: {unit: 'J', meaning: 'dynamic energy of the vector units'},
  specialJoules: {unit: 'J', meaning: 'dynamic energy of the special-function units'},
  elementJoules: {unit: 'J', meaning: 'energy of fetching, addressing, converting and moving elements in kernels of rows and elements'},
  registerJoules: {unit: 'J', meaning: 'energy of bytes crossing register levels'},
  scratchpadJoules: {unit: 'J', meaning: 'energy of bytes crossing shared memories and scratchpads'},
  cacheJoules: {unit: 'J', meaning: 'energy of bytes crossing caches and global buffers'},
  dramJoules: {unit: 'J', meaning: 'energy of bytes crossing the outermost memory'},
  linkJoules: {unit: 'J', meaning: 'energy of bytes on links to other devices'},
  clockingJoules: {unit: 'J', meaning: 'clock tree and schedulers over the time that kernels run'},
  regulatorJoules: {unit: 'J', meaning: "loss of the core's voltage regulator"},
  staticJoules: {unit: 'J', meaning: 'static power over the time of the pass'},
  idleJoules: {unit: 'J', meaning: 'idle power over the time of the pass'},
} as const

export type Metric = keyof typeof metrics

export const metricNames = Object.keys(metrics) as readonly Metric[]

/** What is known of a design before any pass is timed on it. */
export const staticMetrics = [
  'residentBytes',
  'fitsInMemory',
  'dieSquareMillimetres',
  'deviceDollars',
  'embodiedGrams',
] as const satisfies readonly Metric[]

export type StaticMetric = (typeof staticMetrics)[number]

const shortNames: ReadonlyMap<string, Metric> = new Map(
  metricNames.flatMap((name) => {
    const metric: {readonly short?: string; readonly unit: string} = metrics[name]
    return metric.short === undefined ? [] : [[metric.short, name] as const]
  }),
)

/** The metric that a person means: by its name, or by its short one (`latency`). */
export function metricNamed(written: string): Metric | undefined {
  return (metricNames as readonly string[]).includes(written) ? (written as Metric) : shortNames.get(written)
}

/** Whether people want a metric large or small, where they do not say. */
export function usualGoal(name: Metric): 'min' | 'max' {
  const metric: {readonly goal?: 'max'; readonly unit: string} = metrics[name]
  return metric.goal ?? 'min'
}

/** Every word that names a metric, short ones first. */
export const metricWords: readonly string[] = [...shortNames.keys(), ...metricNames]

export type MetricColumns = Readonly<Record<Metric, Column>>

/** Columns for every metric, to be allocated once and reused. */
export function metricColumns(rowCapacity: number): MetricColumns {
  return Object.fromEntries(metricNames.map((name) => [name, new Float64Array(rowCapacity)])) as MetricColumns
}
