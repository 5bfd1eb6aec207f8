import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn} from '../cli/table.js'
import {formatBeside, formatCapacity, formatPercent, formatQuantity, nothing} from '../cli/text.js'
import type {BandedEvaluation} from '../uncertainty/banded-evaluation.js'
import {energyBandText, powerBandText} from './band-text.js'
import {comparisonOf, isRefusal, type Outcome} from './comparison.js'
import {memoryWarning, settingsText, tokenRate} from './evaluation-view.js'
import {blocks} from './layout.js'

type Metric = readonly [name: string, text: (evaluation: BandedEvaluation) => string]

const rows: readonly Metric[] = [
  ['latency', ({latencySeconds}) => formatQuantity(latencySeconds, 's')],
  ['throughput', ({tokensPerSecond}) => tokenRate(tokensPerSecond)],
  ['energy', ({energyJoules}) => formatQuantity(energyJoules, 'J')],
  ['… nine in ten samples', ({uncertainty}) => energyBandText(uncertainty)],
  ['energy of a token', ({joulesPerToken}) => formatQuantity(joulesPerToken, 'J')],
  ['power', ({averageWatts}) => formatQuantity(averageWatts, 'W')],
  ['… nine in ten samples', ({uncertainty}) => powerBandText(uncertainty)],
  ['power limit', ({powerLimitWatts}) => formatQuantity(powerLimitWatts, 'W')],
  ['clock', ({clockHertz}) => formatQuantity(clockHertz, 'Hz')],
  ['lowered by the limit', ({throttled}) => (throttled ? 'yes' : 'no')],
  ['holds the limit', ({holdsPowerLimit}) => (holdsPowerLimit ? 'yes' : 'no')],
  ['bound by', ({boundBy}) => boundBy],
  ['operations', ({flopsPerSecond}) => formatQuantity(flopsPerSecond, 'flop/s')],
  ['main memory', ({bytesPerSecond}) => formatQuantity(bytesPerSecond, 'B/s')],
  ['memory kept', ({residentBytes, memoryBytes}) => formatBeside(residentBytes, memoryBytes)],
  ['memory there', ({memoryBytes}) => formatCapacity(memoryBytes)],
  ['fits', ({fitsInMemory}) => (fitsInMemory ? 'yes' : 'no')],
  ['die area', ({dieSquareMillimetres}) => formatQuantity(dieSquareMillimetres, 'mm²')],
  ['device cost', ({deviceDollars}) => formatQuantity(deviceDollars, 'USD')],
  ['fidelity', ({fidelity}) => fidelity],
  ['measured share of time', ({timeRatioByBasis}) => formatPercent(timeRatioByBasis.measured ?? 0)],
]

/** Accelerators side by side on one pass: a row a metric, a column an accelerator, also one that refuses the pass. */
export function comparisonText(outcomes: readonly Outcome[], colours: Palette): string {
  const {evaluations, refused} = comparisonOf(outcomes)
  const [first] = evaluations
  const columns = outcomes.map((outcome): TableColumn<Metric> => {
    const refusedCell = ([name]: Metric): string => (name === rows[0]![0] ? 'refused' : nothing)
    return {header: outcome.accelerator, cell: isRefusal(outcome) ? refusedCell : ([, text]) => text(outcome), align: 'right'}
  })
  return blocks(
    first === undefined ? undefined : `${colours.bold(first.workload)} ${settingsText(first)}`,
    formatTable([{header: '', cell: ([name]) => name, align: 'left'}, ...columns], rows),
    ...refused.map(({accelerator, message}) => colours.yellow(`${accelerator} is refused: ${message}`)),
    mixedFidelities(evaluations),
    ...evaluations.map((evaluation) => memoryWarning(evaluation, colours)),
  )
}

/** An ideal bound beside a calibrated time favours the machine that nobody measured. */
function mixedFidelities(evaluations: readonly BandedEvaluation[]): string | undefined {
  if (new Set(evaluations.map(({fidelity}) => fidelity)).size < 2) return undefined
  return 'These columns are not of one fidelity: an ideal bound stands beside calibrated times. Compare like with like: --fidelity roofline'
}
