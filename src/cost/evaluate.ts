import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import type {Column, Machine} from '../accelerator/machine.js'
import type {TechnologyScaling} from '../accelerator/technology-layer.js'
import {unknownName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import type {OperatorClass, Workload} from '../workload/operator.js'
import {compileEnergy} from './energy.js'
import type {Explanation} from './explanation.js'
import {chosenFidelity, type FidelityName} from './fidelity.js'
import {type MetricColumns, metricColumns} from './metrics.js'
import type {Basis} from './operator-time.js'
import type {OperatingColumns} from './power-limit.js'
import {compileProgram, type Program} from './program.js'

/** What a machine is run at; both default to the described boost clock and power limit. */
export interface Operating {
  readonly clockHertz?: number | undefined
  readonly powerLimitWatts?: number | undefined
}

export interface EvaluateOptions extends Operating {
  readonly fidelity?: string | undefined
  /** An operator whose time is to be explained. */
  readonly explain?: string | undefined
}

/** Time and energy of one operator, all its runs together. */
export interface OperatorCost {
  readonly name: string
  readonly class: OperatorClass
  readonly count: number
  readonly shape: Readonly<Record<string, number | string | boolean>>
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly averageWatts: number
  readonly boundBy: string
  /** Useful operations; what units execute beyond them is padding. */
  readonly flops: number
  readonly executedByUnit: Readonly<Record<string, number>>
  readonly bytesByLevel: Readonly<Record<string, number>>
  /** How long each resource is busy at its peak: what a roofline compares. */
  readonly busySecondsByResource: Readonly<Record<string, number>>
  readonly energyBySource: Readonly<Record<string, number>>
  readonly basis: Basis
  readonly from: string
  /** Mean absolute error of latency to expect, and at worst where it is borrowed, as ratios; null for ideal bounds. */
  readonly expectedMape: number | null
  readonly worstMape: number | null
  /** Sizes outside of the measured range, in words. */
  readonly beyond: readonly string[]
  /** On request: how its time comes about, of one run. */
  readonly explanation?: Explanation
}

/** What a pass of a workload costs on an accelerator, with its causes. */
export interface Evaluation {
  readonly accelerator: string
  /** What was set in place of the accelerator's values. */
  readonly changes: Readonly<Record<string, string>>
  /** How the energies of the die were carried to another technology; null where they stand as described. */
  readonly technologyScaling: TechnologyScaling | null
  readonly workload: string
  readonly phase: string
  readonly settings: Workload['settings']
  readonly fidelity: FidelityName
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly averageWatts: number
  readonly clockHertz: number
  readonly powerLimitWatts: number
  /** The power limit lowered the clock. */
  readonly throttled: boolean
  /** False where even the lowest clock exceeds the limit. */
  readonly holdsPowerLimit: boolean
  readonly boundBy: string
  readonly energyBySource: Readonly<Record<string, number>>
  readonly flops: number
  readonly flopsPerSecond: number
  /** Bytes crossing the outermost memory, and their rate. */
  readonly dramBytes: number
  readonly bytesPerSecond: number
  readonly tokenCount: number
  readonly tokensPerSecond: number
  readonly joulesPerToken: number
  readonly residentBytes: number
  readonly memoryBytes: number
  readonly fitsInMemory: boolean
  readonly dieSquareMillimetres: number | null
  readonly deviceDollars: number | null
  /** Carbon dioxide equivalent of making the dies and the memory of all devices. */
  readonly embodiedGrams: number | null
  /** Time of the host to issue all kernels; zero where a graph on the device does. */
  readonly hostSeconds: number
  /** The operators' errors to expect, and at worst, weighed by their time; null where any of the time is an ideal bound. */
  readonly expectedMape: number | null
  readonly worstMape: number | null
  /** Share of the time of operators with a size outside of the measured range. */
  readonly extrapolatedTimeRatio: number
  /** Share of the time by how sure the prediction is. */
  readonly timeRatioByBasis: Readonly<Partial<Record<Basis, number>>>
  readonly operators: readonly OperatorCost[]
}

/** Evaluates one pass of a workload on one accelerator; a single evaluation is a batch of one row. */
export function evaluate(accelerator: Accelerator, workload: Workload, options: EvaluateOptions = {}): Evaluation {
  refuseUnknownOptions(options)
  const fidelity = chosenFidelity(accelerator, options.fidelity)
  const {machine} = designBatch(accelerator, [], 1)
  const program = compileProgram(accelerator, machine, workload, fidelity, 1)
  const at = operatingPoint(accelerator, options)
  const out = metricColumns(1)
  program.evaluate(columnsAt(at), out, 1)
  const explained = explainedIndex(workload, options.explain)
  const operators = program.operators.map(({program: {time}}, index) => ({
    ...operatorCost(program, machine, out, index),
    ...(index === explained && {explanation: time.explain(out.clockHertz[0]!)}),
  }))
  return {...passRecord(accelerator, workload, fidelity, at, program, out), ...totals(operators, accelerator, workload, out), operators}
}

function explainedIndex({operators}: Workload, name: string | undefined): number | undefined {
  if (name === undefined) return undefined
  const index = operators.findIndex((operator) => operator.name === name)
  if (index < 0)
    throw unknownName(
      'operator of this pass',
      name,
      operators.map((operator) => operator.name),
    )
  return index
}

const optionNames: Readonly<Record<keyof EvaluateOptions, true>> = {clockHertz: true, powerLimitWatts: true, fidelity: true, explain: true}

/** Refuses a misspelt option, which a caller without types could otherwise take for one that acts. */
export function refuseUnknownOptions(options: EvaluateOptions): void {
  for (const name of Object.keys(options))
    if (!Object.hasOwn(optionNames, name)) throw unknownName('option of an evaluation', name, Object.keys(optionNames))
}

/** The clock and limit to run at, checked against what the machine can be set to. */
export function operatingPoint(
  accelerator: Accelerator,
  {clockHertz, powerLimitWatts}: Operating,
): {clockHertz: number; powerLimitWatts: number} {
  const {clocks, power} = accelerator.machine
  const {minimumHertz, maximumHertz} = clocks[0]!
  const at = {clockHertz: clockHertz ?? maximumHertz, powerLimitWatts: powerLimitWatts ?? power.limitWatts}
  if (!(at.clockHertz >= minimumHertz && at.clockHertz <= maximumHertz)) {
    throw new UserError(`a core clock of ${at.clockHertz / 1e6} MHz is outside of what ${accelerator.name} runs at`, {
      code: 'CLOCK_OUT_OF_RANGE',
      suggestions: [`choose between ${minimumHertz / 1e6} MHz and ${maximumHertz / 1e6} MHz`],
    })
  }
  if (!(at.powerLimitWatts >= power.minimumLimitWatts && at.powerLimitWatts <= power.maximumLimitWatts)) {
    throw new UserError(`a power limit of ${at.powerLimitWatts} W can't be set on ${accelerator.name}`, {
      code: 'POWER_LIMIT_OUT_OF_RANGE',
      suggestions: [`choose between ${power.minimumLimitWatts} W and ${power.maximumLimitWatts} W`],
    })
  }
  return at
}

function columnsAt({clockHertz, powerLimitWatts}: {clockHertz: number; powerLimitWatts: number}): OperatingColumns {
  return {coreHertz: Float64Array.of(clockHertz), limitWatts: Float64Array.of(powerLimitWatts)}
}

function passRecord(
  accelerator: Accelerator,
  workload: Workload,
  fidelity: FidelityName,
  at: {powerLimitWatts: number},
  program: Program,
  out: MetricColumns,
) {
  return {
    accelerator: accelerator.name,
    changes: accelerator.changes,
    technologyScaling: accelerator.technologyScaling ?? null,
    workload: workload.name,
    phase: workload.phase,
    settings: workload.settings,
    fidelity,
    latencySeconds: out.latencySeconds[0]!,
    energyJoules: out.energyJoules[0]!,
    averageWatts: out.energyJoules[0]! / out.latencySeconds[0]!,
    clockHertz: out.clockHertz[0]!,
    powerLimitWatts: at.powerLimitWatts,
    throttled: out.throttled[0] === 1,
    holdsPowerLimit: out.holdsPowerLimit[0] === 1,
    boundBy: program.boundNames[out.boundByIndex[0]!]!,
    hostSeconds: program.dispatch.hostSeconds(),
    energyBySource: Object.fromEntries(program.sources.map(({name, joules}) => [name, joules[0]!])),
  }
}

function totals(operators: readonly OperatorCost[], accelerator: Accelerator, workload: Workload, out: MetricColumns) {
  const main = accelerator.machine.memories.at(-1)!
  const latencySeconds = out.latencySeconds[0]!
  const flops = operators.reduce((sum, operator) => sum + operator.flops, 0)
  const dramBytes = operators.reduce((sum, operator) => sum + operator.bytesByLevel[main.name]!, 0)
  const timeRatioByBasis: Partial<Record<Basis, number>> = {}
  const deviceSeconds = operators.reduce((sum, operator) => sum + operator.latencySeconds, 0)
  for (const {basis, latencySeconds: seconds} of operators)
    timeRatioByBasis[basis] = (timeRatioByBasis[basis] ?? 0) + seconds / deviceSeconds
  return {
    flops,
    flopsPerSecond: flops / latencySeconds,
    dramBytes,
    bytesPerSecond: dramBytes / latencySeconds,
    tokenCount: workload.tokenCount,
    tokensPerSecond: workload.tokenCount / latencySeconds,
    joulesPerToken: out.joulesPerToken[0]!,
    residentBytes: out.residentBytes[0]!,
    memoryBytes: main.capacityBytes * main.instanceCount,
    fitsInMemory: out.fitsInMemory[0] === 1,
    dieSquareMillimetres: finiteOrNull(out.dieSquareMillimetres[0]!),
    deviceDollars: finiteOrNull(out.deviceDollars[0]!),
    embodiedGrams: finiteOrNull(out.embodiedGrams[0]!),
    expectedMape: weighed(operators, 'expectedMape'),
    worstMape: weighed(operators, 'worstMape'),
    extrapolatedTimeRatio: operators.reduce(
      (sum, {beyond, latencySeconds: seconds}) => sum + (beyond.length > 0 ? seconds / deviceSeconds : 0),
      0,
    ),
    timeRatioByBasis,
  }
}

function weighed(operators: readonly OperatorCost[], key: 'expectedMape' | 'worstMape'): number | null {
  if (operators.some((operator) => operator[key] === null)) return null
  const seconds = operators.reduce((sum, {latencySeconds}) => sum + latencySeconds, 0)
  return operators.reduce((sum, operator) => sum + operator[key]! * operator.latencySeconds, 0) / seconds
}

function operatorCost({operators, boundNames}: Program, machine: Machine<Column>, pass: MetricColumns, index: number): OperatorCost {
  const {node, program} = operators[index]!
  const energy = compileEnergy(machine, [program], 1)
  const out = metricColumns(1)
  energy.prepare(1)
  energy.split(pass.clockHertz, program.totalSeconds, out, 1)
  const {count} = node
  const {work, contractions} = node.demand
  const executedByUnit: Record<string, number> = {}
  for (const {unitIndex, operations} of program.executed) {
    const {name} = machine.units[unitIndex]!
    executedByUnit[name] = (executedByUnit[name] ?? 0) + count * operations[0]!
  }
  const latencySeconds = program.totalSeconds[0]!
  return {
    name: node.name,
    class: node.class,
    count,
    shape: node.shape,
    latencySeconds,
    energyJoules: out.energyJoules[0]!,
    averageWatts: out.energyJoules[0]! / latencySeconds,
    boundBy: boundNames[program.boundBy[0]!]!,
    flops: count * [...work, ...contractions].reduce((sum, part) => sum + part.operationCount, 0),
    executedByUnit,
    bytesByLevel: Object.fromEntries(
      machine.memories.map(({name}, level) => [name, count * (program.moved[level]!.readBytes[0]! + program.moved[level]!.writeBytes[0]!)]),
    ),
    busySecondsByResource: Object.fromEntries(program.busy.map(({boundIndex, seconds}) => [boundNames[boundIndex]!, count * seconds[0]!])),
    energyBySource: Object.fromEntries(energy.sources.map(({name, joules}) => [name, joules[0]!])),
    basis: program.time.basis,
    from: program.time.from,
    expectedMape: program.time.expectedMape ?? null,
    worstMape: program.time.worstMape ?? null,
    beyond: program.time.beyond,
  }
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
