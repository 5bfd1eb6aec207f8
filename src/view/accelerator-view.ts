import type {Constant} from '../accelerator/accelerator.js'
import type {Palette} from '../cli/colour.js'
import {formatTable} from '../cli/table.js'
import {formatCapacity, formatQuantity, nothing} from '../cli/text.js'
import type {AcceleratorSummary, MemorySummary, PeakSummary, UnitSummary} from '../cost/accelerator-summary.js'
import {blocks, factLines} from './layout.js'

/** What marks a value that stands on an estimate. */
const estimateMark = '~'

/** An accelerator as a person reads it; `withConstants` adds each described number with its source. */
export function acceleratorText(summary: AcceleratorSummary, withConstants: boolean, colours: Palette): string {
  const estimates = summary.constants.filter(({estimate}) => estimate !== undefined)
  const isEstimate = (prefix: RegExp): boolean => estimates.some(({pointer}) => prefix.test(pointer))
  const marked = (text: string, prefix: RegExp): string => (isEstimate(prefix) && text !== nothing ? `${estimateMark} ${text}` : text)
  return blocks(
    `${colours.bold(summary.name)} · ${summary.title}`,
    parameterTable(summary),
    unitTable(summary.units, marked),
    memoryTable(summary.memories, marked),
    linkTable(summary, marked),
    factLines(facts(summary, marked), colours),
    withConstants ? constantTable(summary.constants) : undefined,
    colours.dim(
      `${estimateMark} rests on an estimate: ${estimates.length} of ${summary.constants.length} constants do${withConstants ? '' : '; --constants shows each with its source'}`,
    ),
  )
}

type Mark = (text: string, prefix: RegExp) => string

function parameterTable({parameters}: AcceleratorSummary): string | undefined {
  if (parameters.length === 0) return undefined
  return formatTable(
    [
      {header: 'parameter', cell: ({name}) => name, align: 'left'},
      {header: 'value', cell: ({text}) => text, align: 'right'},
      {header: '', cell: ({describes}) => describes, align: 'left', dropOrder: 1},
    ],
    parameters,
  )
}

function unitTable(units: readonly UnitSummary[], marked: Mark): string {
  const rows = units.flatMap((unit) => unit.peaks.map((peak, index) => ({unit, peak, isFirst: index === 0})))
  const first = (text: (unit: UnitSummary) => string) => (row: {unit: UnitSummary; isFirst: boolean}) => (row.isFirst ? text(row.unit) : '')
  const energy = ({unit, peak}: {unit: UnitSummary; peak: PeakSummary}): string =>
    marked(formatQuantity(peak.joulesPerFlop, 'J/op'), new RegExp(`^/units/${unit.name}/energyPerOperation/${peak.dtype}$`))
  return formatTable(
    [
      {header: 'unit', cell: first(({name}) => name), align: 'left'},
      {header: 'kind', cell: first(({kind}) => kind), align: 'left', dropOrder: 3},
      {header: 'count', cell: first(({count}) => String(count)), align: 'right', dropOrder: 2},
      {
        header: 'tile',
        cell: first(({kind, tile}) => (kind === 'matrix' ? `${tile.m}×${tile.n}×${tile.k}` : '')),
        align: 'right',
        dropOrder: 4,
      },
      {header: 'dtype', cell: ({peak}) => peak.dtype, align: 'left'},
      {header: 'peak', cell: ({peak}) => formatQuantity(peak.flopsPerSecond, 'op/s'), align: 'right'},
      {header: 'ridge', cell: ({peak}) => `${formatQuantity(peak.ridgeFlopsPerByte, '')} op/B`, align: 'right', dropOrder: 1},
      {header: 'energy', cell: energy, align: 'right'},
    ],
    rows,
  )
}

function memoryTable(memories: readonly MemorySummary[], marked: Mark): string {
  const both = (read: string, write: string): string => (read === write ? read : `${read} read, ${write} write`)
  return formatTable(
    [
      {header: 'memory', cell: ({name}) => name, align: 'left'},
      {header: 'kind', cell: ({kind}) => kind, align: 'left', dropOrder: 2},
      {header: 'instances', cell: ({instanceCount}) => String(instanceCount), align: 'right', dropOrder: 3},
      {header: 'capacity', cell: ({capacityBytes}) => formatCapacity(capacityBytes), align: 'right'},
      {
        header: 'rate',
        cell: ({name, readBytesPerSecond, writeBytesPerSecond}) =>
          marked(
            both(formatQuantity(readBytesPerSecond, 'B/s'), formatQuantity(writeBytesPerSecond, 'B/s')),
            new RegExp(`^/memories/${name}/\\w*[bB]andwidth$`),
          ),
        align: 'right',
      },
      {header: 'latency', cell: ({latencySeconds}) => formatQuantity(latencySeconds, 's'), align: 'right', dropOrder: 1},
      {
        header: 'energy',
        cell: ({name, readJoulesPerByte, writeJoulesPerByte}) =>
          marked(
            both(formatQuantity(readJoulesPerByte, 'J/B'), formatQuantity(writeJoulesPerByte, 'J/B')),
            new RegExp(`^/memories/${name}/\\w*[eE]nergy$`),
          ),
        align: 'right',
      },
    ],
    memories,
  )
}

function linkTable({links}: AcceleratorSummary, marked: Mark): string | undefined {
  if (links.length === 0) return undefined
  return formatTable(
    [
      {header: 'link', cell: ({name}) => name, align: 'left'},
      {header: 'topology', cell: ({topology}) => topology, align: 'left', dropOrder: 1},
      {header: 'joins', cell: ({maximumRankCount}) => String(maximumRankCount), align: 'right'},
      {header: 'rate each way', cell: (link) => formatQuantity(link.bytesPerSecondPerDirection, 'B/s'), align: 'right'},
      {
        header: 'latency',
        cell: ({name, latencySeconds}) => marked(formatQuantity(latencySeconds, 's'), new RegExp(`^/links/${name}/latency$`)),
        align: 'right',
      },
      {
        header: 'energy',
        cell: ({name, joulesPerByte}) => marked(formatQuantity(joulesPerByte, 'J/B'), new RegExp(`^/links/${name}/energy$`)),
        align: 'right',
      },
    ],
    links,
  )
}

function facts({clocks, power, dieSquareMillimetres, deviceDollars, embodiedGrams}: AcceleratorSummary, marked: Mark): [string, string][] {
  const clockFacts = clocks.map(
    ({name, minimumHertz, maximumHertz, stepHertz, stateCount, minimumVolts, maximumVolts}): [string, string] => {
      const volts = marked(range(minimumVolts, maximumVolts, 'V'), new RegExp(`^/clocks/${name}/voltage`))
      const step =
        minimumHertz === maximumHertz ? '' : stepHertz === null ? ` in ${stateCount} states` : ` by ${formatQuantity(stepHertz, 'Hz')}`
      return [`${name} clock`, `${range(minimumHertz, maximumHertz, 'Hz')}${step}, at ${volts}`]
    },
  )
  return [
    ...clockFacts,
    ['power limit', `${formatQuantity(power.limitWatts, 'W')}, from ${range(power.minimumLimitWatts, power.maximumLimitWatts, 'W')}`],
    ['idle power', marked(range(power.minimumIdleWatts, power.maximumIdleWatts, 'W'), /^\/power\/idle\//)],
    ['static power', marked(formatQuantity(power.staticWatts, 'W'), /^\/power\/static$/)],
    ['clock tree', marked(formatQuantity(power.clockingWatts, 'W'), /^\/power\/clocking$/)],
    ['an element', marked(formatQuantity(power.joulesPerElement, 'J/op'), /\/energyPerElement$/)],
    ['die area', marked(formatQuantity(dieSquareMillimetres, 'mm²'), /^\/dies\/.*area$/)],
    ['cost', marked(formatQuantity(deviceDollars, 'USD'), /^\/(dies|memoryPrice)/)],
    [
      'embodied',
      marked(embodiedGrams === null ? nothing : `${formatQuantity(embodiedGrams, 'g')} CO2e of dies and memory`, /^\/(dies|memoryCarbon)/),
    ],
  ]
}

function range(low: number, high: number, unit: string): string {
  return low === high ? formatQuantity(low, unit) : `${formatQuantity(low, unit)} to ${formatQuantity(high, unit)}`
}

function constantTable(constants: readonly Constant[]): string {
  return formatTable(
    [
      {header: 'constant', cell: ({pointer}) => pointer.slice(1).replaceAll('/', '.'), align: 'left'},
      {header: 'value', cell: ({text, estimate}) => (estimate === undefined ? text : `${estimateMark} ${text}`), align: 'right'},
      {header: 'source', cell: ({source}) => source, align: 'left'},
      {header: 'range', cell: ({range}) => range?.text ?? '', align: 'left'},
      {header: 'estimated how', cell: ({estimate}) => estimate ?? '', align: 'left'},
    ],
    constants,
  )
}
