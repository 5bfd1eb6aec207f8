import {type ChartKind, type DataRow, distinct} from './chart.js'
import {type StackedPanel, stackedFigure, stackedPanel} from './stacked-bars.js'

/** A design, and what takes its die and its energy. */
export interface AreaDesign {
  readonly name: string
  readonly areaParts: readonly {readonly name: string; readonly squareMillimetres: number}[]
  /** Of a token of each workload. */
  readonly energies: readonly {
    readonly workload: string
    readonly parts: readonly {readonly name: string; readonly energyJoules: number}[]
  }[]
}

export interface AreaInput {
  readonly designs: readonly AreaDesign[]
  /** Sources of energy in the order, and so in the colours, that they have in every panel. */
  readonly energyOrder: readonly string[]
}

type EnergyPart = AreaDesign['energies'][number]['parts'][number]

/** Most sources of energy that have a colour of their own. */
const shownSourceCount = 8

/** Sources in their order, those that weigh least in their workloads as one where there are too many; and which of them a source counts to. */
function shownSources({designs, energyOrder}: AreaInput): {readonly names: readonly string[]; readonly nameOf: (source: string) => string} {
  const weights = new Map<string, number>()
  for (const {parts} of designs.flatMap(({energies}) => energies)) {
    const sum = parts.reduce((total, {energyJoules}) => total + energyJoules, 0)
    for (const {name, energyJoules} of parts) if (energyJoules > 0) weights.set(name, (weights.get(name) ?? 0) + energyJoules / sum)
  }
  const heaviest = [...weights].sort((a, b) => b[1] - a[1]).map(([name]) => name)
  const kept = heaviest.slice(0, heaviest.length > shownSourceCount ? shownSourceCount - 1 : shownSourceCount)
  const ordered = energyOrder.filter((name) => kept.includes(name))
  if (heaviest.length === kept.length) return {names: ordered, nameOf: (source) => source}
  const other = `other (${heaviest.length - kept.length})`
  return {names: [...ordered, other], nameOf: (source) => (kept.includes(source) ? source : other)}
}

/** One panel for the die, and one for the energy of each workload; the energies share their colours and their legend. */
export function areaPanels(input: AreaInput): StackedPanel[] {
  const {designs} = input
  const {names, nameOf} = shownSources(input)
  const area = designs.flatMap(({name, areaParts}) =>
    areaParts.map((part) => ({configuration: name, part: part.name, value: part.squareMillimetres})),
  )
  const workloads = distinct(designs.flatMap(({energies}) => energies.map(({workload}) => workload)))
  const energies = workloads.map((wanted, index): StackedPanel => {
    const parts = designs.flatMap(({name, energies: each}) =>
      each
        .filter(({workload}) => workload === wanted)
        .flatMap((energy) =>
          energy.parts.map((part: EnergyPart) => ({configuration: name, part: nameOf(part.name), value: part.energyJoules})),
        ),
    )
    const title = workloads.length === 1 ? 'Energy per token' : `Energy per token, ${wanted}`
    return stackedPanel(title, 'joules', 'Energy of', parts, {partNames: names, hasLegend: index === workloads.length - 1})
  })
  return [stackedPanel('Die area', 'squareMillimetres', 'Area of', area), ...energies].filter(({segments}) => segments.length > 0)
}

function rows({designs}: AreaInput): DataRow[] {
  return designs.flatMap(({name, areaParts, energies}) => [
    ...areaParts.map((part) => ({design: name, part: part.name, quantity: 'area', squareMillimetres: part.squareMillimetres})),
    ...energies.flatMap(({workload, parts}) =>
      parts.map((part) => ({design: name, part: part.name, quantity: 'energy per token', workload, energyJoules: part.energyJoules})),
    ),
  ])
}

/** What takes the die of designs, and what the energy of their tokens. */
export const area: ChartKind<AreaInput> = {
  summary: 'die area and energy per token by part, for several designs',
  spec: (input, style) =>
    stackedFigure(
      areaPanels(input),
      input.designs.map(({name}) => name),
      style,
      'Design',
    ),
  rows,
}
