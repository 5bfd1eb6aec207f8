import type {Palette} from '../cli/colour.js'
import {formatFolded, type TableColumn, wrapped} from '../cli/table.js'
import {formatChange, nothing} from '../cli/text.js'
import {metricNamed, metrics} from '../cost/metrics.js'
import type {Sensitivity} from '../study/sensitivity.js'
import type {AxisElasticity, AxisIndices, AxisSwing} from '../sweep/sensitivity.js'
import type {SpaceSensitivity} from '../sweep/space-sensitivity.js'
import {blocks, factLines} from './layout.js'
import {cellText} from './sweep-view.js'

/** How results depend on the axes of each space, for a person. */
export function sensitivityText({objectives, spaces}: Sensitivity, colours: Palette): string {
  return blocks(...spaces.map((space) => spaceText(space, objectives, colours)), noteText(spaces, colours))
}

function spaceText(space: SpaceSensitivity, objectives: Sensitivity['objectives'], colours: Palette): string {
  const {accelerator, workload, phase, fidelity, base, baseResults, axes, following} = space
  const unitOf = new Map([...axes, ...following].map(({name, unit}) => [name, unit]))
  const stated = Object.entries(base).map(([name, value]) => `${name} ${cellText(value, unitOf.get(name) ?? '')}`)
  const results = objectives.map(({name, unit}) => `${shortName(name)} ${cellText(baseResults[name] ?? undefined, unit) || nothing}`)
  const known = objectives.map(({name}) => name).filter((name) => typeof baseResults[name] === 'number')
  return blocks(
    `${colours.bold(accelerator)} · ${colours.bold(workload)} ${phase} · ${fidelity}`,
    factLines(
      [
        ['design', stated.join(', ')],
        ['gives', results.join(', ')],
      ],
      colours,
    ),
    elasticityTable(space, known),
    swingTable(space, known, unitOf),
    indexTable(space, known),
    idleText(space, colours),
  )
}

/** The name that people write. */
export function shortName(objective: string): string {
  const metric = metricNamed(objective)
  const named: {readonly short?: string; readonly unit?: string} = metric === undefined ? {} : metrics[metric]
  return named.short ?? objective
}

/** Axes that move at least one of the objectives, those that move the first most first. */
function ordered(space: SpaceSensitivity, strength: (axis: string, objective: string) => number, objectives: readonly string[]): string[] {
  const strongest = (axis: string): number => Math.max(...objectives.map((objective) => strength(axis, objective)))
  const [main] = objectives
  return space.axes
    .map(({name}) => name)
    .filter((name) => strongest(name) > leastTold)
    .sort((a, b) => strength(b, main!) - strength(a, main!) || strongest(b) - strongest(a))
}

/** Less reads as nothing. */
const leastTold = 0.00005

function found<Each extends {readonly axis: string; readonly objective: string}>(all: readonly Each[], axis: string, objective: string) {
  return all.find((each) => each.axis === axis && each.objective === objective)
}

function elasticityTable(space: SpaceSensitivity, objectives: readonly string[]): string | undefined {
  const of = (axis: string, objective: string): AxisElasticity | undefined => found(space.elasticities, axis, objective)
  const axes = ordered(space, (axis, objective) => Math.abs(of(axis, objective)?.elasticityRatio ?? 0), objectives)
  if (axes.length === 0) return undefined
  return formatFolded<string>(
    [
      {header: '1 % more', cell: (axis) => axis, align: 'left'},
      ...objectives.map(
        (objective): TableColumn<string> => ({
          header: shortName(objective),
          cell: (axis) => formatChange((of(axis, objective)?.elasticityRatio ?? Number.NaN) / 100),
          align: 'right',
        }),
      ),
    ],
    axes,
  )
}

function swingTable(space: SpaceSensitivity, objectives: readonly string[], unitOf: ReadonlyMap<string, string>): string | undefined {
  const of = (axis: string, objective: string): AxisSwing | undefined => found(space.swings, axis, objective)
  const baseOf = (objective: string): number => space.baseResults[objective]!
  const width = (axis: string, objective: string): number => {
    const swing = of(axis, objective)
    return swing === undefined ? 0 : (swing.mostResult - swing.leastResult) / Math.abs(baseOf(objective))
  }
  const axes = ordered(space, width, objectives)
  if (axes.length === 0) return undefined
  const range = (axis: string): string => {
    const {lowValue, highValue} = of(axis, objectives[0]!) ?? {}
    const unit = unitOf.get(axis) ?? ''
    return `${cellText(lowValue, unit)} to ${cellText(highValue, unit)}`
  }
  return formatFolded<string>(
    [
      {header: 'over its range', cell: (axis) => axis, align: 'left'},
      {header: '', cell: range, align: 'left'},
      ...objectives.map(
        (objective): TableColumn<string> => ({
          header: shortName(objective),
          cell: (axis) => swingText(of(axis, objective), baseOf(objective)),
          align: 'right',
        }),
      ),
    ],
    axes,
  )
}

/** "+30 % to −12 %", and the extremes where they lie between the ends. */
function swingText(swing: AxisSwing | undefined, base: number): string {
  if (swing === undefined) return nothing
  const from = (result: number): string => formatChange(result / base - 1)
  const {lowResult, highResult, leastResult, mostResult} = swing
  const ends = from(lowResult) === from(highResult) ? from(lowResult) : `${from(lowResult)} to ${from(highResult)}`
  const within = [leastResult, mostResult].filter(
    (result) => Math.min(Math.abs(result - lowResult), Math.abs(result - highResult)) > leastTold * Math.abs(base) * 20,
  )
  return within.length === 0 ? ends : `${ends}, by way of ${within.map(from).join(' and ')}`
}

function indexTable({indices, axes}: SpaceSensitivity, objectives: readonly string[]): string | undefined {
  if (indices === null) return undefined
  const of = (axis: string, objective: string): AxisIndices | undefined => found(indices, axis, objective)
  const shown = axes
    .map(({name}) => name)
    .filter((axis) => objectives.some((objective) => (of(axis, objective)?.totalRatio ?? 0) > 0))
    .sort((a, b) => (of(b, objectives[0]!)?.totalRatio ?? 0) - (of(a, objectives[0]!)?.totalRatio ?? 0))
  if (shown.length === 0) return undefined
  return formatFolded<string>(
    [
      {header: 'share of variance', cell: (axis) => axis, align: 'left'},
      ...objectives.flatMap((objective): TableColumn<string>[] => [
        {
          header: `${shortName(objective)} alone`,
          cell: (axis) => indexText(of(axis, objective), 'firstOrder'),
          align: 'right',
        },
        {
          header: `${shortName(objective)} in all`,
          cell: (axis) => indexText(of(axis, objective), 'total'),
          align: 'right',
        },
      ]),
    ],
    shown,
  )
}

/** "62 % (60 to 64)". */
function indexText(index: AxisIndices | undefined, kind: 'firstOrder' | 'total'): string {
  if (index === undefined) return nothing
  const percent = (ratio: number): string => String(Number((100 * ratio).toFixed(1)) + 0).replace('-', '−')
  return `${percent(index[`${kind}Ratio`])} % (${percent(index[`${kind}Low`])} to ${percent(index[`${kind}High`])})`
}

/** Axes that move nothing, which is an answer too. */
function idleText({axes, swings, elasticities, baseResults}: SpaceSensitivity, {dim}: Palette): string | undefined {
  const moves = (name: string): boolean =>
    elasticities.some(({axis, elasticityRatio}) => axis === name && Math.abs(elasticityRatio) > leastTold) ||
    swings.some(
      ({axis, objective, leastResult, mostResult}) =>
        axis === name && mostResult - leastResult > leastTold * Math.abs(baseResults[objective] ?? leastResult),
    )
  const idle = axes.map(({name}) => name).filter((name) => !moves(name))
  return idle.length === 0 ? undefined : dim(wrapped(`no effect here: ${idle.join(', ')}`))
}

function noteText(spaces: readonly SpaceSensitivity[], {dim}: Palette): string | undefined {
  const counts = new Set(spaces.flatMap(({sampling}) => sampling?.evaluatedCount ?? []))
  if (counts.size === 0) return undefined
  return dim(
    wrapped(
      `shares of variance: Sobol indices over the whole space from ${[...counts].join(' and ')} designs, constraints aside, with 95 % confidence intervals; alone: of this axis by itself, in all: with what it does in concert with others`,
    ),
  )
}
