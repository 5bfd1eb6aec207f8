import type {Palette} from '../cli/colour.js'
import {formatTable} from '../cli/table.js'
import {formatPercent, formatQuantity} from '../cli/text.js'
import type {WorkloadSummary} from '../workload/workload-summary.js'
import {settingsText} from './evaluation-view.js'
import {blocks, factLines} from './layout.js'

/** A pass over a model as a person reads it: parameters, operations, bytes, and operational intensity by operator. */
export function workloadText(summary: WorkloadSummary, colours: Palette): string {
  const {flops, bytes} = summary
  return blocks(
    `${colours.bold(summary.name)} ${settingsText(summary)}`,
    factLines(facts(summary), colours),
    formatTable(
      [
        {header: 'operator', cell: ({name}) => name, align: 'left'},
        {header: 'runs', cell: ({count}) => `×${count}`, align: 'right', dropOrder: 3},
        {header: 'class', cell: (operator) => operator.class, align: 'left', dropOrder: 4},
        {header: 'flops', cell: (operator) => formatQuantity(operator.flops, 'flop'), align: 'right'},
        {header: 'share', cell: (operator) => formatPercent(operator.flops / flops), align: 'right', dropOrder: 1},
        {header: 'bytes', cell: (operator) => formatQuantity(operator.bytes, 'B'), align: 'right'},
        {header: 'share', cell: (operator) => formatPercent(operator.bytes / bytes), align: 'right', dropOrder: 2},
        {header: 'flop/B', cell: ({flopsPerByte}) => formatQuantity(flopsPerByte, ''), align: 'right'},
      ],
      summary.operators,
    ),
    colours.dim(`source: ${summary.source}`),
  )
}

function facts(summary: WorkloadSummary): [string, string][] {
  const {parameterCount, publishedParameterCount, residentBytes, flops, bytes, flopsPerByte, tokenCount} = summary
  const published = publishedParameterCount === null ? '' : `, published ${whole(publishedParameterCount)}`
  const kept = Object.entries(residentBytes).filter(([, each]) => each > 0)
  return [
    ...(parameterCount === 0 ? [] : [['parameters', `${whole(parameterCount)}${published}`] as [string, string]]),
    ['tokens', String(tokenCount)],
    ['flops', `${formatQuantity(flops, 'flop')}, ${formatQuantity(flops / tokenCount, 'flop')} a token`],
    ['bytes', `${formatQuantity(bytes, 'B')}, each touched once an operator`],
    ['intensity', `${formatQuantity(flopsPerByte, '')} flop/B`],
    ['memory kept', kept.map(([tensor, each]) => `${tensorWords[tensor] ?? tensor} ${formatQuantity(each, 'B')}`).join(', ')],
  ]
}

/** With a comma at each thousand, to compare digit by digit. */
const whole = (count: number): string => count.toLocaleString('en-US')

const tensorWords: Readonly<Record<string, string>> = {kvCache: 'KV cache', optimizerState: 'optimizer state'}
