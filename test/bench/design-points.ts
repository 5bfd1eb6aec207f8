import {type Accelerator, designBatch} from '#ridge/accelerator/accelerator.js'
import {loadAccelerator} from '#ridge/accelerator/load-accelerator.js'
import type {FidelityName} from '#ridge/cost/fidelity.js'
import {type Metric, type MetricColumns, metricColumns} from '#ridge/cost/metrics.js'
import {compileProgram, type Program} from '#ridge/cost/program.js'
import {loadWorkload} from '#ridge/workload/load-workload.js'
import type {Workload} from '#ridge/workload/operator.js'
import {type PlainMachine, type PlainOperator, plainPass, plainResultCount} from './plain-loop.js'

/** Rows whose columns stay in the second-level cache. */
const blockRows = 512
const pointCount = blockRows * 400
/** Points evaluated one by one as well. */
const singleCount = blockRows * 4
const roundCount = 6
const acceleratorName = 'h100-sxm'
/** Of the plain loop's results, the time and the sources of energy. */
const summedCount = 11
const otherMetrics = [
  'averageWatts',
  'tokensPerSecond',
  'joulesPerToken',
  'boundByIndex',
  'dieSquareMillimetres',
  'deviceDollars',
  'embodiedGrams',
] as const satisfies readonly Metric[]

/** By parameter of the accelerator, in its base units, and the core clock. */
interface Designs {
  readonly sms: Float64Array
  readonly hbmBandwidth: Float64Array
  readonly l2: Float64Array
  readonly clock: Float64Array
  /** Of idle power, what goes with the size of the chip. */
  readonly idleShare: Float64Array
}
type Axis = keyof Designs

export interface Rate {
  readonly name: string
  /** In a second of one core. */
  readonly pointsPerSecond: number
  readonly checksum: number
}

/** What the engine is asked: in which fidelity, under which limit, over which axes; the others stand as described, or as set. */
interface Asked {
  readonly name: string
  readonly fidelity: FidelityName
  readonly axes: readonly Axis[]
  readonly limitWatts?: number
  readonly set?: Readonly<Record<string, string>>
}

const allAxes = ['sms', 'hbmBandwidth', 'l2', 'clock'] as const satisfies readonly Axis[]
const engineCases: readonly Asked[] = [
  {name: 'roofline', fidelity: 'roofline', axes: allAxes},
  {name: 'roofline under 400 W', fidelity: 'roofline', axes: allAxes, limitWatts: 400},
  {name: 'calibrated', fidelity: 'calibrated', axes: allAxes},
  {name: 'calibrated, bandwidth and clock vary', fidelity: 'calibrated', axes: ['hbmBandwidth', 'clock']},
  {name: 'calibrated, L2 and clock vary', fidelity: 'calibrated', axes: ['l2', 'clock']},
  {name: 'calibrated, idle power varies', fidelity: 'calibrated', axes: ['idleShare'], set: {sms: '100'}},
]

/** Design points per second of the engine and of a plain loop over the same arithmetic, every point different. */
export function designPointRates() {
  const accelerator = loadAccelerator(acceleratorName)
  const workload = loadWorkload('llama-3.1-8b', {phase: 'decode', batch: 16, contextTokens: 2048})
  const designs = differentDesigns()
  const engines = engineCases.map((asked) => {
    const [blocks, single] = [engineOver(workload, designs, asked, blockRows), engineOver(workload, designs, asked, 1)]
    return {
      ...best(asked.name, () => checksumOf(blocks, pointCount)),
      batched: checksumOf(blocks, singleCount),
      single: checksumOf(single, singleCount),
    }
  })
  return {
    operatorCount: workload.operators.length,
    pointCount,
    singleCount,
    plain: plainRate(accelerator, workload, designs),
    engines,
    otherDifference: otherDifference(accelerator, workload, designs),
  }
}

function plainRate(accelerator: Accelerator, workload: Workload, designs: Designs): Rate {
  const evaluate = plainEvaluation(accelerator, workload, designs)
  return best('plain loop', () => {
    let checksum = 0
    for (let point = 0; point < pointCount; point++) {
      const out = evaluate(point)
      for (let result = 0; result < summedCount; result++) checksum += out[result]!
    }
    return checksum
  })
}

/** The plain loop's results of one point, in a column that is reused. */
function plainEvaluation(accelerator: Accelerator, workload: Workload, {sms, hbmBandwidth, l2, clock}: Designs) {
  const {machine, operators} = plainInputs(accelerator, workload)
  const out = new Float64Array(plainResultCount)
  return (point: number): Float64Array => {
    plainPass(machine, operators, sms[point]!, hbmBandwidth[point]! / 8, l2[point]! / 8, clock[point]!, out)
    return out
  }
}

/** Largest relative difference of the results that no checksum holds: watts, rates and energies of tokens, bounds, areas, costs, carbon. */
function otherDifference(accelerator: Accelerator, workload: Workload, designs: Designs): number {
  const evaluate = plainEvaluation(accelerator, workload, designs)
  let most = 0
  engineOver(
    workload,
    designs,
    engineCases[0]!,
    blockRows,
  )(singleCount, (first, out) => {
    for (let row = 0; row < blockRows; row++) {
      const plain = evaluate(first + row)
      for (const [index, metric] of otherMetrics.entries()) {
        const wanted = plain[summedCount + index]!
        const difference = Math.abs(out[metric][row]! - wanted)
        most = Math.max(most, difference === 0 ? 0 : difference / Math.abs(wanted))
      }
    }
  })
  return most
}

/** The fastest of some rounds, by the time that this process had on its core: others may be at work on the machine. */
function best(name: string, run: () => number): Rate {
  let [microseconds, checksum] = [Number.POSITIVE_INFINITY, 0]
  for (let round = 0; round < roundCount; round++) {
    const start = process.cpuUsage()
    checksum = run()
    const {user, system} = process.cpuUsage(start)
    microseconds = Math.min(microseconds, user + system)
  }
  return {name, pointsPerSecond: (1e6 * pointCount) / microseconds, checksum}
}

/** Evaluates the first points block by block; what it shows is overwritten by the next block. */
type Engine = (count: number, see: (first: number, out: MetricColumns, sources: Program['sources'], rowCount: number) => void) => void

/** The sum of times and energies of the first points. */
function checksumOf(engine: Engine, count: number): number {
  let checksum = 0
  engine(count, (_, out, sources, rowCount) => {
    for (let row = 0; row < rowCount; row++) checksum += out.latencySeconds[row]!
    for (const {joules} of sources) for (let row = 0; row < rowCount; row++) checksum += joules[row]!
  })
  return checksum
}

/** The pair of accelerator and workload, compiled once; the columns are refilled as a sweep does it. */
function engineOver(workload: Workload, designs: Designs, {fidelity, axes, limitWatts = 1e9, set = {}}: Asked, rowCount: number): Engine {
  const accelerator = loadAccelerator(acceleratorName, {set})
  const parameters = axes.filter((axis) => axis !== 'clock')
  const {machine, parameterColumns, refill} = designBatch(accelerator, parameters, rowCount)
  const program = compileProgram(accelerator, machine, workload, fidelity, rowCount)
  const coreHertz = machine.clocks[0]!.maximumHertz.slice()
  const at = {coreHertz, limitWatts: new Float64Array(rowCount).fill(limitWatts)}
  const columns = axes.map((axis) => ({from: designs[axis], to: axis === 'clock' ? coreHertz : parameterColumns.get(axis)!}))
  const out = metricColumns(rowCount)
  return (count, see) => {
    for (let first = 0; first < count; first += rowCount) {
      for (const {from, to} of columns) for (let row = 0; row < rowCount; row++) to[row] = from[first + row]!
      refill(rowCount)
      program.evaluate(at, out, rowCount)
      see(first, out, program.sources, rowCount)
    }
  }
}

/** A fixed walk over five ranges in which no two points agree: SM counts are whole, the rest never repeat. */
function differentDesigns(): Designs {
  const column = (from: number, to: number, step: number): Float64Array =>
    Float64Array.from({length: pointCount}, (_, index) => from + ((index * step) % 1) * (to - from))
  return {
    sms: column(64, 192, Math.SQRT2).map(Math.floor),
    hbmBandwidth: column(8 * 1.5e12, 8 * 8e12, Math.sqrt(3)),
    l2: column(8 * 16 * 2 ** 20, 8 * 160 * 2 ** 20, Math.sqrt(5)),
    clock: column(400e6, 1980e6, Math.sqrt(7)),
    idleShare: column(0.1, 0.9, Math.sqrt(11)),
  }
}

/** What a person would have computed by hand before typing the plain loop: operations and bytes of each operator. */
function plainInputs(accelerator: Accelerator, workload: Workload): {machine: PlainMachine; operators: PlainOperator[]} {
  const {machine} = accelerator
  const batch = designBatch(accelerator, [], 1)
  const program = compileProgram(accelerator, batch.machine, workload, 'roofline', 1)
  program.evaluate({coreHertz: Float64Array.of(1.98e9), limitWatts: Float64Array.of(1e9)}, metricColumns(1), 1)
  const [registers, shared, l2] = machine.memories
  const {voltage, energyVolts, energyExponent, nominalHertz} = machine.clocks[0]!
  if (voltage.kind !== 'parametric') throw new Error('the plain loop is written for a parametric voltage curve')
  const units = machine.units
  const sms = accelerator.parameters.ordered.find(({name}) => name === 'sms')!.baseValue
  const operators = program.operators.map(({node, program: {executed, moved, elementOperationCount, activations}}): PlainOperator => {
    const of = (unit: number): number =>
      executed.filter(({unitIndex}) => unitIndex === unit).reduce((sum, {operations}) => sum + operations.values[0]!, 0)
    const sum = (accesses: readonly {bytes: number}[]): number => accesses.reduce((total, {bytes}) => total + bytes, 0)
    const [reads, writes] = [sum(node.demand.reads), sum(node.demand.writes)]
    const isFused = node.class.startsWith('attention')
    const products = node.demand.contractions
    return {
      count: node.count,
      operations: [of(0), of(1), of(2)],
      readBytes: [moved[0]!.readBytes.values[0]!, reads, reads, reads],
      writeBytes: [writes, writes, writes, writes],
      perRootByte: isFused
        ? 0
        : products.reduce((total, {operationCount, operandBytes}) => total + operationCount * operandBytes ** 1.5, 0),
      perByte: isFused
        ? products.reduce(
            (total, {m, n, k, operationCount, operandBytes}) => total + (operationCount / 2) * Math.min(m, n, k) * operandBytes ** 2,
            0,
          )
        : 0,
      elementCount: elementOperationCount,
      activationBytes: activations.bytes,
      activationReadRatio: activations.readRatio,
      activationWriteRatio: activations.writeRatio,
    }
  })
  return {
    operators,
    machine: {
      unitsPerSm: units[0]!.count / sms,
      operationsPerCycle: [units[0]!.operationsPerCycle.bf16!, units[1]!.operationsPerCycle.fp32!, units[2]!.operationsPerCycle.fp32!],
      joulesPerOperation: [units[0]!.joulesPerOperation.bf16!, units[1]!.joulesPerOperation.fp32!, units[2]!.joulesPerOperation.fp32!],
      registerBytes: registers!.capacityBytes,
      sharedBytes: shared!.capacityBytes,
      registerReadPerCycle: registers!.read.amount,
      registerWritePerCycle: registers!.write.amount,
      sharedPerCycle: shared!.read.amount,
      l2PerCycle: l2!.read.amount,
      joulesPerByte: machine.memories.map(({readJoulesPerByte}) => readJoulesPerByte) as unknown as PlainMachine['joulesPerByte'],
      floorVolts: voltage.floorVolts,
      kneeHertz: voltage.kneeHertz,
      slopeVoltsPerHertz: voltage.slopeVoltsPerHertz,
      energyVolts,
      energyExponent,
      joulesPerElement: units[1]!.joulesPerElement!,
      clockingWattsPerSm: machine.power.clockingWatts! / sms,
      nominalHertz,
      idleHertz: machine.power.idle.clockHertz,
      idleWatts: machine.power.idle.values,
      idleScaleBase: 0.59,
      idleScalePerSm: 0.41 / sms,
      ...plainDie(machine, sms),
      tokenCount: workload.tokenCount,
    },
  }
}

function plainDie({dies, memories, ...machine}: Accelerator['machine'], sms: number) {
  const [main, cache] = [memories.at(-1)!, memories.at(-2)!]
  const {components, wafer} = dies[0]!
  const areaOf = (names: readonly string[]): number =>
    components.reduce((sum, part) => sum + (names.includes(part.name) ? part.componentCount * part.squareMillimetres : 0), 0)
  const cores = components.find(({name}) => name === 'sms')!
  const memoryBytes = main.capacityBytes * main.instanceCount
  const {waferDollars, diameterMillimetres, defectsPerSquareMillimetre, clusterExponent, gramsPerSquareMillimetre} = wafer!
  return {
    fixedArea: areaOf(['interconnect', 'nvlink', 'other']) + cores.squareMillimetres * (cores.componentCount - sms),
    areaPerSm: cores.squareMillimetres,
    areaPerL2Byte: areaOf(['l2']) / cache.capacityBytes,
    areaPerHbmBytePerSecond: areaOf(['hbmPhysical', 'hbmControllers']) / main.read.amount,
    waferDollars,
    waferGrams: gramsPerSquareMillimetre! * Math.PI * (diameterMillimetres / 2) ** 2,
    waferDiameter: diameterMillimetres,
    defectsPerArea: defectsPerSquareMillimetre,
    clusterExponent,
    memoryDollars: machine.memoryDollarsPerByte! * memoryBytes,
    memoryGrams: machine.memoryGramsPerByte! * memoryBytes,
  }
}
