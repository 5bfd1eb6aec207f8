import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn, wrapped} from '../cli/table.js'
import {bar, formatPercent, formatQuantity} from '../cli/text.js'
import type {BandedDvfs} from '../dvfs/banded-dvfs.js'
import type {OperatingState} from '../dvfs/operating-states.js'
import type {ChoiceName, ClockChoice, PassDvfs} from '../dvfs/pass-dvfs.js'
import type {PassHeader} from '../dvfs/pass-header.js'
import {energyBandText} from './band-text.js'
import {changesText, idealText, memoryWarning, settingsText} from './evaluation-view.js'
import {blocks, factLines} from './layout.js'

/** Rows of clocks that a screen holds at a glance; `--all` shows every state. */
const shownClockCount = 12

const choiceTexts: Readonly<Record<ChoiceName, string>> = {
  leastEnergy: 'least energy',
  leastEnergyDelay: 'least energy · time',
  cheapestInTime: 'cheapest in time',
  voltageFloor: 'voltage floor ends',
  highest: 'highest clock',
}

/** Clocks and power limits of a pass as a person reads them: which to choose, then what each costs. */
export function dvfsText(pass: BandedDvfs, colours: Palette, {isAll = false}: {readonly isAll?: boolean} = {}): string {
  const {clocks, powerLimits} = pass
  const shown = isAll ? clocks : shownClocks(pass)
  const left = clocks.length - shown.length
  const lastActing = powerLimits.findLastIndex(({throttled}) => throttled)
  const limits = isAll ? powerLimits : powerLimits.slice(0, lastActing + 2)
  return blocks(
    passTitle(pass, colours),
    memoryWarning(pass, colours),
    idealText(pass.fidelity, colours),
    factLines(facts(pass), colours),
    formatTable(choiceColumns(pass), pass.choices),
    formatTable(stateColumns(pass, 'clock', colours), shown),
    left > 0 ? colours.dim(`${left} of ${clocks.length} clocks not shown; add --all to see them`) : undefined,
    formatTable(stateColumns(pass, 'power limit', colours), limits),
    limits.length < powerLimits.length
      ? colours.dim(`${formatQuantity(limits.at(-1)!.powerLimitWatts, 'W')} and the limits above do not act on this pass`)
      : undefined,
  )
}

/** "a100-pcie-40gb · opt-1.3b prefill · batch 4". */
export function passTitle(pass: PassHeader, colours: Palette): string {
  return wrapped(`${colours.bold(pass.accelerator)}${changesText(pass)} · ${colours.bold(pass.workload)} ${settingsText(pass)}`)
}

/** Clocks as their makers write them: 1155 MHz, whose steps three digits of GHz would hide. */
export function clockInMegahertz(hertz: number): string {
  return `${Number((hertz / 1e6).toFixed(1))} MHz`
}

function facts({
  memoryClockHertz,
  powerLimitWatts,
  throttleOnsetHertz,
  feltBelowHertz,
  feltSlowdownRatio,
  clocks,
  boundSeconds,
}: PassDvfs): [string, string][] {
  const lowest = clocks[0]!.clockHertz
  const limit = formatQuantity(powerLimitWatts, 'W')
  return [
    ...(memoryClockHertz === null ? [] : [['memory clock', clockInMegahertz(memoryClockHertz)] as [string, string]]),
    [
      'power limit',
      throttleOnsetHertz === null
        ? `${limit}, which every clock holds`
        : `${limit}, exceeded from ${clockInMegahertz(throttleOnsetHertz)} on`,
    ],
    [
      'feels the clock',
      feltBelowHertz === lowest
        ? `nowhere: the lowest takes no more than ${formatPercent(feltSlowdownRatio)} longer than the highest`
        : `below ${clockInMegahertz(feltBelowHertz)}, where it takes more than ${formatPercent(feltSlowdownRatio)} longer than at the highest`,
    ],
    ...(boundSeconds === null ? [] : [['in time', `within ${formatQuantity(boundSeconds, 's')}`] as [string, string]]),
  ]
}

function choiceColumns(pass: BandedDvfs): TableColumn<ClockChoice>[] {
  const isSettled = pass.choices.some(({clockHertz, settledHertz}) => clockHertz !== settledHertz)
  return [
    {header: 'choice', cell: ({name}) => choiceTexts[name], align: 'left'},
    {header: 'clock', cell: ({clockHertz}) => clockInMegahertz(clockHertz)},
    ...(isSettled ? [{header: 'runs at', cell: ({settledHertz}: ClockChoice) => clockInMegahertz(settledHertz)}] : []),
    {header: 'time', cell: ({latencySeconds}) => formatQuantity(latencySeconds, 's')},
    {header: 'slower', cell: ({slowdownRatio}) => formatPercent(slowdownRatio)},
    {header: 'power', cell: ({averageWatts}) => formatQuantity(averageWatts, 'W'), dropOrder: 1},
    {header: 'energy', cell: ({energyJoules}) => formatQuantity(energyJoules, 'J')},
    ...bandColumns(pass),
    {header: 'saved', cell: ({savedEnergyRatio}) => formatPercent(savedEnergyRatio)},
    {header: 'energy · time', cell: ({energyDelayJouleSeconds}) => formatQuantity(energyDelayJouleSeconds, 'Js'), dropOrder: 2},
  ]
}

/** Nine in ten samples over the ranges of the constants, where they were drawn. */
function bandColumns(pass: BandedDvfs, over: 'clock' | 'power limit' = 'clock'): TableColumn<OperatingState>[] {
  const [states, bands] = over === 'clock' ? [pass.clocks, pass.clockBands] : [pass.powerLimits, pass.powerLimitBands]
  if (bands === null) return []
  const key = ({clockHertz, powerLimitWatts}: OperatingState): number => (over === 'clock' ? clockHertz : powerLimitWatts)
  const bandAt = new Map(states.map((state, index) => [key(state), bands[index]!]))
  return [{header: 'nine in ten', cell: (state) => energyBandText(bandAt.get(key(state)) ?? null), dropOrder: 3}]
}

function stateColumns(pass: BandedDvfs, over: 'clock' | 'power limit', {dim, yellow, red}: Palette): TableColumn<OperatingState>[] {
  const mostJoules = Math.max(...[...pass.clocks, ...pass.powerLimits].map(({energyJoules}) => energyJoules))
  const isClock = over === 'clock'
  return [
    {header: over, cell: (state) => (isClock ? clockInMegahertz(state.clockHertz) : formatQuantity(state.powerLimitWatts, 'W'))},
    {header: 'runs at', cell: ({settledHertz}) => clockInMegahertz(settledHertz)},
    {header: 'time', cell: ({latencySeconds}) => formatQuantity(latencySeconds, 's')},
    {header: 'power', cell: ({averageWatts}) => formatQuantity(averageWatts, 'W')},
    {header: 'energy', cell: ({energyJoules}) => formatQuantity(energyJoules, 'J')},
    ...bandColumns(pass, over),
    {header: '', cell: ({energyJoules}) => dim(bar(energyJoules / mostJoules, 12)), align: 'left', dropOrder: 2},
    {header: 'energy · time', cell: ({energyDelayJouleSeconds}) => formatQuantity(energyDelayJouleSeconds, 'Js'), dropOrder: 1},
    {
      header: '',
      cell: (state) => {
        if (!state.holdsPowerLimit) return red('exceeds the limit')
        const names = isClock
          ? pass.choices.filter(({clockHertz}) => clockHertz === state.clockHertz).map(({name}) => choiceTexts[name])
          : []
        return [...names, ...(state.throttled ? [yellow('throttled')] : [])].join(', ')
      },
      align: 'left',
    },
  ]
}

/** An even choice of clocks, with those that are chosen and the one where throttling sets in. */
function shownClocks({clocks, choices, throttleOnsetHertz}: PassDvfs): OperatingState[] {
  const stride = Math.max(1, Math.ceil(clocks.length / shownClockCount))
  const marked = new Set([...choices.map(({clockHertz}) => clockHertz), throttleOnsetHertz])
  return clocks.filter(({clockHertz}, index) => (clocks.length - 1 - index) % stride === 0 || marked.has(clockHertz))
}
