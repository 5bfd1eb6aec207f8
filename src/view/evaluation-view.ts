import type {Accelerator} from '../accelerator/accelerator.js'
import {clockStates, memoryDomain} from '../accelerator/clock.js'
import {type ScalingName, scalingNames} from '../accelerator/technology.js'
import {technologyName} from '../accelerator/technology-layer.js'
import type {Palette} from '../cli/colour.js'
import {formatTable, type TableColumn, wrapped} from '../cli/table.js'
import {bar, formatBeside, formatCapacity, formatPercent, formatQuantity, nothing} from '../cli/text.js'
import type {Evaluation} from '../cost/evaluate.js'
import type {Evidence} from '../cost/evidence.js'
import {fidelities} from '../cost/fidelity.js'
import type {OperatorCost} from '../cost/operator-cost.js'
import type {Basis} from '../cost/operator-time.js'
import type {BandedEvaluation} from '../uncertainty/banded-evaluation.js'
import type {Workload} from '../workload/operator.js'
import {beside, energyBandText, latencyBandText, powerBandText, uncertaintyText} from './band-text.js'
import {explanationText} from './explanation-view.js'
import {blocks, factLines} from './layout.js'

/** An evaluation as a person reads it: what it costs, where time and energy go, and how far to trust it. */
export function evaluationText(evaluation: BandedEvaluation, accelerator: Accelerator, evidence: Evidence, colours: Palette): string {
  return blocks(
    `${colours.bold(evaluation.accelerator)}${changesText(evaluation)} · ${colours.bold(evaluation.workload)} ${settingsText(evaluation)}`,
    memoryWarning(evaluation, colours),
    technologyText(evaluation),
    factLines(summaryFacts(evaluation, accelerator, colours), colours),
    formatTable(operatorColumns(evaluation, accelerator, colours), evaluation.operators),
    fusionText(evaluation),
    energyTable(evaluation, colours),
    explanationText(evaluation, colours),
    trustText(evaluation, accelerator, evidence, colours),
  )
}

/** How operators that run as one do so, or why not. */
export function fusionText({operators}: Pick<Evaluation, 'operators'>): string | undefined {
  const fused = operators.flatMap(({name, fusion}) => (fusion === undefined ? [] : [wrapped(`${name} run ${fusion}.`)]))
  return fused.length === 0 ? undefined : fused.join('\n')
}

/** How the energies of the die were carried to another technology, and what the other ways would make of them. */
function technologyText({technologyScaling}: Evaluation): string | undefined {
  if (technologyScaling === null) return undefined
  const {method, from, to, ratiosByMethod} = technologyScaling
  const factor = (name: ScalingName): string => {
    const [least, greatest] = ratiosByMethod[name] ?? []
    if (least === undefined || greatest === undefined) return `${name} says nothing of them`
    return `${name} × ${least.toPrecision(2)}${greatest === least ? '' : ` to ${greatest.toPrecision(2)}`}`
  }
  const others = scalingNames.filter((name) => name !== method)
  return `Energies of the die are carried from ${technologyName(from)} to ${technologyName(to)} by ${factor(method)}; ${others.map(factor).join('; ')}.`
}

/** The choices that tell passes apart at a glance: "decode · batch 16 · context 2048 · bf16". */
export function settingsText({phase, settings}: {readonly phase: string; readonly settings: Workload['settings']}): string {
  const counted = (['batch', 'prompt', 'prefix', 'context'] as const).flatMap((name) => {
    const value = settings[name === 'batch' ? name : `${name}Tokens`]
    return value === undefined || value === 0 ? [] : [`${name} ${value}`]
  })
  const devices = Number(settings['tensorParallel'] ?? 1)
  return [
    phase,
    ...counted,
    ...(settings['dtype'] === undefined ? [] : [settings['dtype']]),
    ...(devices > 1 ? [`1 of ${devices} devices`] : []),
  ].join(' · ')
}

/** Says by how much a pass misses the memory; nothing where it fits. */
export function memoryWarning(
  evaluation: Pick<Evaluation, 'fitsInMemory' | 'residentBytes' | 'memoryBytes' | 'accelerator'>,
  colours: Palette,
): string | undefined {
  const {fitsInMemory, residentBytes, memoryBytes, accelerator} = evaluation
  if (fitsInMemory) return undefined
  const over = formatBeside(residentBytes - memoryBytes, memoryBytes)
  return colours.red(`This pass does not fit: it keeps ${over} more than ${accelerator} holds. What follows is as if it did.`)
}

/** Says that times are bounds where nothing of the machine was measured, or measurements were not asked. */
export function idealText(fidelity: string, colours: Palette): string | undefined {
  return fidelity === 'roofline'
    ? colours.yellow('Times are ideal bounds of the described machine: no measured kernel stands behind them.')
    : undefined
}

/** "1850 tokens/s". */
export function tokenRate(tokensPerSecond: number): string {
  return `${formatQuantity(tokensPerSecond, '')} tokens/s`
}

/** The clock, and what lowered it. */
export function clockText({clockHertz, throttledBy, holdsPowerLimit}: Evaluation, colours: Palette): string {
  const clock = formatQuantity(clockHertz, 'Hz')
  if (!holdsPowerLimit) return `${clock}, ${colours.red(`the lowest, and still above the ${throttledBy ?? 'power'} limit`)}`
  return throttledBy === null ? `${clock}, as asked` : `${clock} on average, ${colours.yellow(`lowered by the ${throttledBy} limit`)}`
}

/** What is drawn of what may be, and how warm that makes the chip. */
function powerText({averageWatts, heldWatts, powerLimitWatts, throttledBy, temperatureKelvins, uncertainty}: BandedEvaluation): string {
  const held = throttledBy === 'power' && heldWatts < powerLimitWatts ? ', what the controller holds' : ''
  const warm = temperatureKelvins === null ? '' : `, at ${formatQuantity(temperatureKelvins - 273.15, '°C')}`
  return `${formatQuantity(averageWatts, 'W')}${beside(powerBandText(uncertainty))}${held} of ${formatQuantity(powerLimitWatts, 'W')}${warm}`
}

function summaryFacts(evaluation: BandedEvaluation, accelerator: Accelerator, colours: Palette): [string, string][] {
  const {latencySeconds, energyJoules, tokensPerSecond, joulesPerToken, memoryClockHertz, uncertainty, waitingSeconds, waitingJoules} =
    evaluation
  const {boundBy, hostSeconds, flopsPerSecond, bytesPerSecond, residentBytes, memoryBytes, dieSquareMillimetres, deviceDollars} = evaluation
  const [latency, energy] = [formatQuantity(latencySeconds, 's'), formatQuantity(energyJoules, 'J')]
  return [
    ['latency', `${colours.bold(latency)}${beside(latencyBandText(uncertainty))}, ${tokenRate(tokensPerSecond)}`],
    ['energy', `${colours.bold(energy)}${beside(energyBandText(uncertainty))}, ${formatQuantity(joulesPerToken, 'J/token')}`],
    ['power', powerText(evaluation)],
    ['clock', clockText(evaluation, colours)],
    ...(hasMemoryStates(accelerator) ? [['memory clock', formatQuantity(memoryClockHertz, 'Hz')] as [string, string]] : []),
    ['bound by', boundBy === 'host' ? `the host, which needs ${formatQuantity(hostSeconds, 's')} to issue all kernels` : boundBy],
    ...(waitingSeconds === 0
      ? []
      : [
          [
            'waiting',
            `${formatQuantity(waitingSeconds, 's')} and ${formatQuantity(waitingJoules, 'J')} between kernels, in no operator below`,
          ] as [string, string],
        ]),
    ['achieved', `${formatQuantity(flopsPerSecond, 'flop/s')}, ${formatQuantity(bytesPerSecond, 'B/s')} of main memory`],
    ['memory', `${formatBeside(residentBytes, memoryBytes)} of ${formatCapacity(memoryBytes)}`],
    ['device', `${formatQuantity(dieSquareMillimetres, 'mm²')}, ${formatQuantity(deviceDollars, 'USD')}`],
  ]
}

/** A memory with one clock needs no word about it. */
function hasMemoryStates({machine}: Accelerator): boolean {
  const domain = memoryDomain(machine)
  return domain !== undefined && clockStates(machine.clocks[domain]!).length > 1
}

function operatorColumns(evaluation: Evaluation, accelerator: Accelerator, {dim}: Palette): TableColumn<OperatorCost>[] {
  const share = ({latencySeconds}: OperatorCost): number => latencySeconds / evaluation.latencySeconds
  return [
    {header: 'operator', cell: ({name}) => name, align: 'left'},
    {header: 'runs', cell: ({count}) => `×${count}`, align: 'right', dropOrder: 3},
    {header: 'time', cell: ({latencySeconds}) => formatQuantity(latencySeconds, 's'), align: 'right'},
    {header: 'share', cell: (operator) => formatPercent(share(operator)), align: 'right', dropOrder: 1},
    {header: '', cell: (operator) => dim(bar(share(operator), 12)), align: 'left', dropOrder: 4},
    {header: 'bound by', cell: ({boundBy}) => boundBy, align: 'left'},
    {header: 'rate', cell: (operator) => operatorRate(operator, accelerator), align: 'right', dropOrder: 2},
    {header: 'energy', cell: ({energyJoules}) => formatQuantity(energyJoules, 'J'), align: 'right'},
  ]
}

/** The rate of the resource that bounds an operator: operations of a unit, bytes of a level. */
function operatorRate({boundBy, bytesByLevel, executedByUnit, latencySeconds}: OperatorCost, {machine}: Accelerator): string {
  if (bytesByLevel[boundBy] !== undefined) return formatQuantity(bytesByLevel[boundBy] / latencySeconds, 'B/s')
  if (executedByUnit[boundBy] !== undefined) return formatQuantity(executedByUnit[boundBy] / latencySeconds, 'flop/s')
  const main = bytesByLevel[machine.memories.at(-1)!.name]
  return main === undefined || main === 0 ? nothing : formatQuantity(main / latencySeconds, 'B/s')
}

function energyTable({energyBySource, energyJoules}: Evaluation, {dim}: Palette): string {
  const sources = Object.entries(energyBySource)
    .filter(([, joules]) => joules > 0)
    .sort(([, a], [, b]) => b - a)
  return formatTable(
    [
      {header: 'energy by source', cell: ([name]) => name, align: 'left'},
      {header: 'energy', cell: ([, joules]) => formatQuantity(joules, 'J'), align: 'right'},
      {header: 'share', cell: ([, joules]) => formatPercent(joules / energyJoules), align: 'right'},
      {header: '', cell: ([, joules]) => dim(bar(joules / energyJoules, 20)), align: 'left', dropOrder: 1},
    ],
    sources,
  )
}

const basisTexts: Readonly<Record<Basis, string>> = {
  ideal: 'an ideal bound',
  measured: 'calibrated on measurements of this device',
  borrowed: 'calibrated on a near format or device',
  uncalibrated: 'uncalibrated, as an ideal bound',
}

/** What the time and the energy rest on, and the error to expect. */
function trustText(evaluation: BandedEvaluation, accelerator: Accelerator, evidence: Evidence, {dim, yellow}: Palette): string {
  const {generation, name} = accelerator
  const {fidelity, timeRatioByBasis, operators, expectedMape, worstMape, extrapolatedTimeRatio} = evaluation
  const parts = Object.entries(timeRatioByBasis)
    .sort(([, a], [, b]) => b - a)
    .map(([basis, ratio]) => `${formatPercent(ratio)} ${basisTexts[basis as Basis]}`)
  const lenders = [...new Set(operators.flatMap(({basis, from}) => (basis === 'borrowed' ? [from.split(' ')[0]!] : [])))]
  const borrowed = lenders.length === 0 ? '' : `, borrowed from ${lenders.join(', ')}`
  const isOwn = lenders.length === 0 || lenders.includes(name) || operators.some(({basis}) => basis === 'measured')
  const stand =
    isOwn || generation === undefined
      ? ''
      : `; nothing of ${name} itself was measured: those of its generation, ${generation.title}, stand in`
  const beyond = [...new Set(operators.flatMap((operator) => operator.beyond.map((size) => `${operator.name}: ${size}`)))]
  const {usedCount, estimateCount, estimatedEnergyRatio} = evidence
  return [
    dim(`fidelity ${fidelity}: ${fidelities[fidelity].summary}`),
    dim(`time: ${parts.join(', ')}${borrowed}${stand}`),
    ...(expectedMape === null || worstMape === null ? [] : [dim(expectationText(expectedMape, worstMape))]),
    ...(beyond.length === 0
      ? []
      : [
          yellow(
            `extrapolated: ${formatPercent(extrapolatedTimeRatio)} of the time lies outside of the measured sizes (${listed(beyond)})`,
          ),
        ]),
    (estimateCount > 0 ? yellow : dim)(
      `constants: ${estimateCount} of the ${usedCount} that this pass uses are estimates; ${formatPercent(estimatedEnergyRatio)} of its energy rests on them`,
    ),
    uncertaintyText(evaluation.uncertainty, accelerator, {dim, yellow}),
  ].join('\n')
}

/** " with hbmBandwidth=3 TB/s"; nothing where the accelerator is as described. */
export function changesText({changes}: Pick<Evaluation, 'changes'>): string {
  const set = Object.entries(changes).map(([key, value]) => `${key}=${value}`)
  return set.length === 0 ? '' : ` with ${set.join(', ')}`
}

function expectationText(expectedMape: number, worstMape: number): string {
  const expected = `expect the latency of its kernels to be ${formatPercent(expectedMape)} off on average`
  if (worstMape === expectedMape) return `${expected}, as where no fit saw the rows`
  return `${expected}, and up to ${formatPercent(worstMape)}, as borrowed parameters showed on devices of other generations`
}

function listed(items: readonly string[]): string {
  return items.length <= 3 ? items.join('; ') : `${items.slice(0, 3).join('; ')} and ${items.length - 3} more`
}
