import type {Palette} from '../cli/colour.js'
import {displayWidth, formatTable, type TableColumn, terminalWidth, wrapped} from '../cli/table.js'
import {formatQuantity} from '../cli/text.js'
import type {ComparedOperator, PassCause, PassComparison, PassGap} from '../cost/pass-comparison.js'
import {fusionText, memoryWarning, settingsText} from './evaluation-view.js'
import {blocks, verdictText} from './layout.js'

type Candidate = PassComparison['candidates'][number]

/** Ways to run a pass side by side: in total, then operator by operator, and why one wins. */
export function passComparisonText(comparison: PassComparison, colours: Palette): string {
  const {candidates, refused} = comparison
  const [first] = candidates
  const keys = columnKeys(candidates)
  return blocks(
    first === undefined
      ? undefined
      : `${colours.bold(first.accelerator)} · ${colours.bold(first.workload)} ${settingsText(first)}, fidelity ${first.fidelity}`,
    summaryTable(comparison, keys, colours),
    operatorTable('time of', comparison, keys, 's', ({secondsByCandidate}) => secondsByCandidate),
    operatorTable('energy of', comparison, keys, 'J', ({joulesByCandidate}) => joulesByCandidate),
    verdictOn('time', comparison, colours),
    verdictOn('energy', comparison, colours),
    ...candidates.map((candidate) => candidateFusion(candidate)),
    ...refused.map(({name, message}) => colours.yellow(wrapped(`${name} is refused: ${message}`))),
    ...candidates.map((candidate) => memoryWarning(candidate, colours)),
  )
}

function candidateFusion(candidate: Candidate): string | undefined {
  const text = fusionText(candidate)
  return text === undefined ? undefined : wrapped(`${candidate.name}: ${text}`)
}

/** What heads the column of each candidate: its name, or its number where names would not leave room for all columns. */
function columnKeys(candidates: readonly Candidate[]): readonly string[] {
  const needed = candidates.reduce((sum, {name}) => sum + 2 + Math.max(displayWidth(name), 8), 20)
  return needed <= terminalWidth() ? candidates.map(({name}) => name) : candidates.map((_, index) => String(index + 1))
}

function summaryTable({candidates, time, energy}: PassComparison, keys: readonly string[], {bold}: Palette): string {
  const isNumbered = keys.some((key, index) => key !== candidates[index]!.name)
  const marked = (best: string, name: string, text: string): string => (best === name ? bold(text) : text)
  return formatTable<Candidate>(
    [
      ...(isNumbered ? [{header: '', cell: (each: Candidate) => String(candidates.indexOf(each) + 1), align: 'right'} as const] : []),
      {header: 'candidate', cell: ({name}) => name, align: 'left'},
      {header: 'latency', cell: ({name, latencySeconds}) => marked(time.best, name, formatQuantity(latencySeconds, 's')), align: 'right'},
      {header: 'energy', cell: ({name, energyJoules}) => marked(energy.best, name, formatQuantity(energyJoules, 'J')), align: 'right'},
      {header: 'power', cell: ({averageWatts}) => formatQuantity(averageWatts, 'W'), align: 'right', dropOrder: 2},
      {header: 'clock', cell: ({clockHertz}) => formatQuantity(clockHertz, 'Hz'), align: 'right', dropOrder: 3},
      {header: 'main memory', cell: ({dramBytes}) => formatQuantity(dramBytes, 'B'), align: 'right', dropOrder: 1},
      {header: 'bound by', cell: ({boundBy}) => boundBy, align: 'left'},
    ],
    candidates,
  )
}

function operatorTable(
  header: string,
  {operators}: PassComparison,
  keys: readonly string[],
  unit: string,
  valuesOf: (operator: ComparedOperator) => readonly (number | null)[],
): string {
  const columns = keys.map(
    (key, index): TableColumn<ComparedOperator> => ({
      header: key,
      cell: (operator) => formatQuantity(valuesOf(operator)[index], unit),
      align: 'right',
    }),
  )
  return formatTable<ComparedOperator>([{header, cell: ({operator}) => operator, align: 'left'}, ...columns], operators)
}

function verdictOn(cost: 'time' | 'energy', comparison: PassComparison, {bold}: Palette): string | undefined {
  const {best, others} = comparison[cost]
  return verdictText(`${bold(best)} takes the least ${cost}.`, others, (gap) => gapSentence(cost, gap, comparison))
}

/** "b takes 1.31 times as long: mlp_up from 1.2 ms to 2.1 ms (bound by tensor; in a by hbm), attention from 2 ms to 2.1 ms." */
function gapSentence(cost: 'time' | 'energy', {name, ratio, causes}: PassGap, comparison: PassComparison): string {
  const times = `${Number(ratio.toPrecision(4))} times as ${cost === 'time' ? 'long' : 'much'}`
  const parts = causes.map((cause) => causeText(cost, cause, name, comparison))
  return `${name} takes ${times}${parts.length === 0 ? ', none of it in an operator' : `: ${parts.join(', ')}`}.`
}

function causeText(
  cost: 'time' | 'energy',
  {operator, boundBy, bestBoundBy}: PassCause,
  name: string,
  {candidates, operators, [cost]: {best}}: PassComparison,
): string {
  const compared = operators.find((each) => each.operator === operator)!
  const value = (of: string): string => {
    const index = candidates.findIndex((candidate) => candidate.name === of)
    return cost === 'time'
      ? formatQuantity(compared.secondsByCandidate[index] ?? 0, 's')
      : formatQuantity(compared.joulesByCandidate[index] ?? 0, 'J')
  }
  const change = `${operator} from ${value(best)} to ${value(name)}`
  if (cost === 'energy' || boundBy === null) return change
  if (bestBoundBy === null) return `${change} (not in ${best})`
  return bestBoundBy === boundBy ? `${change} (bound by ${boundBy})` : `${change} (bound by ${boundBy}; in ${best} by ${bestBoundBy})`
}
