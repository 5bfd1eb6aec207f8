import {baseValueOf, ExpressionError, parseExpression} from '../../foundation/expression.js'
import {nameHints} from '../../foundation/nearest-name.js'
import {dimensionNoun, sameDimension, unitSize} from '../../foundation/quantity.js'
import {exitCodes, UserError} from '../../foundation/user-error.js'

/** What a bar may be set on; `bytes.LEVEL` is the traffic of one memory level. */
const barMetrics = {
  latency: {unit: 's', noun: 'a time', example: '3.2ms'},
  energy: {unit: 'J', noun: 'an energy', example: '1.5J'},
  edp: {unit: 'J s', noun: 'an energy times a time', example: '"4.8 mJ s"'},
  power: {unit: 'W', noun: 'a power', example: '450W'},
  cycles: {unit: '', noun: 'a plain number', example: '1.5e6'},
  bytes: {unit: 'B', noun: 'an amount of data', example: '4GiB'},
} as const
export type BarMetric = keyof typeof barMetrics

/** What a result may not exceed. */
export interface Bar {
  /** As it was written. */
  readonly text: string
  readonly metric: BarMetric
  /** Of bytes: the memory level. */
  readonly level: string | undefined
  /** Times what a baseline had, or a value in the unit of the metric. */
  readonly limit: {readonly kind: 'ratio'; readonly ratio: number; readonly file: string} | {readonly kind: 'value'; readonly value: number}
}

/** Reads `latency=1.05x:baseline.json`, `energy=1.5J` or `bytes.dram=4GiB`. */
export function parseBar(text: string): Bar {
  const [, name, limit] = /^\s*([^=\s]+)\s*=\s*(.+?)\s*$/.exec(text) ?? []
  if (name === undefined || limit === undefined)
    throw refusal(`"${text}" sets no bar`, ['write it as in --fail-above latency=1.05x:baseline.json or --fail-above energy=1.5J'])
  const [, word = name, level] = /^([^.]+)\.(.+)$/.exec(name) ?? []
  if (!Object.hasOwn(barMetrics, word)) {
    const known = Object.keys(barMetrics).map((each) => (each === 'bytes' ? 'bytes.LEVEL' : each))
    throw refusal(`"${name}" is not a metric that a bar can be set on`, nameHints(name, known), 'UNKNOWN_NAME')
  }
  const metric = word as BarMetric
  if ((metric === 'bytes') !== (level !== undefined))
    throw refusal(metric === 'bytes' ? `"${text}" names no memory level` : `${metric} is of no level`, [
      metric === 'bytes' ? 'write it as in --fail-above bytes.dram=4GiB' : `write ${metric}=${limit}`,
    ])
  return {text, metric, level, limit: limitOf(limit, metric)}
}

function limitOf(text: string, metric: BarMetric): Bar['limit'] {
  const [, factor, file] = /^([^:]*?)\s*x\s*:\s*(.+)$/i.exec(text) ?? []
  if (factor !== undefined && file !== undefined) {
    const ratio = Number(factor)
    if (factor !== '' && Number.isFinite(ratio) && ratio > 0) return {kind: 'ratio', ratio, file}
    throw refusal(`"${factor}" in "${text}" is no number above zero`, [`write it as in ${metric}=1.05x:${file}`])
  }
  const {unit, noun, example} = barMetrics[metric]
  const hints = [`write it as in ${metric}=${example}, or ${metric}=1.05x:baseline.json beside a baseline`]
  try {
    const expression = parseExpression(text, new Map())
    const {vector, baseValue} = unitSize(unit)
    if (!sameDimension(expression.vector, vector))
      throw refusal(`"${text}" is ${dimensionNoun(expression.vector)}, but ${metric} is ${noun}`, hints)
    return {kind: 'value', value: baseValueOf(expression) / baseValue}
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw refusal(`"${text}" is not ${noun}`, hints)
  }
}

function refusal(message: string, suggestions: readonly string[], code = 'BAD_VALUE'): UserError {
  return new UserError(message, {code, suggestions, exitCode: exitCodes.usage})
}
