/**
 * The roofline and energy arithmetic of one pass, written straight down for machines of four memory levels that
 * differ in SM count, main memory bandwidth, L2 capacity and clock: what a person would type without the engine.
 */
export interface PlainOperator {
  readonly count: number
  /** Operations executed on the three units, padding included. */
  readonly operations: readonly [number, number, number]
  /** Of the four levels, registers first. */
  readonly readBytes: readonly [number, number, number, number]
  readonly writeBytes: readonly [number, number, number, number]
  /** Read bytes × √ and × of the storage inside, for L2 and main memory streams. */
  readonly perRootByte: number
  readonly perByte: number
  readonly elementCount: number
  /** Activations read and written, which the L2 may keep, and their shares of all that is read and written. */
  readonly activationBytes: number
  readonly activationReadRatio: number
  readonly activationWriteRatio: number
}

export interface PlainMachine {
  readonly unitsPerSm: number
  readonly operationsPerCycle: readonly [number, number, number]
  readonly joulesPerOperation: readonly [number, number, number]
  readonly registerBytes: number
  readonly sharedBytes: number
  readonly registerReadPerCycle: number
  readonly registerWritePerCycle: number
  readonly sharedPerCycle: number
  readonly l2PerCycle: number
  readonly joulesPerByte: readonly [number, number, number, number]
  readonly floorVolts: number
  readonly kneeHertz: number
  readonly slopeVoltsPerHertz: number
  readonly energyVolts: number
  readonly energyExponent: number
  readonly joulesPerElement: number
  readonly clockingWattsPerSm: number
  readonly nominalHertz: number
  readonly idleHertz: readonly number[]
  readonly idleWatts: readonly number[]
  readonly idleScaleBase: number
  readonly idleScalePerSm: number
}

/** Seconds and joules by source (units, levels, idle, elements, clocking) of one design, into `out`. */
export function plainPass(
  machine: PlainMachine,
  operators: readonly PlainOperator[],
  sms: number,
  hbmBytesPerSecond: number,
  l2Bytes: number,
  hertz: number,
  out: Float64Array,
): void {
  const {operationsPerCycle, joulesPerOperation, joulesPerByte} = machine
  const volts = machine.floorVolts + Math.max(0, hertz - machine.kneeHertz) * machine.slopeVoltsPerHertz
  const scale = (volts / machine.energyVolts) ** machine.energyExponent
  const perShared = 1 / machine.registerBytes
  const perL2 = 1 / (machine.registerBytes + machine.sharedBytes)
  const perHbm = 1 / ((machine.registerBytes + machine.sharedBytes) * sms + l2Bytes)
  const [perRootShared, perRootL2, perRootHbm] = [Math.sqrt(perShared), Math.sqrt(perL2), Math.sqrt(perHbm)]
  const unitSeconds = 1 / (machine.unitsPerSm * sms * hertz)
  const smSeconds = 1 / (sms * hertz)
  const matrixSeconds = unitSeconds / operationsPerCycle[0]
  const vectorSeconds = unitSeconds / operationsPerCycle[1]
  const specialSeconds = unitSeconds / operationsPerCycle[2]
  const registerReadSeconds = smSeconds / machine.registerReadPerCycle
  const registerWriteSeconds = smSeconds / machine.registerWritePerCycle
  const sharedSeconds = smSeconds / machine.sharedPerCycle
  const l2Seconds = 1 / (machine.l2PerCycle * hertz)
  const hbmSeconds = 1 / hbmBytesPerSecond
  const perL2Byte = 1 / l2Bytes
  let [seconds, matrix, vector, special, registerBytes, sharedBytes, cacheBytes, missedBytes, elements] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
  for (let index = 0; index < operators.length; index++) {
    const operator = operators[index]!
    const {count, operations, readBytes, writeBytes, perRootByte, perByte} = operator
    const shared = Math.max(readBytes[1], perRootByte * perRootShared + perByte * perShared) + writeBytes[1]
    const l2 = Math.max(readBytes[2], perRootByte * perRootL2 + perByte * perL2) + writeBytes[2]
    const hbmRead = Math.max(readBytes[3], perRootByte * perRootHbm + perByte * perHbm)
    let longest = operations[0] * matrixSeconds
    longest = Math.max(longest, operations[1] * vectorSeconds)
    longest = Math.max(longest, operations[2] * specialSeconds)
    longest = Math.max(longest, readBytes[0] * registerReadSeconds)
    longest = Math.max(longest, writeBytes[0] * registerWriteSeconds)
    longest = Math.max(longest, shared * sharedSeconds)
    longest = Math.max(longest, l2 * l2Seconds)
    longest = Math.max(longest, (hbmRead + writeBytes[3]) * hbmSeconds)
    const square = (operator.activationBytes * perL2Byte) ** 2
    const hitRatio = 1 / (1 + square * square)
    seconds += count * longest
    matrix += count * operations[0]
    vector += count * operations[1]
    special += count * operations[2]
    registerBytes += count * (readBytes[0] + writeBytes[0])
    sharedBytes += count * shared
    cacheBytes += count * l2
    missedBytes +=
      count * (hbmRead * (1 - hitRatio * operator.activationReadRatio) + writeBytes[3] * (1 - hitRatio * operator.activationWriteRatio))
    elements += count * operator.elementCount
  }
  out[0] = seconds
  out[1] = matrix * joulesPerOperation[0] * scale
  out[2] = vector * joulesPerOperation[1] * scale
  out[3] = special * joulesPerOperation[2] * scale
  out[4] = registerBytes * joulesPerByte[0] * scale
  out[5] = sharedBytes * joulesPerByte[1] * scale
  out[6] = cacheBytes * joulesPerByte[2] * scale
  out[7] = missedBytes * joulesPerByte[3]
  out[8] = idleWatts(machine, hertz) * (machine.idleScaleBase + machine.idleScalePerSm * sms) * seconds
  out[9] = elements * machine.joulesPerElement * scale
  out[10] = ((machine.clockingWattsPerSm * sms * hertz) / machine.nominalHertz) * scale * seconds
}

function idleWatts({idleHertz, idleWatts: watts}: PlainMachine, hertz: number): number {
  let at = idleHertz.length - 1
  while (at > 0 && idleHertz[at]! > hertz) at--
  const next = Math.min(at + 1, idleHertz.length - 1)
  const share = next === at ? 0 : (hertz - idleHertz[at]!) / (idleHertz[next]! - idleHertz[at]!)
  return watts[at]! + share * (watts[next]! - watts[at]!)
}
