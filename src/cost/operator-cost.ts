import type {OperatorClass} from '../workload/operator.js'
import {compileEnergy} from './energy.js'
import type {Explanation} from './explanation.js'
import {type MetricColumns, metricColumns} from './metrics.js'
import type {OperatorProgram} from './operator-program.js'
import {type Basis, busySeconds} from './operator-time.js'
import type {Program} from './program.js'

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
  /** Of operators that run as one: through which level, or why on their own. */
  readonly fusion?: string
  /** On request: how its time comes about, of one run. */
  readonly explanation?: Explanation
}

/** Time and energy of each operator of a pass that was evaluated for one machine. */
export function operatorCosts(program: Program, pass: MetricColumns): OperatorCost[] {
  const out = metricColumns(1)
  return program.operators.map((_, index) => operatorCost(program, pass, index, out))
}

function operatorCost(
  {operators, boundNames, machine, leakage}: Program,
  pass: MetricColumns,
  index: number,
  out: MetricColumns,
): OperatorCost {
  const {node, program} = operators[index]!
  const energy = compileEnergy(machine, [program], 1)
  energy.prepare(1)
  const {count} = node
  const latencySeconds = count * program.seconds[0]!
  energy.split(pass.clockHertz, Float64Array.of(latencySeconds), leakage, out, 1)
  const {work, contractions} = node.demand
  const executedByUnit: Record<string, number> = {}
  for (const {unitIndex, operations} of program.executed) {
    const {name} = machine.units[unitIndex]!
    executedByUnit[name] = (executedByUnit[name] ?? 0) + count * operations.values[0]!
  }
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
    bytesByLevel: Object.fromEntries(machine.memories.map(({name}, level) => [name, count * movedBytes(program, level)])),
    busySecondsByResource: busySecondsByResource(program, boundNames),
    energyBySource: Object.fromEntries(energy.sources.map(({name, joules}) => [name, joules[0]!])),
    basis: program.time.basis,
    from: program.time.from,
    expectedMape: program.time.expectedMape ?? null,
    worstMape: program.time.worstMape ?? null,
    beyond: program.time.beyond,
    ...(program.time.fusion !== undefined && {fusion: program.time.fusion()}),
  }
}

function movedBytes({moved}: OperatorProgram, level: number): number {
  const {readBytes, writeBytes} = moved[level]!
  return readBytes.values[0]! + writeBytes.values[0]!
}

/** Of two ports of one memory, the busier one counts. */
function busySecondsByResource({loads, count}: OperatorProgram, boundNames: readonly string[]): Record<string, number> {
  const busy: Record<string, number> = {}
  for (const load of loads) {
    const name = boundNames[load.boundIndex]!
    busy[name] = Math.max(busy[name] ?? 0, count * busySeconds(load))
  }
  return busy
}
