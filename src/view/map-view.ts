import type {Hierarchy} from '../accelerator/hierarchy.js'
import type {Palette} from '../cli/colour.js'
import type {Progress} from '../cli/progress.js'
import {formatTable, type TableColumn, wrapped} from '../cli/table.js'
import {bar, counted, formatDuration, formatPercent, formatQuantity, nothing} from '../cli/text.js'
import type {LoopNest} from '../mapping/loop-nest.js'
import type {FittingMapping} from '../mapping/mapped-problem.js'
import type {LevelAnalysis, NestAnalysis, TensorTraffic} from '../mapping/nest-analysis.js'
import type {MapResult, SearchSummary} from '../search/mapped-search.js'
import type {Outcome} from '../search/objectives.js'
import type {Problem} from '../workload/problem.js'
import {arrayText} from './array-text.js'
import {drawFigure} from './figure-flag.js'
import {blocks, factLines} from './layout.js'
import {misfitText} from './misfit-text.js'
import {nestText, roomText} from './nest-text.js'
import {type SearchFlags, type Watched, workerCount} from './search-flags.js'

/** What the time of a mapping leaves out. */
function leftOut({levels}: NestAnalysis): string {
  return levels.some(({stallCycles}) => stallCycles !== undefined)
    ? 'The latency overlaps all transfers but the stalls of levels that state buffers: latencies of memories and the launch are left out.'
    : 'The latency is that of the busiest part, all transfers overlapped: latencies of memories, the first loads and the launch are left out.'
}

/** What is shown of a mapping, and where it runs. */
export interface ShownMapping {
  readonly nest: LoopNest
  readonly problem: Problem
  readonly hierarchy: Hierarchy
}

/** A mapping for a person: the loop nest, its traffic by level and tensor, and what it costs; or why it does not fit. */
export function mapText(mapped: MapResult, shown: ShownMapping, colours: Palette): string {
  const {problem, hierarchy, nest} = shown
  const head = `${colours.bold(problem.name)} on ${colours.bold(hierarchy.name)}: ${sizesText(problem)}`
  const loops = nestText(nest, problem, hierarchy, colours)
  if (!mapped.fits) return blocks(head, loops, colours.red('does not fit'), ...mapped.misfits.map(misfitText))
  return blocks(
    head,
    loops,
    trafficTable(mapped),
    levelTable(mapped, hierarchy),
    facts(mapped, shown, colours),
    colours.dim(wrapped(leftOut(mapped))),
    frontierTable(mapped),
  )
}

function sizesText({dimensions}: Problem): string {
  const sizes = dimensions.map(({name, size}) => `${name} ${size}`).join(', ')
  return `${sizes}, ${formatQuantity(
    dimensions.reduce((product, {size}) => product * size, 1),
    '',
  )} multiply-adds`
}

type TrafficRow = {readonly level: LevelAnalysis; readonly tensor: TensorTraffic; readonly isFirst: boolean}

/** Words of one instance; energy of all. */
function trafficTable({levels, energyJoules}: NestAnalysis): string {
  const rows = levels.flatMap((level) =>
    level.tensors.filter(({isKept}) => isKept).map((tensor, index): TrafficRow => ({level, tensor, isFirst: index === 0})),
  )
  const words = (header: string, count: (tensor: TensorTraffic) => number, dropOrder?: number): TableColumn<TrafficRow> => ({
    header,
    cell: ({tensor}) => formatQuantity(count(tensor), ''),
    align: 'right',
    ...(dropOrder === undefined ? {} : {dropOrder}),
  })
  const joules = ({level, tensor}: TrafficRow): number => tensor.energyJoules * level.instances
  return formatTable(
    [
      {header: 'level', cell: ({level, isFirst}) => (isFirst ? level.name : ''), align: 'left'},
      {header: 'instances', cell: ({level, isFirst}) => (isFirst ? String(level.instances) : ''), align: 'right', dropOrder: 2},
      {header: 'tensor', cell: ({tensor}) => tensor.name, align: 'left'},
      words('tile words', ({tileWords}) => tileWords, 3),
      words('reads', ({reads}) => reads),
      words('fills', ({fills}) => fills),
      words('updates', ({updates}) => updates),
      {header: 'energy, all', cell: (row) => formatQuantity(joules(row), 'J'), align: 'right'},
      {header: 'share', cell: (row) => formatPercent(joules(row) / energyJoules), align: 'right', dropOrder: 1},
    ],
    rows,
  )
}

interface LevelRow {
  readonly name: string
  readonly used: string
  readonly held: string
  readonly cycles: number
  /** Undefined where nothing states buffers. */
  readonly stallCycles?: number | undefined
  readonly energyJoules: number
}

/** Cycles in which all inside of a level waits for its fills and drains. */
const stallColumn: TableColumn<LevelRow> = {
  header: 'stalls',
  cell: ({stallCycles}) => (stallCycles === undefined ? nothing : formatQuantity(stallCycles, '')),
  align: 'right',
}

/** What each level and the multiply-adders do, and how much of the time. */
function levelTable({levels, arithmetic, cycles, energyJoules}: FittingMapping, hierarchy: Hierarchy): string {
  const rows: LevelRow[] = levels.map((level, index) => {
    const {instanceCount} = hierarchy.levels[index]!
    return {
      name: level.name,
      used: `${level.instances} of ${instanceCount}`,
      held: roomText(level.usedBytes, hierarchy, index),
      cycles: level.cycles,
      stallCycles: level.stallCycles,
      energyJoules: level.energyJoules,
    }
  })
  rows.push({
    name: arithmetic.name,
    used: `${arithmetic.instances} of ${hierarchy.arithmetic.instanceCount}`,
    held: nothing,
    cycles: arithmetic.cycles,
    energyJoules: arithmetic.energyJoules,
  })
  return formatTable(
    [
      {header: 'level', cell: ({name}) => name, align: 'left'},
      {header: 'used', cell: ({used}) => used, align: 'right', dropOrder: 2},
      {header: 'holds', cell: ({held}) => held, align: 'right', dropOrder: 1},
      {header: 'cycles', cell: (row) => formatQuantity(row.cycles, ''), align: 'right'},
      ...(rows.some(({stallCycles}) => stallCycles !== undefined) ? [stallColumn] : []),
      {header: 'busy', cell: (row) => formatPercent(row.cycles / cycles), align: 'right'},
      {header: 'energy', cell: (row) => formatQuantity(row.energyJoules, 'J'), align: 'right'},
      {header: '', cell: (row) => bar(row.energyJoules / energyJoules, 16).trimEnd(), align: 'left', dropOrder: 3},
    ],
    rows,
  )
}

function facts(mapped: MapResult & FittingMapping, {hierarchy}: ShownMapping, colours: Palette): string {
  const {cycles, latencySeconds, energyJoules, utilizationRatio, operationCount, boundBy, search, systolic} = mapped
  return factLines(
    [
      ['cycles', `${formatQuantity(cycles, '')}, bound by ${boundBy}`],
      ['latency', `${formatQuantity(latencySeconds, 's')} at ${formatQuantity(hierarchy.hertz, 'Hz')}`],
      ['energy', `${formatQuantity(energyJoules, 'J')}, ${formatQuantity(energyJoules / operationCount, 'J')} a multiply-add`],
      systolic === undefined ? undefined : ['array', arrayText(systolic)],
      ['energy × delay', formatQuantity(energyJoules * latencySeconds, 'J s')],
      [
        'utilization',
        `${formatPercent(utilizationRatio)} of ${hierarchy.arithmetic.instanceCount / hierarchy.arithmetic.cyclesPerStep} multiply-adds a cycle`,
      ],
      search === null ? undefined : ['search', searchText(search)],
    ],
    colours,
  )
}

/** How the search ended, and what it looked at. */
function searchText(search: SearchSummary): string {
  const {objective, strategy, isProved, isPerfectOnly, wasInterrupted, mappingCount, evaluatedCount, cuts, wallSeconds} = search
  const isFrontier = objective === 'frontier'
  const effort = `${countText(evaluatedCount)} evaluated in ${formatDuration(wallSeconds)}`
  const removed = cuts.filter((cut) => cut.mappingCount > 0).map((cut) => `${countText(cut.mappingCount)} by ${cut.rule}`)
  return [
    ...(strategy === null ? [] : [`within ${strategy}`]),
    isProved
      ? `proved${isPerfectOnly ? ' among counts that divide' : ''}: of ${countText(mappingCount)} mappings ${isFrontier ? 'no other is on the frontier' : `none is better in ${objective}`}; ${effort}`
      : `not proved: the ${isFrontier ? 'frontier' : `best in ${objective}`} of ${effort}, of ${countText(mappingCount)} mappings in all`,
    ...(isPerfectOnly ? ['--imperfect allows counts that do not divide'] : []),
    ...(wasInterrupted ? ['stopped by Ctrl-C'] : []),
    ...(removed.length === 0 ? [] : [`cut ${removed.join(', ')}`]),
  ].join('; ')
}

/** Mapspaces outgrow prefixes. */
function countText(count: number): string {
  return count < 1e15 ? formatQuantity(count, '') : count.toExponential(1).replace('e+', 'e')
}

/** What flags tell a search, and a progress line that shows the best so far. */
export function watchedSearch({objective: aim, budget, seed, workers}: SearchFlags, progress: Progress, signal: AbortSignal): Watched {
  const show: Watched['show'] = (count, best) => progress.update(count, 0, best && `best ${outcomeText(best)}`)
  const options = {aim, seed, threadCount: workerCount(workers), signal, ...(budget && {budget})}
  return {options, show, stop: progress.stop}
}

/** "3.1 ms, 12 mJ" */
function outcomeText({latencySeconds, energyJoules}: Outcome): string {
  return `${formatQuantity(latencySeconds, 's')}, ${formatQuantity(energyJoules, 'J')}`
}

const maximumFrontierRows = 12

/** At most so many of a list, evenly apart, with its first and its last. */
function spreadOut<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items
  return Array.from({length: count}, (_, index) => items[Math.round((index * (items.length - 1)) / (count - 1))]!)
}

/** All trade-offs of time and energy, where a search was for them. */
function frontierTable({frontier}: MapResult): string | undefined {
  if (frontier === undefined) return undefined
  const listed = spreadOut(frontier, maximumFrontierRows)
  const table = formatTable(
    [
      {header: 'latency', cell: ({latencySeconds}) => formatQuantity(latencySeconds, 's'), align: 'right'},
      {header: 'energy', cell: ({energyJoules}) => formatQuantity(energyJoules, 'J'), align: 'right'},
      {
        header: 'energy × delay',
        cell: ({energyJoules, latencySeconds}) => formatQuantity(energyJoules * latencySeconds, 'J s'),
        align: 'right',
      },
    ],
    listed,
  )
  const head = `${counted(frontier.length, 'mapping')} on the frontier of time and energy; the fastest is shown above`
  const cut = listed.length < frontier.length ? `; ${listed.length} of them here, all under --json` : ''
  return `${wrapped(head + cut)}\n${table}`
}

/** Draws what flags ask for of a mapping. */
export async function drawMapping(
  result: FittingMapping,
  problem: Problem,
  hierarchy: Hierarchy,
  {figure, roofline}: {readonly figure?: string | undefined; readonly roofline?: string | undefined},
): Promise<void> {
  if (figure !== undefined) await drawFigure(figure, ({trafficFigure}) => trafficFigure(result, problem))
  if (roofline !== undefined) await drawFigure(roofline, ({hierarchyRooflineFigure}) => hierarchyRooflineFigure(result, problem, hierarchy))
}
