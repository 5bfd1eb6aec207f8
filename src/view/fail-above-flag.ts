import {custom} from '@oclif/core/flags'
import {formatQuantity} from '../cli/text.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {Bar, BarMetric} from '../validate/bars/bar.js'
import type {BarOutcome} from '../validate/bars/check-bars.js'

/** Bars that a result may not exceed; what is wrong with one is told before anything is computed. */
export const failAboveFlag = custom<Bar>({
  description:
    'Exit with 5 where latency, energy, edp, power, cycles or bytes.LEVEL is above this: a quantity, or a factor on what a file of --json holds.',
  helpValue: 'METRIC=1.05x:FILE',
  multiple: true,
  parse: async (text) => (await import('../validate/bars/bar.js')).parseBar(text),
})()

/** Refuses bars that a result over these levels cannot be held against, before it is computed; passes have no cycles. */
export async function checkBarsFirst(
  bars: readonly Bar[] | undefined,
  levels: readonly {readonly name: string}[],
  hasCycles: boolean,
): Promise<void> {
  if (bars === undefined) return
  const {checkBarsAhead} = await import('../validate/bars/check-bars.js')
  checkBarsAhead(
    bars,
    levels.map(({name}) => name),
    hasCycles,
  )
}

/** The record with what came of each bar; a bar that is missed sets the exit code, and in text form ends the command. */
export async function heldBars<Result extends object>(
  record: Result,
  bars: readonly Bar[] | undefined,
  isJson: boolean,
): Promise<Result & {readonly bars?: readonly BarOutcome[]}> {
  if (bars === undefined) return record
  const {checkBars} = await import('../validate/bars/check-bars.js')
  const outcomes = checkBars(record, bars)
  const missed = outcomes.filter(({isMet}) => !isMet)
  if (missed.length > 0) {
    process.exitCode = exitCodes.barNotMet
    const code = {
      code: 'BAR_NOT_MET',
      exitCode: exitCodes.barNotMet,
      suggestions: ['loosen the bar, or make the baseline anew with --json'],
    }
    if (!isJson) throw new UserError(missed.map((outcome) => barSentence(outcome)).join('\n'), code)
  }
  return {...record, bars: outcomes}
}

const units = {latency: 's', energy: 'J', edp: 'J·s', power: 'W', cycles: '', bytes: 'B'} satisfies Record<BarMetric, string>

/** What was missed and by how much, and which operator or level is behind it. */
export function barSentence({bar, metric, result, value, baselineValue, part}: BarOutcome): string {
  const unit = units[metric.split('.')[0] as BarMetric]
  const text = (each: number): string => formatQuantity(each, unit)
  const whose = result === null ? metric : `${metric} of ${result}`
  if (baselineValue === null) {
    const largest = part === null ? '' : `; ${part.name} is the largest part, ${text(part.value)}`
    return `${whose} is ${text(value)}, above ${bar}${largest}`
  }
  const ratio = Number((value / baselineValue).toPrecision(4))
  return `${whose} is ${text(value)}, ${ratio} times the ${text(baselineValue)} before, above ${bar}${grownText(part, text)}`
}

function grownText(part: BarOutcome['part'], text: (value: number) => string): string {
  if (part === null || part.baselineValue === null) return ''
  const {name, value, baselineValue} = part
  return baselineValue === 0 ? `; ${name} is new, ${text(value)}` : `; ${name} grew most, from ${text(baselineValue)} to ${text(value)}`
}
