import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn} from '../cli/table.js'
import {formatDuration, formatQuantity, nothing} from '../cli/text.js'
import type {Account, AccountLine} from '../cost/account.js'
import type {Footprint} from '../cost/footprint.js'
import {type Site, siteFields} from '../cost/site.js'
import {settingsText} from './evaluation-view.js'
import {blocks, factLines} from './layout.js'

/** Joules, dollars and grams of carbon dioxide equivalent, a line for each thing that is accounted for. */
export function accountText(account: Account, colours: Palette): string {
  const {bold, dim} = colours
  const {accelerator, workload, deviceCount, outputTokens, lines} = account
  const devices = deviceCount === 1 ? accelerator : `${deviceCount} × ${accelerator}`
  const written = outputTokens === null ? '' : `, ${outputTokens} tokens written by each request`
  return blocks(
    `${bold(`${workload} on ${devices}`)} ${settingsText(account)}${written}`,
    factLines(parts(lines.at(-1)!), colours),
    formatTable(columns(account), lines),
    dim(sitesWords(account.site)),
  )
}

function columns({lines}: Account): TableColumn<AccountLine>[] {
  const all: readonly (readonly [header: string, key: keyof Footprint, unit: string])[] = [
    ['energy', 'totalJoules', 'J'],
    ['money', 'totalDollars', 'USD'],
    ['CO2e', 'totalGrams', 'g'],
  ]
  const described = all.filter(([, key]) => lines.some((line) => line[key] !== null))
  return [
    {
      header: 'of one',
      cell: ({of, runCount}) => (runCount === undefined ? of : `${of} of ${runCount.toLocaleString('en')}`),
      align: 'left',
    },
    {header: 'time', cell: ({latencySeconds}) => formatDuration(latencySeconds), align: 'right', dropOrder: 1},
    ...described.map(
      ([header, key, unit]): TableColumn<AccountLine> => ({header, cell: (line) => amount(line[key], unit), align: 'right'}),
    ),
  ]
}

/** Where the joules, the money and the grams of the largest line come from. */
function parts(line: AccountLine): [string, string][] {
  const sources: readonly (readonly [name: string, unit: string, of: readonly (readonly [string, number | null])[]])[] = [
    [
      'energy',
      'J',
      [
        ['devices', line.deviceJoules],
        ['hosts', line.hostJoules],
        ['cooling', line.coolingJoules],
      ],
    ],
    [
      'money',
      'USD',
      [
        ['electricity', line.electricityDollars],
        ['rent', line.rentDollars],
      ],
    ],
    [
      'CO2e',
      'g',
      [
        ['electricity', line.operationGrams],
        ['making the devices', line.embodiedGrams],
      ],
    ],
  ]
  return sources.flatMap(([name, unit, of]): [string, string][] => {
    const known = of.filter(([, value]) => value !== null)
    if (known.length === 0) return []
    const total = known.reduce((sum, [, value]) => sum + value!, 0)
    return [
      [
        `${name} of a ${line.of}`,
        known.map(([part, value]) => `${part} ${percent(value!, total)}`).join(', ') + `, of ${amount(total, unit)}`,
      ],
    ]
  })
}

const percent = (value: number, total: number): string => (total === 0 ? nothing : `${Math.round((100 * value) / total)} %`)

/** Grams from a tonne on are written in tonnes. */
function amount(value: number | null, unit: string): string {
  return unit === 'g' && value !== null && Math.abs(value) >= 1e6 ? formatQuantity(value / 1e6, 't') : formatQuantity(value, unit)
}

/** What is left out because the site does not say it. */
function sitesWords(site: Site): string {
  const missing = Object.entries(siteFields).filter(([, {key}]) => site[key] === undefined)
  if (missing.length === 0) return ''
  return `Left out, since the site does not say: ${missing.map(([word, {meaning}]) => `${word} (${meaning})`).join(', ')}.`
}
