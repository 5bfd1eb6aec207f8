import type {Palette} from '../cli/colour.js'
import {formatTable} from '../cli/table.js'
import {bar, formatPercent, formatQuantity} from '../cli/text.js'
import type {Evaluation} from '../cost/evaluate.js'
import type {Explanation, Fact, TimeStep} from '../cost/explanation.js'
import type {OperatorCost} from '../cost/operator-cost.js'
import {blocks, factLines} from './layout.js'

/** How the time of the explained operator comes about: what its kernel does, and the steps from the ideal time to the predicted one. */
export function explanationText({operators}: Evaluation, colours: Palette): string | undefined {
  const operator = operators.find(({explanation}) => explanation !== undefined)
  if (operator?.explanation === undefined) return undefined
  const {facts} = operator.explanation
  return blocks(
    `${colours.bold(`why ${operator.name} takes its time`)}, one of its ${operator.count} runs`,
    facts.length === 0
      ? undefined
      : factLines(
          facts.map((fact) => [fact.name, factText(fact)]),
          colours,
        ),
    stepTable(operator, operator.explanation, colours),
  )
}

/** Prefixes stand before units of SI; counts, ratios and named units keep theirs. */
const prefixed = new Set(['s', 'B', 'flop', 'op', 'B/s', 'flop/s', 'Hz', 'W', 'J'])

function factText({value, unit}: Fact): string {
  if (typeof value === 'string') return unit === '' ? value : `${value} ${unit}`
  if (unit === 'ratio') return formatPercent(value)
  if (unit === 'us') return formatQuantity(value * 1e-6, 's')
  return prefixed.has(unit) || unit === '' ? formatQuantity(value, unit) : `${formatQuantity(value, '')} ${unit}`
}

/** Steps below this share of the time are left to `--json`. */
const leastShare = 1e-4

function stepTable({count, boundBy}: OperatorCost, {steps}: Explanation, {dim}: Palette): string {
  const total = steps.reduce((sum, {seconds}) => sum + seconds, 0)
  const rows: TimeStep[] = [
    ...steps.filter(({seconds}) => Math.abs(seconds) >= leastShare * total),
    {
      name: 'predicted',
      meaning: `bound by ${boundBy}${count > 1 ? `; ${formatQuantity(total * count, 's')} for all runs` : ''}`,
      source: '',
      seconds: total,
    },
  ]
  return formatTable(
    [
      {header: 'step', cell: ({name}) => name, align: 'left'},
      {
        header: 'time',
        cell: ({name, seconds}) => `${seconds >= 0 && name !== 'ideal' && name !== 'predicted' ? '+' : ''}${formatQuantity(seconds, 's')}`,
        align: 'right',
      },
      {header: '', cell: ({seconds}) => dim(bar(Math.abs(seconds) / total, 16)), align: 'left', dropOrder: 3},
      {header: 'meaning', cell: ({meaning}) => meaning, align: 'left', dropOrder: 1},
      {header: 'source', cell: ({source}) => dim(source), align: 'left', dropOrder: 2},
    ],
    rows,
  )
}
