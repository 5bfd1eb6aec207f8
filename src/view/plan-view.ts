import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn, wrapped} from '../cli/table.js'
import {bar, formatBand, formatPercent, formatPercentBand, formatQuantity, nothing} from '../cli/text.js'
import type {BandedPlan, LevelBands} from '../dvfs/banded-plan.js'
import type {BoundShare, DvfsPlan, LevelRecord, PlanGroup} from '../dvfs/plan-record.js'
import type {PlanLevel} from '../dvfs/plan-units.js'
import {beside} from './band-text.js'
import {clockInMegahertz, passTitle} from './dvfs-view.js'
import {memoryWarning} from './evaluation-view.js'
import {blocks, factLines} from './layout.js'

const levelTexts: Readonly<Record<PlanLevel, string>> = {single: 'the whole pass', stage: 'each stage', kernel: 'each kernel'}

interface PlanRow extends LevelRecord {
  readonly switchText: string
  readonly bands: LevelBands | null
}

/** A plan of clocks as a person reads it: what each level saves at each switching time, then the clocks of the finest. */
export function planText(plan: BandedPlan, colours: Palette): string {
  const rows = plan.switchings.flatMap(({switchSeconds, levels}, switching) =>
    levels.map((level, index): PlanRow => {
      const switchText = index === 0 ? formatQuantity(switchSeconds, 's') : ''
      return {...level, switchText, bands: plan.levelBands?.[switching]?.[index] ?? null}
    }),
  )
  const {switchSeconds, levels} = plan.switchings[0]!
  const finest = levels.at(-1)!
  const levelTable = formatTable(levelColumns(plan), rows)
  return blocks(
    passTitle(plan, colours),
    memoryWarning(plan, colours),
    factLines(facts(plan), colours),
    levelTable,
    `A clock for each kernel, with switches of ${formatQuantity(switchSeconds, 's')}:`,
    formatTable(groupColumns(finest, colours), operatorRows(finest.groups)),
    formatTable(boundColumns(plan, finest), finest.byBound),
    colours.dim(
      notes(plan, levelTable)
        .map((note) => wrapped(note))
        .join('\n'),
    ),
  )
}

function facts({
  reference,
  referenceBand,
  boundSeconds,
  runCount,
  stateCount,
  memoryClockHertz,
  powerLimitWatts,
  switchWatts,
}: BandedPlan): [string, string][] {
  const {throttled, clockHertz, latencySeconds, energyJoules, averageWatts} = reference
  const band = referenceBand === null ? '' : beside(formatBand(referenceBand.p5Joules, referenceBand.p95Joules, 'J'))
  const costs = [
    formatQuantity(latencySeconds, 's'),
    `${formatQuantity(energyJoules, 'J')}${band}`,
    formatQuantity(averageWatts, 'W'),
  ].join(', ')
  const clock = clockInMegahertz(clockHertz)
  const limit = formatQuantity(powerLimitWatts, 'W')
  return [
    ['compared with', `${throttled ? `the highest clock, which the limit of ${limit} lowers to ${clock}` : clock}: ${costs}`],
    [
      'in time',
      `within ${formatQuantity(boundSeconds, 's')}, ${formatPercent(boundSeconds / latencySeconds - 1)} slower, switches included`,
    ],
    ...(memoryClockHertz === null ? [] : [['memory clock', clockInMegahertz(memoryClockHertz)] as [string, string]]),
    ['to choose', `${stateCount} clocks for each of ${runCount} runs of kernels`],
    ['a switch', `takes its time at ${formatQuantity(switchWatts, 'W')}, what the highest clock draws at rest`],
  ]
}

function levelColumns({levelBands}: BandedPlan): TableColumn<PlanRow>[] {
  const band = (text: (bands: LevelBands) => string, dropOrder: number): TableColumn<PlanRow>[] =>
    levelBands === null ? [] : [{header: 'nine in ten', cell: ({bands}) => (bands === null ? nothing : text(bands)), dropOrder}]
  return [
    {header: 'switch', cell: ({switchText}) => switchText, align: 'right'},
    {header: 'one clock for', cell: ({level}) => levelTexts[level], align: 'left'},
    {header: 'saved', cell: ({savedEnergyRatio}) => formatPercent(savedEnergyRatio)},
    ...band(({savedEnergyBand: {p5Ratio, p95Ratio}}) => formatPercentBand(p5Ratio, p95Ratio), 5),
    {header: 'at most', cell: ({savedEnergyRatio, gapRatio}) => formatPercent(savedEnergyRatio + gapRatio), dropOrder: 2},
    {header: 'slower', cell: ({slowdownRatio}) => formatPercent(slowdownRatio)},
    {header: 'energy', cell: ({energyJoules}) => formatQuantity(energyJoules, 'J')},
    ...band(({energyBand: {p5Joules, p95Joules}}) => formatBand(p5Joules, p95Joules, 'J'), 4),
    {header: 'power', cell: ({averageWatts}) => formatQuantity(averageWatts, 'W'), dropOrder: 3},
    {header: 'switches', cell: ({switchCount}) => String(switchCount)},
    {header: 'clocks', cell: ({groups}) => clockRange(groups), align: 'left', dropOrder: 1},
  ]
}

function clockRange(groups: readonly PlanGroup[]): string {
  const clocks = groups.map(({clockHertz}) => clockHertz)
  const [low, high] = [Math.min(...clocks), Math.max(...clocks)]
  return low === high ? clockInMegahertz(low) : `${Number((low / 1e6).toFixed(1))} to ${clockInMegahertz(high)}`
}

interface OperatorRow {
  readonly operator: string
  readonly groups: readonly PlanGroup[]
  readonly runCount: number
  readonly latencySeconds: number
}

/** All clocks of an operator in one row. */
function operatorRows(groups: readonly PlanGroup[]): OperatorRow[] {
  const byOperator = new Map<string, PlanGroup[]>()
  for (const group of groups) {
    const key = `${group.stage} ${group.operator}`
    byOperator.set(key, [...(byOperator.get(key) ?? []), group])
  }
  return Array.from(byOperator.values(), (own) => ({
    operator: own[0]!.operator,
    groups: own,
    runCount: own.reduce((sum, {runCount}) => sum + runCount, 0),
    latencySeconds: own.reduce((sum, {latencySeconds}) => sum + latencySeconds, 0),
  }))
}

function groupColumns(plan: LevelRecord, {dim}: Palette): TableColumn<OperatorRow>[] {
  const share = ({latencySeconds}: OperatorRow): number => latencySeconds / plan.latencySeconds
  return [
    {header: 'operator', cell: ({operator}) => operator, align: 'left'},
    {header: 'runs', cell: ({runCount}) => `×${runCount}`, align: 'right', dropOrder: 2},
    {header: 'clock', cell: ({groups}) => clockRange(groups), align: 'right'},
    {header: 'bound by', cell: ({groups}) => [...new Set(groups.map(({boundBy}) => boundBy))].join(', '), align: 'left'},
    {header: 'time', cell: ({latencySeconds}) => formatQuantity(latencySeconds, 's')},
    {header: 'share', cell: (row) => formatPercent(share(row)), dropOrder: 1},
    {header: '', cell: (row) => dim(bar(share(row), 12)), align: 'left', dropOrder: 3},
  ]
}

/** Where the finest plan saves: by what bounds the kernels at the single clock. */
function boundColumns({reference}: DvfsPlan, {savedEnergyRatio}: LevelRecord): TableColumn<BoundShare>[] {
  const signed = (ratio: number): string => (Math.abs(ratio) < 5e-5 ? nothing : formatPercent(ratio))
  return [
    {header: 'bound by', cell: ({boundBy}) => boundBy, align: 'left'},
    {header: 'share of time', cell: ({timeRatio}) => formatPercent(timeRatio)},
    {header: `of the ${formatPercent(savedEnergyRatio)} saved`, cell: ({savedJoules}) => signed(savedJoules / reference.energyJoules)},
    {header: 'of the slowdown', cell: ({addedSeconds}) => signed(addedSeconds / reference.latencySeconds)},
  ]
}

/** What a reader of the table of levels needs to know, of the columns that are shown. */
function notes({heldWatts}: BandedPlan, levelTable: string): string[] {
  const [headers = ''] = levelTable.split('\n')
  return [
    `A plan takes at most ${formatQuantity(heldWatts, 'W')} on average over the pass, as under a controller that is slower than the pass.`,
    'Passes follow each other: one that ends at another clock than it began pays that switch too.',
    ...(headers.includes('at most') ? ['"at most" is what no plan of that level exceeds.'] : []),
    ...(!headers.includes('nine in ten')
      ? []
      : ['Nine in ten: samples over the ranges of the constants, the clocks as planned; what is saved is compared sample by sample.']),
  ]
}
