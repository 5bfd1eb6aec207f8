import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn} from '../cli/table.js'
import {formatBand, formatChange, formatPercent, formatQuantity, nothing} from '../cli/text.js'
import type {BandedWhatIf, DesignBands, PointBands, ShareBands} from '../dvfs/banded-what-if.js'
import type {PassPoint} from '../dvfs/pass-frontier.js'
import {mostExactChangeCount} from '../dvfs/shares.js'
import type {ChangeShare, DesignOutcome, SavedShare} from '../dvfs/what-if.js'
import {energyBandText} from './band-text.js'
import {idealText, settingsText} from './evaluation-view.js'
import {blocks} from './layout.js'

/** How a frontier moves, as a person reads it: each design beside the one before, then what each change saves. */
export function whatIfText(result: BandedWhatIf, colours: Palette): string {
  const {accelerator, workload, designs, powerLimitWatts, shares} = result
  return blocks(
    `${colours.bold(accelerator)} · ${colours.bold(workload)} ${settingsText(result)} · limit ${formatQuantity(powerLimitWatts, 'W')}`,
    ...designs
      .filter(({fitsInMemory}) => !fitsInMemory)
      .map(({name}) => colours.red(`${name}: this pass does not fit in the memory. What follows is as if it did.`)),
    idealText(result.fidelity, colours),
    mixedText(result, colours),
    formatTable(pointColumns(result), designs),
    formatTable(besideColumns(result), designs),
    savedTable(result),
    shares.length === 0 ? undefined : formatTable(shareColumns(result), shares),
    notes(result, colours),
  )
}

/** An ideal bound beside a calibrated time favours the machine that nobody measured. */
function mixedText({designs, fidelity}: BandedWhatIf, colours: Palette): string | undefined {
  const others = designs.filter((design) => design.fidelity !== fidelity).map(({name, fidelity: own}) => `${name} (${own})`)
  return others.length === 0
    ? undefined
    : colours.yellow(`Not of one fidelity: ${others.join(', ')} beside ${fidelity}. Compare like with like: --fidelity roofline`)
}

/** What a design reaches on its own. */
function pointColumns(result: BandedWhatIf): TableColumn<DesignOutcome>[] {
  const before = result.designs[0]!
  const energy = (pointOf: (design: DesignOutcome) => PassPoint) => (design: DesignOutcome) =>
    beside(pointOf(design).energyJoules, pointOf(before).energyJoules, 'J')
  return [
    {header: 'design', cell: ({name}) => name, align: 'left'},
    {header: 'time', cell: ({atHighestClock: {latencySeconds}}) => beside(latencySeconds, before.atHighestClock.latencySeconds, 's')},
    {header: 'energy', cell: energy(({atHighestClock}) => atHighestClock)},
    ...bandColumns(result, ({atHighestClock}) => atHighestClock),
    {header: 'power', cell: ({atHighestClock}) => formatQuantity(atHighestClock.averageWatts, 'W'), dropOrder: 2},
    {header: 'at', cell: ({atHighestClock}) => clockText(atHighestClock), dropOrder: 1},
    {header: 'least energy', cell: energy(({leastEnergy}) => leastEnergy)},
    ...bandColumns(result, ({leastEnergy}) => leastEnergy),
    {header: 'at', cell: ({leastEnergy}) => clockText(leastEnergy), dropOrder: 1},
  ]
}

/** What a design reaches where it spends the time, or the energy, of the one before at its highest clock; and what it takes to build. */
function besideColumns(result: BandedWhatIf): TableColumn<DesignOutcome>[] {
  const before = result.designs[0]!
  const {latencySeconds, energyJoules} = before.atHighestClock
  const [hasArea, hasCost] = [before.dieSquareMillimetres !== null, before.deviceDollars !== null]
  return [
    {header: 'design', cell: ({name}) => name, align: 'left'},
    {
      header: `energy within ${formatQuantity(latencySeconds, 's')}`,
      cell: ({inEqualTime}) => beside(inEqualTime?.energyJoules ?? null, before.inEqualTime?.energyJoules ?? null, 'J'),
    },
    ...bandColumns(result, ({inEqualTime}) => inEqualTime),
    {header: 'at', cell: ({inEqualTime}) => clockText(inEqualTime), dropOrder: 1},
    {
      header: `time within ${formatQuantity(energyJoules, 'J')}`,
      cell: ({atEqualEnergy}) => beside(atEqualEnergy?.latencySeconds ?? null, before.atEqualEnergy?.latencySeconds ?? null, 's'),
    },
    {header: 'at', cell: ({atEqualEnergy}) => clockText(atEqualEnergy), dropOrder: 1},
    ...(hasArea ? [builtColumn('die', 'mm²', before, ({dieSquareMillimetres}) => dieSquareMillimetres)] : []),
    ...(hasCost ? [builtColumn('device', 'USD', before, ({deviceDollars}) => deviceDollars)] : []),
  ]
}

function builtColumn(
  header: string,
  unit: string,
  before: DesignOutcome,
  of: (design: DesignOutcome) => number | null,
): TableColumn<DesignOutcome> {
  return {header, cell: (design) => beside(of(design), of(before), unit), dropOrder: 2}
}

/** Nine in ten samples over the ranges of the constants, where they were drawn. */
function bandColumns({designs, designBands}: BandedWhatIf, of: (bands: DesignBands) => PointBands | null): TableColumn<DesignOutcome>[] {
  if (designBands === null) return []
  return [{header: 'nine in ten', cell: (design) => energyBandText(of(designBands[designs.indexOf(design)]!)), dropOrder: 3}]
}

/** What designs save beside the one before, with bands; of a change alone the shares tell it. */
function savedTable(result: BandedWhatIf): string | undefined {
  const {designs, designBands} = result
  const [before, ...others] = designs as readonly [DesignOutcome, ...DesignOutcome[]]
  if (designBands === null || (others.length === 1 && result.shares.length === 1)) return undefined
  const columns = (name: string, at: 'atHighestClock' | 'leastEnergy'): TableColumn<DesignOutcome>[] => [
    {header: `saved at ${name}`, cell: (design) => formatQuantity(before[at].energyJoules - design[at].energyJoules, 'J'), align: 'right'},
    {header: 'nine in ten', cell: (design) => savedText(designBands[designs.indexOf(design)]![at].savedBand), align: 'right'},
  ]
  return formatTable(
    [
      {header: 'design', cell: ({name}) => name, align: 'left'},
      ...columns('highest clock', 'atHighestClock'),
      ...columns('least energy', 'leastEnergy'),
    ],
    others,
  )
}

function savedText(band: PointBands['savedBand']): string {
  return band === null ? nothing : formatBand(band.p5Joules, band.p95Joules, 'J')
}

function shareColumns({shares, shareBands}: BandedWhatIf): TableColumn<ChangeShare>[] {
  const columns = (name: string, at: keyof ShareBands): TableColumn<ChangeShare>[] => [
    {header: `saves at ${name}`, cell: (share) => formatQuantity(share[at].savedJoules, 'J'), align: 'right'},
    ...(shareBands === null
      ? []
      : [{header: 'nine in ten', cell: (share: ChangeShare) => savedText(shareBands[shares.indexOf(share)]![at]), dropOrder: 2}]),
    {header: 'share', cell: (share) => formatPercent(share[at].shareRatio), align: 'right'},
  ]
  return [
    {header: 'change', cell: ({key, value}) => `${key}=${value}`, align: 'left'},
    ...columns('highest clock', 'atHighestClock'),
    {header: 'of which', cell: ({atHighestClock}) => sourcesText(atHighestClock), align: 'left', dropOrder: 1},
    ...columns('least energy', 'atLeastEnergy'),
  ]
}

/** The sources that make up what a change saves or costs, the largest first, small ones left out. */
function sourcesText({savedJoulesBySource}: SavedShare): string {
  const sources = Object.entries(savedJoulesBySource).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
  const most = Math.abs(sources[0]?.[1] ?? 0)
  const shown = sources.filter(([, joules]) => most > 0 && Math.abs(joules) > most / 50).slice(0, 3)
  return shown.length === 0 ? nothing : shown.map(([name, joules]) => `${name} ${formatQuantity(joules, 'J')}`).join(', ')
}

function notes({shares, sharedBy, designs, designBands}: BandedWhatIf, {dim, yellow}: Palette): string {
  const idle = shares.filter(({changesNothing}) => changesNothing).map(({key, value}) => `${key}=${value}`)
  const is = (pointOf: (design: DesignOutcome) => PassPoint | null): boolean => designs.some((design) => pointOf(design) === null)
  return [
    ...idle.map((change) => yellow(`${change} changes nothing here: no point of this pass, no area and no cost moves`)),
    ...(is(({inEqualTime}) => inEqualTime) || is(({atEqualEnergy}) => atEqualEnergy)
      ? [dim(`${nothing}: the design has no such point`)]
      : []),
    ...(designBands === null
      ? []
      : [dim('nine in ten: samples over the ranges of the constants; a saving compares designs sample by sample, each at its clock')]),
    ...(shares.length < 2
      ? []
      : [
          dim(
            sharedBy === 'orders'
              ? 'shares: what a change saves, averaged over all orders of making the changes (Shapley), so that they add up'
              : `shares: what each change saves after those above it; of more than ${mostExactChangeCount} changes not all orders are tried`,
          ),
        ]),
  ].join('\n')
}

function clockText(point: PassPoint | null): string {
  if (point === null) return nothing
  const {clockHertz, throttled} = point.knobs
  return `${Number((clockHertz / 1e6).toFixed(1))} MHz${throttled ? ', limited' : ''}`
}

/** Less than this reads as no change. */
const leastToldRatio = 0.0005

/** "11.2 ms (−4 %)": a value, and how far it is from another. */
function beside(value: number | null, reference: number | null, unit: string): string {
  const text = formatQuantity(value, unit)
  if (value === null || reference === null || reference === 0) return text
  const ratio = value / reference - 1
  if (Math.abs(ratio) < leastToldRatio) return text
  return `${text} (${formatChange(ratio)})`
}
