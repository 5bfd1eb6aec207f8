import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn, wrapped} from '../cli/table.js'
import {formatBand, formatDuration, formatQuantity, nothing} from '../cli/text.js'
import type {AccountLine} from '../cost/account.js'
import {siteFields} from '../cost/site.js'
import type {Band} from '../uncertainty/band.js'
import type {BandedAccount, LineBands} from '../uncertainty/banded-account.js'
import {changesText, idealText, memoryWarning, settingsText} from './evaluation-view.js'
import {blocks, factLines} from './layout.js'

/** Joules, dollars and grams of carbon dioxide equivalent, a line for each thing that is accounted for. */
export function accountText(account: BandedAccount, colours: Palette): string {
  const {bold, dim} = colours
  const {accelerator, workload, deviceCount, outputTokens, lines} = account
  const devices = `${deviceCount === 1 ? '' : `${deviceCount} × `}${bold(accelerator)}${changesText(account)}`
  const written = outputTokens === null ? '' : `, ${outputTokens} tokens written by each request`
  return blocks(
    wrapped(`${devices} · ${bold(workload)} ${settingsText(account)}${written}`),
    memoryWarning(account, colours),
    idealText(account.fidelity, colours),
    factLines(parts(lines.at(-1)!), colours),
    formatTable(columns(account), lines),
    dim([...filledBatches(account), ...leftOut(account)].map((note) => wrapped(note)).join('\n')),
  )
}

function columns({lines, lineBands}: BandedAccount): TableColumn<AccountLine>[] {
  const all = [
    {header: 'energy', key: 'totalJoules', unit: 'J', bandText: ({totalEnergyBand}: LineBands) => bandText(totalEnergyBand, 'Joules', 'J')},
    {
      header: 'money',
      key: 'totalDollars',
      unit: 'USD',
      bandText: ({totalMoneyBand}: LineBands) => bandText(totalMoneyBand, 'Dollars', 'USD'),
    },
    {header: 'CO2e', key: 'totalGrams', unit: 'g', bandText: ({totalCarbonBand}: LineBands) => bandText(totalCarbonBand, 'Grams', 'g')},
  ] as const
  const described = all.filter(({key}) => lines.some((line) => line[key] !== null))
  return [
    {
      header: 'of one',
      cell: ({of, runCount}) => (runCount === undefined ? of : `${of} of ${runCount.toLocaleString('en')}`),
      align: 'left',
    },
    {header: 'time', cell: ({latencySeconds}) => formatDuration(latencySeconds), align: 'right', dropOrder: 1},
    ...described.flatMap(({header, key, unit, bandText: textOf}): TableColumn<AccountLine>[] => [
      {header, cell: (line) => amount(line[key], unit), align: 'right'},
      ...(lineBands === null
        ? []
        : [{header: 'nine in ten', cell: (line: AccountLine) => textOf(lineBands[lines.indexOf(line)]!), dropOrder: 2}]),
    ]),
  ]
}

function bandText<Unit extends string>(band: Band<Unit> | null, name: Unit, unit: string): string {
  if (band === null) return nothing
  const [low, high] = [band[`p5${name}`], band[`p95${name}`]]
  return unit === 'g' && low >= 1e6 ? formatBand(low / 1e6, high / 1e6, 't') : formatBand(low, high, unit)
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
        `${known.map(([part, value]) => `${part} ${percent(value!, total)}`).join(', ')}, of ${amount(total, unit)}`,
      ],
    ]
  })
}

const percent = (value: number, total: number): string => (total === 0 ? nothing : `${Math.round((100 * value) / total)} %`)

/** Grams from a tonne on are written in tonnes. */
function amount(value: number | null, unit: string): string {
  return unit === 'g' && value !== null && Math.abs(value) >= 1e6 ? formatQuantity(value / 1e6, 't') : formatQuantity(value, unit)
}

/** What is left out because the site, or the accelerator, does not say it. */
function leftOut({site, accelerator, lines}: BandedAccount): string[] {
  const missing = Object.entries(siteFields).filter(([, {key}]) => site[key] === undefined)
  const said = missing.map(([word, {meaning}]) => `${word} (${meaning})`).join(', ')
  const isMakingUnknown = site.lifetimeSeconds !== undefined && lines[0]!.embodiedGrams === null
  return [
    ...(missing.length === 0 ? [] : [`Left out, since the site does not say: ${said}.`]),
    ...(isMakingUnknown
      ? [`Left out, since ${accelerator} does not state what its dies and its memory take to make: the carbon of making the devices.`]
      : []),
  ]
}

/** A run of requests is of whole batches: says where that makes it more than was asked for. */
function filledBatches({lines, settings}: BandedAccount): string[] {
  const {runCount = 0, batchCount} = lines.at(-1)!
  const requestCount = (batchCount ?? 0) * Number(settings['batch'])
  if (requestCount <= runCount) return []
  const batches = `${batchCount} ${batchCount === 1 ? 'batch' : 'batches'} of ${settings['batch']}`
  return [`The run of ${runCount} takes ${batches}, ${requestCount} requests: all of them are counted.`]
}
