import type {BarMetric} from './bar.js'

/** What one thing costs, in the units of the metrics; a metric it does not have is left out. */
export type Costs = Readonly<Partial<Record<Exclude<BarMetric, 'bytes'>, number>>> & {
  readonly bytesByLevel: Readonly<Record<string, number>>
}

/** One result among those of a record: what it is of, what it costs, and what its parts do. */
export interface ResultCosts {
  /** Tells results of one record apart; null where it is the only one. */
  readonly name: string | null
  /** What two results must share to be compared. */
  readonly subject: Readonly<Record<string, string | number>>
  readonly costs: Costs
  /** Operators of a pass; levels of a mapping. */
  readonly parts: readonly {readonly name: string; readonly costs: Costs}[]
}

type Tree = Readonly<Record<string, unknown>>

/** The results in a record that a command returned, or that was read from the file it was printed to; none where it is of another kind. */
export function resultCosts(record: unknown): ResultCosts[] {
  const data = treeOf(record)
  const [candidates, evaluations] = [data['candidates'], data['evaluations']]
  if (Array.isArray(candidates)) return candidates.flatMap((each) => oneResult(treeOf(each), textOf(treeOf(each)['name'])))
  if (Array.isArray(evaluations)) return evaluations.flatMap((each) => oneResult(treeOf(each), textOf(treeOf(each)['accelerator'])))
  return oneResult(data, null)
}

function oneResult(data: Tree, name: string | null): ResultCosts[] {
  if (Array.isArray(data['operators']) && data['workload'] !== undefined) return [passCosts(data, name)]
  if (Array.isArray(data['levels']) && data['problem'] !== undefined) return [mappingCosts(data, name)]
  return []
}

const sizes = ['batch', 'promptTokens', 'prefixTokens', 'contextTokens', 'tensorParallel'] as const

/** Formats, clocks and changes of the hardware may differ: they are what is compared. */
function passCosts(data: Tree, name: string | null): ResultCosts {
  const operators = listOf(data['operators'])
  const settings = treeOf(data['settings'])
  const parts = operators.map((operator) => ({
    name: textOf(operator['name']) ?? '',
    costs: costsOf(operator, numbersOf(operator['bytesByLevel'])),
  }))
  const bytesByLevel: Record<string, number> = {}
  for (const {costs} of parts)
    for (const [level, bytes] of Object.entries(costs.bytesByLevel)) bytesByLevel[level] = (bytesByLevel[level] ?? 0) + bytes
  return {
    name,
    subject: {
      ...subjectOf(data, ['accelerator', 'workload', 'phase']),
      ...Object.fromEntries(Object.entries(numbersOf(settings)).filter(([key]) => (sizes as readonly string[]).includes(key))),
    },
    costs: costsOf(data, bytesByLevel),
    parts,
  }
}

function mappingCosts(data: Tree, name: string | null): ResultCosts {
  const secondsPerCycle = Number(data['latencySeconds']) / Number(data['cycles'])
  const levels = listOf(data['levels'])
  const parts = [...levels, treeOf(data['arithmetic'])].map((part) => ({
    name: textOf(part['name']) ?? '',
    costs: costsOf(
      {...part, latencySeconds: Number(part['cycles']) * secondsPerCycle},
      part['trafficBytes'] === undefined ? {} : {[textOf(part['name']) ?? '']: Number(part['trafficBytes'])},
    ),
  }))
  const bytesByLevel = Object.assign({}, ...parts.map(({costs}) => costs.bytesByLevel)) as Record<string, number>
  const operationCount = Number(data['operationCount'])
  return {
    name,
    subject: {...subjectOf(data, ['accelerator', 'problem']), 'multiply-adds': operationCount},
    costs: costsOf(data, bytesByLevel),
    parts,
  }
}

function costsOf(data: Tree, bytesByLevel: Costs['bytesByLevel']): Costs {
  const {latencySeconds: latency, energyJoules: energy, cycles} = numbersOf(data)
  return {
    ...(latency !== undefined && {latency}),
    ...(energy !== undefined && {energy}),
    ...(latency !== undefined && energy !== undefined && {edp: latency * energy, power: energy / latency}),
    ...(cycles !== undefined && {cycles}),
    bytesByLevel,
  }
}

function subjectOf(data: Tree, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, String(data[key])]))
}

function numbersOf(value: unknown): Partial<Record<string, number>> & Record<string, number> {
  return Object.fromEntries(Object.entries(treeOf(value)).filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}

function listOf(value: unknown): readonly Tree[] {
  return (Array.isArray(value) ? value : []).map(treeOf)
}

function treeOf(value: unknown): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {}
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
