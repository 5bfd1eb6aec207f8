import type {Palette} from '../cli/colour.js'
import {displayWidth, formatTable, type TableColumn, terminalWidth, wrapped} from '../cli/table.js'
import {counted, formatPercent, formatQuantity, nothing} from '../cli/text.js'
import type {ComparedTensor, EnergyCause, EnergyGap, MappingComparison, TimeGap} from '../mapping/mapping-comparison.js'
import {blocks, verdictText} from './layout.js'
import {misfitText} from './misfit-text.js'

type Candidate = MappingComparison['candidates'][number]

/** Candidates side by side: what each costs, the energy of levels and tensors, their cycles, and why one wins. */
export function mapComparisonText(comparison: MappingComparison, colours: Palette): string {
  const {accelerator, problem, candidates, refused, time, energy} = comparison
  const keys = columnKeys(candidates)
  return blocks(
    `${colours.bold(problem)} on ${colours.bold(accelerator)}: ${counted(candidates.length, 'candidate')}`,
    summaryTable(comparison, keys, colours),
    energyTable(comparison, keys),
    cyclesTable(comparison, keys),
    time && verdictText(`${colours.bold(time.best)} takes the least time.`, time.others, (gap) => timeSentence(gap, time.best)),
    energy && verdictText(`${colours.bold(energy.best)} takes the least energy.`, energy.others, (gap) => energySentence(gap, energy.best)),
    ...refused.map(({name, message}) => colours.yellow(wrapped(`${name} has no mapping: ${message}`))),
    ...candidates.flatMap((candidate) =>
      candidate.fits ? [] : [blocks(colours.red(`${candidate.name} does not fit`), ...candidate.misfits.map(misfitText))],
    ),
  )
}

/** What heads the column of each candidate: its name, or its number where names would not leave room for all columns. */
function columnKeys(candidates: readonly Candidate[]): readonly string[] {
  const names = candidates.map(({name}) => name)
  const [roomForRows, columnGap] = [22, 2]
  const needed = names.reduce((sum, name) => sum + columnGap + Math.max(displayWidth(name), 8), roomForRows)
  return needed <= terminalWidth() ? names : names.map((_, index) => String(index + 1))
}

function summaryTable({candidates, time, energy}: MappingComparison, keys: readonly string[], {bold}: Palette): string {
  const isNumbered = keys.some((key, index) => key !== candidates[index]!.name)
  const value = (text: (candidate: Extract<Candidate, {fits: true}>) => string) => (candidate: Candidate) =>
    candidate.fits ? text(candidate) : nothing
  const best = (name: string | undefined, text: (candidate: Extract<Candidate, {fits: true}>) => string) =>
    value((candidate) => (candidate.name === name ? bold(text(candidate)) : text(candidate)))
  const leastDelayed = candidates
    .flatMap((candidate) => (candidate.fits ? [candidate] : []))
    .toSorted((a, b) => energyDelay(a) - energyDelay(b))[0]
  return formatTable<Candidate>(
    [
      ...(isNumbered ? [{header: '', cell: (each: Candidate) => String(candidates.indexOf(each) + 1), align: 'right'} as const] : []),
      {header: 'mapping', cell: ({name}) => name, align: 'left'},
      {header: 'cycles', cell: best(time?.best, ({cycles}) => formatQuantity(cycles, '')), align: 'right'},
      {header: 'latency', cell: best(time?.best, ({latencySeconds}) => formatQuantity(latencySeconds, 's')), align: 'right', dropOrder: 1},
      {header: 'energy', cell: best(energy?.best, ({energyJoules}) => formatQuantity(energyJoules, 'J')), align: 'right'},
      {
        header: 'energy × delay',
        cell: best(leastDelayed?.name, (candidate) => formatQuantity(energyDelay(candidate), 'J s')),
        align: 'right',
        dropOrder: 2,
      },
      {header: 'utilization', cell: value(({utilizationRatio}) => formatPercent(utilizationRatio)), align: 'right', dropOrder: 3},
      {header: 'bound by', cell: (candidate) => (candidate.fits ? candidate.boundBy : 'does not fit'), align: 'left'},
    ],
    candidates,
  )
}

function energyDelay({energyJoules, latencySeconds}: {readonly energyJoules: number; readonly latencySeconds: number}): number {
  return energyJoules * latencySeconds
}

interface PartRow {
  readonly level: string
  readonly tensor: string
  readonly values: readonly (number | null)[]
}

/** Each level, then its tensors. */
function energyTable({levels, tensors}: MappingComparison, keys: readonly string[]): string | undefined {
  const rows = levels.flatMap(({level, joulesByCandidate}): PartRow[] => {
    const inside = tensors.filter((each) => each.level === level)
    return [
      {level, tensor: '', values: joulesByCandidate},
      ...inside.map((each: ComparedTensor) => ({level: '', tensor: each.tensor, values: each.joulesByCandidate})),
    ]
  })
  return rows.length === 0 ? undefined : partTable('energy of', rows, keys, 'J')
}

function cyclesTable({levels}: MappingComparison, keys: readonly string[]): string | undefined {
  const rows = levels.map(({level, cyclesByCandidate}): PartRow => ({level, tensor: '', values: cyclesByCandidate}))
  return rows.length === 0 ? undefined : partTable('cycles of', rows, keys, '')
}

function partTable(header: string, rows: readonly PartRow[], keys: readonly string[], unit: string): string {
  const columns = keys.map(
    (key, index): TableColumn<PartRow> => ({header: key, cell: ({values}) => formatQuantity(values[index], unit), align: 'right'}),
  )
  const name = ({level, tensor}: PartRow): string => (tensor === '' ? level : `  ${tensor}`)
  return formatTable<PartRow>([{header, cell: name, align: 'left'}, ...columns], rows)
}

/** "b takes 2 times the cycles: dram bounds it, most of it inputs, with 4096 cycles against 512 in a." */
function timeSentence(
  {name, ratio, moreCycles, boundBy, bestCycles, tensor, instanceCount, bestInstanceCount}: TimeGap,
  best: string,
): string {
  const cycles = bestCycles + moreCycles
  const own = `${name} takes ${times(ratio)} as long: ${boundBy} bounds it`
  if (tensor === null)
    return bestInstanceCount > instanceCount
      ? `${own}, ${instanceCount} of them at work against ${bestInstanceCount} in ${best}.`
      : `${own}, which in ${best} are at work for ${formatQuantity(bestCycles, '')} cycles against ${formatQuantity(cycles, '')}.`
  return `${own}, moving mostly ${tensor}; in ${best} it needs ${formatQuantity(bestCycles, '')} cycles.`
}

/** "b takes 1.5 times as much, 20 µJ more: weights at dram +18 µJ (4.1M reads against 1.0M)." */
function energySentence({name, ratio, moreJoules, causes}: EnergyGap, best: string): string {
  const more = formatQuantity(moreJoules, 'J')
  const rest = moreJoules - causes.reduce((sum, cause) => sum + cause.moreJoules, 0)
  const saved = rest < 0 ? [`all else −${formatQuantity(-rest, 'J')}`] : []
  return `${name} takes ${times(ratio)} as much, ${more} more: ${[...causes.map((cause) => causeText(cause, best)), ...saved].join('; ')}.`
}

function causeText({level, tensor, moreJoules, words}: EnergyCause, best: string): string {
  const more = `+${formatQuantity(moreJoules, 'J')}`
  if (tensor === null || words === null) return `${level} ${more}`
  const {kind, wordCount, bestWordCount} = words
  const counts = `${formatQuantity(wordCount, '')} ${kind} against ${formatQuantity(bestWordCount, '')} in ${best}`
  return `${tensor} at ${level} ${more}${wordCount > bestWordCount ? ` (${counts})` : ''}`
}

function times(ratio: number): string {
  return `${Number(ratio.toPrecision(4))} times`
}
