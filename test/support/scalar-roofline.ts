import type {ClockDomain, Machine, MemoryLevel, Rate} from '../../src/accelerator/machine.js'
import type {Metric} from '../../src/cost/metrics.js'
import type {Contraction, OperatorNode, Workload} from '../../src/workload/operator.js'

/** The roofline of one pass on one machine, number by number, with none of the engine's loops: what the columns are held to. */
export function scalarRoofline(
  machine: Machine<number>,
  workload: Workload,
  askedHertz: number,
  limitWatts: number,
): Record<Metric, number> {
  const core = machine.clocks[0]!
  const passAt = (hertz: number) => pass(machine, workload, hertz)
  const heldWatts = machine.power.regulationRatio * limitWatts
  let hertz = askedHertz
  let throttled = 0
  if (passAt(askedHertz).watts > heldWatts && askedHertz > core.minimumHertz) {
    throttled = 1
    // Halved until nothing is left between the clock that holds the limit and the one that does not.
    hertz = core.minimumHertz
    for (let [low, high] = [core.minimumHertz, askedHertz]; high - low > 1e-3; ) {
      const middle = (low + high) / 2
      if (passAt(middle).watts <= heldWatts) hertz = low = middle
      else high = middle
    }
  }
  const {seconds, joules, boundByIndex, watts} = passAt(hertz)
  const devices = Number(workload.settings['tensorParallel'] ?? 1)
  const main = machine.memories.at(-1)!
  const residentBytes = Object.values(workload.residentBytes).reduce((sum, bytes) => sum + bytes, 0)
  const energyJoules = Object.values(joules).reduce((sum, each) => sum + each, 0)
  return {
    latencySeconds: seconds,
    energyJoules,
    averageWatts: watts,
    clockHertz: hertz,
    throttled,
    holdsPowerLimit: watts <= limitWatts ? 1 : 0,
    boundByIndex,
    tokensPerSecond: workload.tokenCount / seconds,
    joulesPerToken: (energyJoules * devices) / workload.tokenCount,
    residentBytes,
    fitsInMemory: residentBytes <= main.capacityBytes * main.instanceCount ? 1 : 0,
    ...dieAndCost(machine, devices),
    ...joules,
  }
}

type Joules = Record<Exclude<Extract<Metric, `${string}Joules`>, 'energyJoules'>, number>

function pass(machine: Machine<number>, workload: Workload, hertz: number) {
  const {units, memories, links, power} = machine
  const joules: Joules = {
    matrixJoules: 0,
    vectorJoules: 0,
    specialJoules: 0,
    registerJoules: 0,
    scratchpadJoules: 0,
    cacheJoules: 0,
    dramJoules: 0,
    linkJoules: 0,
    elementJoules: 0,
    clockingJoules: 0,
    regulatorJoules: 0,
    staticJoules: 0,
    idleJoules: 0,
  }
  const boundSeconds = [...units, ...memories, ...links, {name: 'overhead'}].map(() => 0)
  let seconds = 0
  for (const operator of workload.operators) {
    const {count, demand} = operator
    const busy = boundSeconds.map(() => 0)
    for (const {unit, executed, dtype} of unitLoads(machine, operator)) {
      const index = units.indexOf(unit)
      busy[index]! += executed / (unit.count * unit.operationsPerCycle[dtype]! * domainHertz(machine, unit.clock, hertz))
      joules[`${unit.kind}Joules`] += count * executed * unit.joulesPerOperation[dtype]! * energyScale(machine, unit.clock, hertz)
    }
    for (const [level, memory] of memories.entries()) {
      const {readBytes, writeBytes} = levelBytes(machine, operator, level)
      const read = readBytes / rate(machine, memory, memory.read, hertz)
      const write = writeBytes / rate(machine, memory, memory.write, hertz)
      busy[units.length + level] = memory.isSharedPort ? read + write : Math.max(read, write)
      const kept = level === memories.length - 1 ? keptRatio(machine, operator) : {reads: 0, writes: 0}
      const stated = readBytes * (1 - kept.reads) * memory.readJoulesPerByte + writeBytes * (1 - kept.writes) * memory.writeJoulesPerByte
      joules[`${memory.kind}Joules`] += count * stated * energyScale(machine, memory.clock, hertz)
    }
    if (demand.wire !== undefined && demand.wire.rankCount > 1) {
      const index = links.findIndex((link) => link.maximumRankCount >= demand.wire!.rankCount)
      const link = links[index]!
      const n = demand.wire.rankCount
      const sent =
        demand.wire.bytes *
        {allreduce: (2 * (n - 1)) / n, all_gather: (n - 1) / n, reduce_scatter: (n - 1) / n, alltoall: (n - 1) / n, send_receive: 1}[
          demand.wire.collective
        ]
      busy[units.length + memories.length + index] = sent / (link.count * link.bytesPerSecondPerDirection)
      joules.linkJoules += count * sent * link.joulesPerByte
    }
    const elements = units.find((unit) => unit.joulesPerElement !== undefined)
    if (elements !== undefined)
      joules.elementJoules +=
        count * (demand.elementOperationCount ?? 0) * elements.joulesPerElement! * energyScale(machine, elements.clock, hertz)
    const longest = Math.max(...busy)
    seconds += count * longest
    boundSeconds[busy.indexOf(longest)]! += count * longest
  }
  const volts = voltage(machine.clocks[0]!, hertz)
  joules.idleJoules = interpolated(power.idle, hertz) * power.idleScaleRatio * seconds
  joules.staticJoules = ((power.staticWatts * volts) / power.staticVolts) * seconds
  const {nominalHertz} = machine.clocks[0]!
  joules.clockingJoules = (power.clockingWatts ?? 0) * energyScale(machine, 0, hertz) * (hertz / nominalHertz) * seconds
  const total = Object.values(joules).reduce((sum, each) => sum + each, 0)
  return {seconds, joules, watts: total / seconds, boundByIndex: boundSeconds.indexOf(Math.max(...boundSeconds))}
}

/** The share of an operator's reads and writes that its neighbours leave in, or fetch from, the last cache. */
function keptRatio({memories}: Machine<number>, {demand: {reads, writes}}: OperatorNode): {reads: number; writes: number} {
  const cache = memories.at(-2)
  if (cache?.kind !== 'cache') return {reads: 0, writes: 0}
  const bytesOf = (accesses: typeof reads, only?: string): number =>
    accesses.filter(({tensor}) => only === undefined || tensor === only).reduce((sum, {bytes}) => sum + bytes, 0)
  const [read, written] = [bytesOf(reads, 'activations'), bytesOf(writes, 'activations')]
  const hits = 1 / (1 + ((read + written) / (cache.capacityBytes * cache.instanceCount)) ** 4)
  return {reads: read === 0 ? 0 : (hits * read) / bytesOf(reads), writes: written === 0 ? 0 : (hits * written) / bytesOf(writes)}
}

function unitLoads({units}: Machine<number>, {demand}: OperatorNode) {
  const find = (kinds: readonly string[], dtype: string) => {
    for (const kind of kinds) {
      const unit = units.find((each) => each.kind === kind && dtype in each.operationsPerCycle)
      if (unit !== undefined) return unit
    }
    throw new Error(`no unit for ${dtype}`)
  }
  return [
    ...demand.work.map(({unit: kind, dtype, operationCount}) => ({unit: find([kind], dtype), dtype, executed: operationCount})),
    ...demand.contractions.map((contraction) => {
      const unit = find(['matrix', 'vector'], contraction.dtype)
      return {unit, dtype: contraction.dtype, executed: padded(contraction, unit.tile)}
    }),
  ]
}

function padded({m, n, k, batchCount, operationCount}: Contraction, tile: {m: number; n: number; k: number}): number {
  const tiles = (size: number, edge: number): number => Math.ceil(size / edge) * edge
  const area = Math.min(tiles(m, tile.m) * tiles(n, tile.n), tiles(n, tile.m) * tiles(m, tile.n))
  return 2 * area * tiles(k, tile.k) * batchCount * (operationCount / (2 * m * n * k * batchCount))
}

function levelBytes(machine: Machine<number>, operator: OperatorNode, level: number): {readBytes: number; writeBytes: number} {
  const {memories} = machine
  const {demand} = operator
  const memory = memories[level]!
  const kept = (accesses: OperatorNode['demand']['reads']): number =>
    accesses.filter(({tensor}) => !memory.bypass.includes(tensor)).reduce((sum, {bytes}) => sum + bytes, 0)
  const all = demand.reads.reduce((sum, {bytes}) => sum + bytes, 0)
  const [readOnce, writeBytes] = [kept(demand.reads), kept(demand.writes)]
  if (level === 0) {
    let bytes = 0
    for (const contraction of demand.contractions) {
      const unit = unitLoads(machine, {...operator, demand: {...demand, work: [], contractions: [contraction]}})[0]!.unit
      bytes += (contraction.operationCount / 2) * (1 / unit.tile.m + 1 / unit.tile.n) * contraction.operandBytes
    }
    return {readBytes: readOnce === 0 ? 0 : Math.max(readOnce, bytes), writeBytes}
  }
  const neighbour = memories[level - 1]!
  let inside = 0
  for (const {capacityBytes, instanceCount} of memories.slice(0, level)) inside += (capacityBytes * instanceCount) / neighbour.instanceCount
  let streamed = 0
  for (const {operationCount, operandBytes, m, n, k} of demand.contractions) {
    streamed += operator.class.startsWith('attention')
      ? ((operationCount / 2) * Math.min(m, n, k) * operandBytes ** 2) / inside
      : (operationCount * operandBytes ** 1.5) / Math.sqrt(inside)
  }
  return {readBytes: Math.max(readOnce, all === 0 ? 0 : (streamed * readOnce) / all), writeBytes}
}

function domainHertz({clocks}: Machine<number>, clock: number, coreHertz: number): number {
  return clock === 0 ? coreHertz : clocks[clock]!.maximumHertz
}

function rate(machine: Machine<number>, memory: MemoryLevel<number>, {amount, isPerCycle}: Rate<number>, coreHertz: number): number {
  if (memory.clock < 0) return memory.instanceCount * amount
  const hertz = domainHertz(machine, memory.clock, coreHertz)
  return memory.instanceCount * amount * (isPerCycle ? hertz : hertz / machine.clocks[memory.clock]!.nominalHertz)
}

function energyScale(machine: Machine<number>, clock: number, coreHertz: number): number {
  if (clock < 0) return 1
  const domain = machine.clocks[clock]!
  return (voltage(domain, domainHertz(machine, clock, coreHertz)) / domain.energyVolts) ** domain.energyExponent
}

function voltage({voltage: curve}: ClockDomain<number>, hertz: number): number {
  if (curve.kind === 'table') return interpolated(curve, hertz)
  return curve.floorVolts + Math.max(0, hertz - curve.kneeHertz) * curve.slopeVoltsPerHertz
}

function interpolated({clockHertz, values}: {clockHertz: readonly number[]; values: readonly number[]}, hertz: number): number {
  if (hertz <= clockHertz[0]!) return values[0]!
  for (let i = 1; i < clockHertz.length; i++) {
    if (hertz > clockHertz[i]!) continue
    const share = (hertz - clockHertz[i - 1]!) / (clockHertz[i]! - clockHertz[i - 1]!)
    return values[i - 1]! * (1 - share) + values[i]! * share
  }
  return values.at(-1)!
}

function dieAndCost({dies, memories, memoryDollarsPerByte, memoryGramsPerByte}: Machine<number>, devices: number) {
  const unknown = {deviceDollars: Number.NaN, embodiedGrams: Number.NaN}
  if (dies.length === 0) return {dieSquareMillimetres: Number.NaN, ...unknown}
  const main = memories.at(-1)!
  const bytes = main.capacityBytes * main.instanceCount
  let squareMillimetres = 0
  let dollars = (memoryDollarsPerByte ?? Number.NaN) * bytes
  let grams = (memoryGramsPerByte ?? Number.NaN) * bytes
  for (const {components, dieCount, wafer} of dies) {
    const area = components.reduce((sum, part) => sum + part.componentCount * part.squareMillimetres, 0)
    squareMillimetres += dieCount * area
    if (wafer === undefined) return {dieSquareMillimetres: squareMillimetres, ...unknown}
    const {diameterMillimetres: d, defectsPerSquareMillimetre, clusterExponent, waferDollars, gramsPerSquareMillimetre} = wafer
    const gross = (Math.PI * (d / 2) ** 2) / area - (Math.PI * d) / Math.sqrt(2 * area)
    const good = gross < 1 ? Number.NaN : gross * (1 + (area * defectsPerSquareMillimetre) / clusterExponent) ** -clusterExponent
    dollars += (dieCount * waferDollars) / good
    grams += (dieCount * (gramsPerSquareMillimetre ?? Number.NaN) * Math.PI * (d / 2) ** 2) / good
  }
  return {dieSquareMillimetres: squareMillimetres, deviceDollars: dollars * devices, embodiedGrams: grams * devices}
}
