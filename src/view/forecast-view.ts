import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn} from '../cli/table.js'
import {formatPercent, formatQuantity} from '../cli/text.js'
import {
  type Forecast,
  type ForecastChoice,
  type ForecastChoiceName,
  type RunForecast,
  type StepRecord,
  stateName,
} from '../extrapolate/forecast.js'
import {blocks} from './layout.js'

/** Rows that a screen holds at a glance; `--all` shows every state. */
const shownCount = 12

const choiceTexts: Readonly<Record<ForecastChoiceName, string>> = {
  fastest: 'fastest',
  leastEnergy: 'least energy',
  cheapestInTime: 'cheapest in time',
}

/** A long run as a person reads it: what the steps settle at, what the run takes, and which state to choose. */
export function forecastText(result: Forecast, colours: Palette, {isAll = false}: {readonly isAll?: boolean} = {}): string {
  const {states, choices, over, accelerator, boundSeconds} = result
  const shown = isAll ? states : shownStates(result)
  return blocks(
    `${colours.bold(result.work)} · ${result.stepCount.toLocaleString('en')} steps · intervals hold in ${formatPercent(result.confidenceRatio)} of cases`,
    formatTable(measuredColumns(result), result.measured),
    hostText(result, colours),
    formatTable(runColumns(result, colours), shown),
    shown.length < states.length
      ? colours.dim(`${states.length - shown.length} of ${states.length} clocks not shown; add --all to see them`)
      : undefined,
    states.length > 1 ? formatTable(choiceColumns(result), choices) : undefined,
    boundSeconds === null ? undefined : `in time: within ${runTime(boundSeconds)}`,
    hint(over, accelerator, colours),
  )
}

function hostText({host, graphlessReason, measured}: Forecast, {dim}: Palette): string | undefined {
  if (host !== null && host.waitingHertz.length > 0) {
    const clocks = host.waitingHertz.map((hertz) => `${Number((hertz / 1e6).toFixed(1))}`)
    const where = clocks.length === measured.length ? 'every measured clock' : `${clocks.join(', ')} MHz`
    return `waits for its host at ${where}: no clock takes a step below ${formatQuantity(host.stepSeconds, 's')}`
  }
  if (host !== null)
    return dim(`its host takes ${formatQuantity(host.stepSeconds, 's')} a step, by its graph; the device is slower at every measured clock`)
  const wants = measured.length < 3 ? '; a third clock may tell whether it waits for its host' : ''
  return graphlessReason === null ? undefined : dim(`no graph tells of its host (${graphlessReason})${wants}`)
}

function hint(over: Forecast['over'], accelerator: string | null, {dim}: Palette): string | undefined {
  if (over === null) return dim('steps at a second clock or power limit would tell what other ones take')
  return accelerator === null ? dim('name the --accelerator to predict the clocks or limits that were not measured') : undefined
}

function stateHeader(over: Forecast['over']): string {
  return over === 'clock' ? 'clock' : over === 'powerLimit' ? 'power limit' : 'state'
}

function measuredColumns({over}: Forecast): TableColumn<StepRecord>[] {
  return [
    {header: `measured ${stateHeader(over)}`, cell: (state) => stateName(state, over)},
    {header: 'steps', cell: ({rowCount}) => String(rowCount)},
    {header: 'warm-up', cell: ({warmUpCount}) => String(warmUpCount)},
    {header: 'independent', cell: ({independentCount}) => formatQuantity(independentCount, ''), dropOrder: 1},
    {header: 'step', cell: ({stepSeconds}) => formatQuantity(stepSeconds, 's')},
    {header: 'scatter', cell: (steps) => formatPercent(steps.stepDeviationSeconds / steps.stepSeconds), dropOrder: 2},
    {header: 'energy', cell: ({stepJoules}) => formatQuantity(stepJoules, 'J')},
    {header: 'scatter', cell: (steps) => formatPercent(steps.stepDeviationJoules / steps.stepJoules), dropOrder: 3},
  ]
}

function runColumns({over}: Forecast, {dim, yellow}: Palette): TableColumn<RunForecast>[] {
  return [
    {header: stateHeader(over), cell: (state) => stateName(state, over)},
    {header: 'time', cell: ({latencySeconds}) => runTime(latencySeconds)},
    {header: '±', cell: (run) => formatPercent((run.mostSeconds - run.leastSeconds) / 2 / run.latencySeconds)},
    {header: 'from', cell: ({leastSeconds}) => runTime(leastSeconds), dropOrder: 1},
    {header: 'to', cell: ({mostSeconds}) => runTime(mostSeconds), dropOrder: 1},
    {header: 'energy', cell: ({energyJoules}) => formatQuantity(energyJoules, 'J')},
    {header: '±', cell: (run) => formatPercent((run.mostJoules - run.leastJoules) / 2 / run.energyJoules)},
    {header: 'from', cell: ({leastJoules}) => formatQuantity(leastJoules, 'J'), dropOrder: 2},
    {header: 'to', cell: ({mostJoules}) => formatQuantity(mostJoules, 'J'), dropOrder: 2},
    {header: 'power', cell: ({averageWatts}) => formatQuantity(averageWatts, 'W'), dropOrder: 3},
    {
      header: '',
      cell: ({basis, throttled, averageWatts, powerLimitWatts}) =>
        [
          ...(basis === 'measured' ? ['measured'] : throttled ? [] : [dim('predicted')]),
          ...(throttled ? [yellow('throttled')] : []),
          ...(powerLimitWatts !== null && averageWatts > exceededRatio * powerLimitWatts ? [yellow('exceeds its limit')] : []),
        ].join(', '),
      align: 'left',
    },
  ]
}

function choiceColumns({over}: Forecast): TableColumn<ForecastChoice>[] {
  return [
    {header: 'choice', cell: ({name}) => choiceTexts[name], align: 'left'},
    {header: stateHeader(over), cell: (state) => stateName(state, over)},
    {header: 'time', cell: ({latencySeconds}) => runTime(latencySeconds)},
    {header: 'slower', cell: ({slowdownRatio}) => formatPercent(slowdownRatio)},
    {header: 'energy', cell: ({energyJoules}) => formatQuantity(energyJoules, 'J')},
    {header: 'saved', cell: ({savedEnergyRatio}) => formatPercent(savedEnergyRatio)},
  ]
}

/** An even choice of states, with those that are measured or chosen. */
function shownStates({states, choices, over}: Forecast): RunForecast[] {
  const stride = Math.max(1, Math.ceil(states.length / shownCount))
  const names = new Set(choices.map((state) => stateName(state, over)))
  return states.filter(
    (state, index) => (states.length - 1 - index) % stride === 0 || state.basis === 'measured' || names.has(stateName(state, over)),
  )
}

/** Meters and controllers scatter by about this much. */
const exceededRatio = 1.02

/** The time of a run with three digits, in the unit that a person would take. */
function runTime(seconds: number): string {
  const [unit, size] = (
    [
      ['d', 86_400],
      ['h', 3600],
      ['min', 60],
      ['s', 1],
    ] as const
  ).find(([, each]) => seconds >= 2 * each) ?? ['s', 1]
  return unit === 's' ? formatQuantity(seconds, 's') : `${Number((seconds / size).toPrecision(3))} ${unit}`
}
