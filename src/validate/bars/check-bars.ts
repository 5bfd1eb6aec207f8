import {nameHints} from '../../foundation/nearest-name.js'
import {UserError} from '../../foundation/user-error.js'
import {readText} from '../../spec/yaml-source.js'
import type {Bar, BarMetric} from './bar.js'
import {type Costs, type ResultCosts, resultCosts} from './record-costs.js'

/** A value of a result, of its part, or of both in the baseline; in the unit of the metric. */
export interface BarOutcome {
  readonly bar: string
  readonly metric: string
  /** Of several results: which. */
  readonly result: string | null
  readonly value: number
  readonly limitValue: number
  /** Null beside an absolute limit. */
  readonly baselineValue: number | null
  readonly isMet: boolean
  /** The operator or level that grew most, or takes most where there is no baseline; null where none is known. */
  readonly part: {readonly name: string; readonly value: number; readonly baselineValue: number | null} | null
}

/** What every result has; passes have no cycles. */
const commonMetrics: readonly BarMetric[] = ['latency', 'energy', 'edp', 'power']

/** Refuses, before there is a result, bars on what it will not have, and baselines that cannot be read. */
export function checkBarsAhead(bars: readonly Bar[], levels: readonly string[], hasCycles: boolean): void {
  for (const bar of bars) {
    const known = [...commonMetrics, ...(hasCycles ? ['cycles'] : []), ...levels.map((level) => `bytes.${level}`)]
    if (!known.includes(metricOf(bar))) throw unknownMetric(bar, 'this result', known)
    if (bar.limit.kind === 'ratio') readBaseline(bar.limit.file)
  }
}

function metricOf({metric, level}: Bar): string {
  return level === undefined ? metric : `${metric}.${level}`
}

function unknownMetric(bar: Bar, where: string, known: readonly string[]): UserError {
  return new UserError(`${where} has no ${metricOf(bar)}`, {code: 'UNKNOWN_NAME', suggestions: nameHints(metricOf(bar), known)})
}

/** Holds each result of a record against each bar. */
export function checkBars(record: unknown, bars: readonly Bar[]): BarOutcome[] {
  const results = resultCosts(record)
  const baselines = new Map<string, readonly ResultCosts[]>()
  return bars.flatMap((bar) => {
    const {limit} = bar
    if (limit.kind === 'value') return results.map((result) => outcome(bar, result, undefined, limit.value))
    const baseline = baselines.get(limit.file) ?? readBaseline(limit.file)
    baselines.set(limit.file, baseline)
    return results.map((result) => {
      const before = baselineOf(result, baseline, limit.file)
      return outcome(bar, result, before, limit.ratio * barValue(bar, before.costs, limit.file))
    })
  })
}

function outcome(bar: Bar, result: ResultCosts, before: ResultCosts | undefined, limitValue: number): BarOutcome {
  const value = barValue(bar, result.costs, result.name ?? 'this result')
  return {
    bar: bar.text,
    metric: metricOf(bar),
    result: result.name,
    value,
    limitValue,
    baselineValue: before === undefined ? null : barValue(bar, before.costs, ''),
    isMet: value <= limitValue,
    part: partBehind(bar, result, before),
  }
}

/** The part whose value grew most since the baseline, or is the largest. A part that is new grew from nothing. */
function partBehind(bar: Bar, {parts}: ResultCosts, before: ResultCosts | undefined): BarOutcome['part'] {
  const known = parts.flatMap(({name, costs}) => {
    const value = costOf(bar, costs)
    if (value === undefined) return []
    const same = before?.parts.find((part) => part.name === name)
    const baselineValue = before === undefined ? null : same === undefined ? 0 : (costOf(bar, same.costs) ?? 0)
    return [{name, value, baselineValue, grown: value - (baselineValue ?? 0)}]
  })
  if (known.length === 0) return null
  const {name, value, baselineValue, grown} = known.reduce((most, each) => (each.grown > most.grown ? each : most))
  return grown > 0 ? {name, value, baselineValue} : null
}

function costOf({metric, level}: Bar, costs: Costs): number | undefined {
  return metric === 'bytes' ? costs.bytesByLevel[level!] : costs[metric]
}

function barValue(bar: Bar, costs: Costs, where: string): number {
  const value = costOf(bar, costs)
  if (value !== undefined) return value
  const known = [
    ...Object.keys(costs).filter((metric) => metric !== 'bytesByLevel'),
    ...Object.keys(costs.bytesByLevel).map((level) => `bytes.${level}`),
  ]
  throw unknownMetric(bar, where, known)
}

/** The result of a baseline that stands for another: its only one, or that of the same name. */
function baselineOf(result: ResultCosts, baseline: readonly ResultCosts[], file: string): ResultCosts {
  const before = baseline.length === 1 ? baseline[0]! : baseline.find(({name}) => name === result.name)
  if (before === undefined) {
    const known = baseline.map(({name}) => String(name))
    throw new UserError(`${file} has no result named ${result.name ?? 'as this one'}`, {
      code: 'BASELINE_DIFFERS',
      suggestions: [...nameHints(result.name ?? '', known), 'make it anew with --json from the same command'],
    })
  }
  const differing = [...new Set([...Object.keys(result.subject), ...Object.keys(before.subject)])].find(
    (key) => result.subject[key] !== before.subject[key],
  )
  if (differing === undefined) return before
  const [now, then] = [result.subject[differing] ?? 'none', before.subject[differing] ?? 'none']
  throw new UserError(`${file} is of another ${differing}: ${then} there, ${now} here`, {
    code: 'BASELINE_DIFFERS',
    suggestions: ['name the baseline of this run', `or make one: run the same command with --json > ${file}`],
  })
}

function readBaseline(file: string): readonly ResultCosts[] {
  const text = readText(file)
  const refusal = (reason: string, cause?: unknown): UserError =>
    new UserError(`${file}: ${reason}`, {
      code: 'BASELINE_INVALID',
      suggestions: [`make one: run the command with --json > ${file}`],
      cause,
    })
  let results: ResultCosts[]
  try {
    results = resultCosts(JSON.parse(text))
  } catch (cause) {
    throw refusal(`this is not JSON: ${(cause as Error).message}`, cause)
  }
  if (results.length === 0) throw refusal('it holds no result of ridge eval, ridge map or ridge map compare')
  return results
}
