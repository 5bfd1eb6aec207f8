import {type Accelerator, designBatch} from '#ridge/accelerator/accelerator.js'
import {loadAccelerator} from '#ridge/accelerator/load-accelerator.js'
import type {FidelityName} from '#ridge/cost/fidelity.js'
import {metricColumns} from '#ridge/cost/metrics.js'
import {compileProgram} from '#ridge/cost/program.js'
import {loadWorkload} from '#ridge/workload/load-workload.js'
import type {Workload} from '#ridge/workload/operator.js'
import {type PlainMachine, type PlainOperator, plainPass} from './plain-loop.js'

const blockRows = 512
const pointCount = 512 * 400

interface Designs {
  readonly sms: Float64Array
  readonly hbmBytesPerSecond: Float64Array
  readonly l2Bytes: Float64Array
  readonly hertz: Float64Array
}

export interface Rate {
  readonly name: string
  readonly pointsPerSecond: number
  readonly checksum: number
}

/** Design points per second of the engine and of a plain loop over the same arithmetic, every point different. */
export function designPointRates(): {
  operatorCount: number
  pointCount: number
  engine: Rate
  plain: Rate
  calibrated: Rate
  limited: Rate
} {
  const accelerator = loadAccelerator('h100-sxm')
  const workload = loadWorkload('llama-3.1-8b', {phase: 'decode', batch: 16, contextTokens: 2048})
  const designs = differentDesigns()
  const run = (name: string, fidelity: FidelityName, limitWatts: number): Rate =>
    best(name, () => engineChecksum(accelerator, workload, designs, fidelity, limitWatts))
  const {machine, operators} = plainInputs(accelerator, workload)
  const out = new Float64Array(11)
  const plain = best('plain loop', () => {
    let checksum = 0
    for (let point = 0; point < pointCount; point++) {
      plainPass(
        machine,
        operators,
        designs.sms[point]!,
        designs.hbmBytesPerSecond[point]!,
        designs.l2Bytes[point]!,
        designs.hertz[point]!,
        out,
      )
      for (let source = 0; source < out.length; source++) checksum += out[source]!
    }
    return checksum
  })
  return {
    operatorCount: workload.operators.length,
    pointCount,
    plain,
    engine: run('roofline', 'roofline', 1e9),
    calibrated: run('calibrated', 'calibrated', 1e9),
    limited: run('roofline under 400 W', 'roofline', 400),
  }
}

function best(name: string, run: () => number): Rate {
  let [seconds, checksum] = [Number.POSITIVE_INFINITY, 0]
  for (let round = 0; round < 4; round++) {
    const start = performance.now()
    checksum = run()
    seconds = Math.min(seconds, (performance.now() - start) / 1000)
  }
  return {name, pointsPerSecond: pointCount / seconds, checksum}
}

function engineChecksum(
  accelerator: Accelerator,
  workload: Workload,
  designs: Designs,
  fidelity: FidelityName,
  limitWatts: number,
): number {
  const {machine, parameterColumns, refill} = designBatch(accelerator, ['sms', 'hbmBandwidth', 'l2'], blockRows)
  const program = compileProgram(accelerator, machine, workload, fidelity, blockRows)
  const at = {coreHertz: new Float64Array(blockRows), limitWatts: new Float64Array(blockRows).fill(limitWatts)}
  const out = metricColumns(blockRows)
  let checksum = 0
  for (let first = 0; first < pointCount; first += blockRows) {
    for (let row = 0; row < blockRows; row++) {
      parameterColumns.get('sms')![row] = designs.sms[first + row]!
      parameterColumns.get('hbmBandwidth')![row] = designs.hbmBytesPerSecond[first + row]! * 8
      parameterColumns.get('l2')![row] = designs.l2Bytes[first + row]! * 8
      at.coreHertz[row] = designs.hertz[first + row]!
    }
    refill(blockRows)
    program.evaluate(at, out, blockRows)
    for (let row = 0; row < blockRows; row++) checksum += out.latencySeconds[row]!
    for (const {joules} of program.sources) for (let row = 0; row < blockRows; row++) checksum += joules[row]!
  }
  return checksum
}

/** A fixed walk over four ranges in which no two points agree: SM counts are whole, the rest never repeat. */
function differentDesigns(): Designs {
  const column = (from: number, to: number, step: number): Float64Array =>
    Float64Array.from({length: pointCount}, (_, index) => from + ((index * step) % 1) * (to - from))
  return {
    sms: column(64, 192, Math.SQRT2).map(Math.floor),
    hbmBytesPerSecond: column(1.5e12, 8e12, Math.sqrt(3)),
    l2Bytes: column(16 * 2 ** 20, 160 * 2 ** 20, Math.sqrt(5)),
    hertz: column(400e6, 1980e6, Math.sqrt(7)),
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
      executed.filter(({unitIndex}) => unitIndex === unit).reduce((sum, {operations}) => sum + operations[0]!, 0)
    const sum = (accesses: readonly {bytes: number}[]): number => accesses.reduce((total, {bytes}) => total + bytes, 0)
    const [reads, writes] = [sum(node.demand.reads), sum(node.demand.writes)]
    const isFused = node.class.startsWith('attention')
    const products = node.demand.contractions
    return {
      count: node.count,
      operations: [of(0), of(1), of(2)],
      readBytes: [moved[0]!.readBytes[0]!, reads, reads, reads],
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
    },
  }
}
