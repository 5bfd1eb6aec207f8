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
  const volts = machine.floorVolts + Math.max(0, hertz - machine.kneeHertz) * machine.slopeVoltsPerHertz
  const scale = (volts / machine.energyVolts) ** machine.energyExponent
  const insideShared = machine.registerBytes
  const insideL2 = machine.registerBytes + machine.sharedBytes
  const insideHbm = insideL2 * sms + l2Bytes
  const unitHertz = machine.unitsPerSm * sms * hertz
  const smHertz = sms * hertz
  let seconds = 0
  out.fill(0)
  for (let index = 0; index < operators.length; index++) {
    const operator = operators[index]!
    const {count, operations, readBytes, writeBytes, perRootByte, perByte} = operator
    const shared = Math.max(readBytes[1], perRootByte / Math.sqrt(insideShared) + perByte / insideShared)
    const l2 = Math.max(readBytes[2], perRootByte / Math.sqrt(insideL2) + perByte / insideL2)
    const hbm = Math.max(readBytes[3], perRootByte / Math.sqrt(insideHbm) + perByte / insideHbm)
    let longest = 0
    for (let unit = 0; unit < 3; unit++) {
      longest = Math.max(longest, operations[unit]! / (machine.operationsPerCycle[unit]! * unitHertz))
      out[unit + 1]! += count * operations[unit]! * machine.joulesPerOperation[unit]! * scale
    }
    longest = Math.max(
      longest,
      readBytes[0] / (machine.registerReadPerCycle * smHertz),
      writeBytes[0] / (machine.registerWritePerCycle * smHertz),
    )
    longest = Math.max(longest, (shared + writeBytes[1]) / (machine.sharedPerCycle * smHertz))
    longest = Math.max(longest, (l2 + writeBytes[2]) / (machine.l2PerCycle * hertz))
    longest = Math.max(longest, (hbm + writeBytes[3]) / hbmBytesPerSecond)
    seconds += count * longest
    out[4]! += count * (readBytes[0] + writeBytes[0]) * machine.joulesPerByte[0] * scale
    out[5]! += count * (shared + writeBytes[1]) * machine.joulesPerByte[1] * scale
    out[6]! += count * (l2 + writeBytes[2]) * machine.joulesPerByte[2] * scale
    const hitRatio = 1 / (1 + (operator.activationBytes / l2Bytes) ** 4)
    const missed = hbm * (1 - hitRatio * operator.activationReadRatio) + writeBytes[3] * (1 - hitRatio * operator.activationWriteRatio)
    out[7]! += count * missed * machine.joulesPerByte[3]
    out[9]! += count * operator.elementCount * machine.joulesPerElement * scale
  }
  let at = machine.idleHertz.length - 1
  while (at > 0 && machine.idleHertz[at]! > hertz) at--
  const next = Math.min(at + 1, machine.idleHertz.length - 1)
  const share = next === at ? 0 : (hertz - machine.idleHertz[at]!) / (machine.idleHertz[next]! - machine.idleHertz[at]!)
  const idle = machine.idleWatts[at]! + share * (machine.idleWatts[next]! - machine.idleWatts[at]!)
  out[8] = idle * (machine.idleScaleBase + machine.idleScalePerSm * sms) * seconds
  out[10] = ((machine.clockingWattsPerSm * sms * hertz) / machine.nominalHertz) * scale * seconds
  out[0] = seconds
}
