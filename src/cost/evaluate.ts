import {type Accelerator, designBatch} from '../accelerator/accelerator.js'
import type {Column, Power} from '../accelerator/machine.js'
import type {Measurable} from '../accelerator/refuse-estimates.js'
import type {TechnologyScaling} from '../accelerator/technology-layer.js'
import {unknownName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import type {Workload} from '../workload/operator.js'
import {chosenFidelity, type FidelityName, fidelityOf} from './fidelity.js'
import {heldWatts, steadyKelvins, thermalWatts} from './held-power.js'
import type {MappingChoice} from './mapped/product-mapper.js'
import {type MetricColumns, metricColumns} from './metrics.js'
import {columnsAt, type Operating, type OperatingPoint, operatingPoint} from './operating-point.js'
import {type OperatorCost, operatorCosts} from './operator-cost.js'
import type {Basis} from './operator-time.js'
import {compileProgram, type Program} from './program.js'
import {refuseEstimatesBehind} from './used-constants.js'

export interface EvaluateOptions extends Operating {
  readonly fidelity?: string | undefined
  /** How products are mapped, in the fidelity that maps them. */
  readonly mapping?: MappingChoice | undefined
  /** An operator whose time is to be explained. */
  readonly explain?: string | undefined
  /** Kinds of constants of which no estimate may stand behind the result. */
  readonly measuredOnly?: readonly Measurable[] | undefined
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
  /** Null where the memory has no clock of its own. */
  readonly memoryClockHertz: number | null
  readonly powerLimitWatts: number
  /** Average power that the limits let stand: what the limit's controller holds of it, or less where heat limits. */
  readonly heldWatts: number
  /** What the chip settles at; null where its cooling is not described. */
  readonly temperatureKelvins: number | null
  /** A limit lowered the clock: to an average between two states. */
  readonly throttled: boolean
  readonly throttledBy: 'power' | 'temperature' | null
  /** False where even the lowest clock exceeds the limits. */
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
  /** Of the pass, beyond what its operators take: the device waits for its host, or for kernels to begin out of a queue. */
  readonly waitingSeconds: number
  readonly waitingJoules: number
  readonly operators: readonly OperatorCost[]
}

/** Evaluates one pass of a workload on one accelerator; a single evaluation is a batch of one row. */
export function evaluate(accelerator: Accelerator, workload: Workload, options: EvaluateOptions = {}): Evaluation {
  refuseUnknownOptions(options)
  const fidelity = chosenFidelity(accelerator, options.fidelity)
  const program = compileProgram(accelerator, designBatch(accelerator, [], 1).machine, workload, fidelityOf(fidelity, options.mapping), 1)
  refuseEstimatesBehind(accelerator, workload, program, options.measuredOnly ?? [])
  const at = operatingPoint(accelerator, options)
  const out = metricColumns(1)
  program.evaluate(columnsAt(at), out, 1)
  refuseRunaway(accelerator, out)
  const explained = explainedIndex(workload, options.explain)
  const operators = operatorCosts(program, out).map((cost, index) =>
    index === explained ? {...cost, explanation: program.operators[index]!.program.time.explain(out.clockHertz[0]!)} : cost,
  )
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

const optionNames: Readonly<Record<keyof EvaluateOptions, true>> = {
  clockHertz: true,
  memoryClockHertz: true,
  powerLimitWatts: true,
  fidelity: true,
  mapping: true,
  explain: true,
  measuredOnly: true,
}

/** Refuses a misspelt option, which a caller without types could otherwise take for one that acts. */
export function refuseUnknownOptions(options: EvaluateOptions): void {
  for (const name of Object.keys(options))
    if (!Object.hasOwn(optionNames, name)) throw unknownName('option of an evaluation', name, Object.keys(optionNames))
}

function limiter(power: Power<Column>, limitWatts: number): 'power' | 'temperature' {
  return heldWatts(power, limitWatts, 0) === thermalWatts(power, 0) ? 'temperature' : 'power'
}

/** Leakage that no temperature ends leaves no result at all. */
function refuseRunaway({name}: Accelerator, {energyJoules}: MetricColumns): void {
  if (Number.isFinite(energyJoules[0])) return
  throw new UserError(`the static power of ${name} grows faster with its temperature than its cooling takes away`, {
    code: 'THERMAL_RUNAWAY',
    suggestions: ['lower power.thermal.resistance, power.thermal.staticGrowth or power.static'],
  })
}

function passRecord(
  accelerator: Accelerator,
  workload: Workload,
  fidelity: FidelityName,
  {memoryClockHertz, powerLimitWatts}: OperatingPoint,
  program: Program,
  out: MetricColumns,
) {
  const {power} = program.machine
  const averageWatts = out.energyJoules[0]! / out.latencySeconds[0]!
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
    averageWatts,
    clockHertz: out.clockHertz[0]!,
    memoryClockHertz: memoryClockHertz ?? null,
    powerLimitWatts,
    heldWatts: heldWatts(power, powerLimitWatts, 0),
    temperatureKelvins: steadyKelvins(power, averageWatts, 0) ?? null,
    throttled: out.throttled[0] === 1,
    throttledBy: out.throttled[0] === 1 ? limiter(power, powerLimitWatts) : null,
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
  const kernelJoules = operators.reduce((sum, operator) => sum + operator.energyJoules, 0)
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
    waitingSeconds: beyond(latencySeconds, deviceSeconds),
    waitingJoules: beyond(out.energyJoules[0]!, kernelJoules),
  }
}

/** What a whole has beyond the sum of its parts, but for rounding. */
function beyond(whole: number, parts: number): number {
  return whole - parts > 1e-9 * whole ? whole - parts : 0
}

function weighed(operators: readonly OperatorCost[], key: 'expectedMape' | 'worstMape'): number | null {
  if (operators.some((operator) => operator[key] === null)) return null
  const seconds = operators.reduce((sum, {latencySeconds}) => sum + latencySeconds, 0)
  return operators.reduce((sum, operator) => sum + operator[key]! * operator.latencySeconds, 0) / seconds
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
