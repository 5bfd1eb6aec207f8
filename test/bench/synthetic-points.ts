import type {Metric} from '#ridge/cost/metrics.js'
import type {Space} from '#ridge/store/space.js'
import type {SpaceDefinition} from '#ridge/store/space-definition.js'

/** Levels of each axis, the last one fastest: 10,000,000 points for each ten batches. */
const levelCounts = [100, 10, 20, 25, 10, 20] as const
const axisNames = ['batch', 'sms', 'hbmBandwidth', 'l2Capacity', 'clock', 'powerLimit'] as const
const batchRowCount = 16_384

/** A space as a sweep of a machine would store it. */
export const syntheticSpace: SpaceDefinition = {
  accelerator: 'synthetic',
  workload: 'layer',
  phase: 'decode',
  fidelity: 'roofline',
  modelVersion: '1',
  constants: null,
  axes: axisNames.map((name) => ({name, unit: ''})),
  boundNames: ['matrix', 'hbm', 'link'],
}

/** Stores the first points of a grid, batch by batch as a sweep does, with metrics that differ from point to point; says how many were new. */
export function storeSyntheticPoints(
  space: Pick<Space, 'codes' | 'write'>,
  metricNames: readonly Metric[],
  pointCount: number,
  firstPoint = 0,
): number {
  const codes = levelCounts.map((levelCount, axis) =>
    space.codes(
      axis,
      Array.from({length: levelCount}, (_, level) => (level + 1) * 10),
    ),
  )
  const axisCodes = levelCounts.map(() => new Int32Array(batchRowCount))
  const metrics = Object.fromEntries(metricNames.map((name) => [name, new Float64Array(batchRowCount)])) as Record<Metric, Float64Array>
  let addedCount = 0
  for (let first = firstPoint; first < firstPoint + pointCount; first += batchRowCount) {
    const rowCount = Math.min(batchRowCount, firstPoint + pointCount - first)
    fillAxes(axisCodes, codes, first, rowCount)
    fillMetrics(metrics, axisCodes, rowCount)
    addedCount += space.write({rowCount, axisCodes, metrics})
  }
  return addedCount
}

function fillAxes(axisCodes: readonly Int32Array[], codes: readonly Int32Array[], first: number, rowCount: number): void {
  let stride = 1
  for (let axis = levelCounts.length - 1; axis >= 0; axis--) {
    const [column, code, levelCount] = [axisCodes[axis]!, codes[axis]!, levelCounts[axis]!]
    for (let row = 0; row < rowCount; row++) column[row] = code[Math.floor((first + row) / stride) % levelCount]!
    stride *= levelCount
  }
}

/** Latency falls and cost rises with the machine; the parts of the energy lie at fixed shares that no two points have alike. */
function fillMetrics(metrics: Readonly<Record<Metric, Float64Array>>, axisCodes: readonly Int32Array[], rowCount: number): void {
  const [batch, sms, bandwidth, cache, clock, limit] = axisCodes as [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array]
  const parts = Object.keys(metrics).filter((name) => name.endsWith('Joules') && name !== 'energyJoules') as Metric[]
  for (let row = 0; row < rowCount; row++) {
    const work = 1 + batch[row]!
    const compute = work / ((10 + sms[row]!) * (20 + clock[row]!))
    const memory = (1 + work / 50) / ((10 + bandwidth[row]!) * (1 + cache[row]! / 100))
    const latency = Math.max(compute, memory) * (1 + 1 / (10 + limit[row]!))
    const watts = 100 + sms[row]! * 3 + clock[row]! ** 2 / 10 + bandwidth[row]! * 2
    metrics.latencySeconds[row] = latency
    metrics.averageWatts[row] = watts
    metrics.energyJoules[row] = latency * watts
    metrics.tokensPerSecond[row] = work / latency
    metrics.joulesPerToken[row] = (latency * watts) / work
    metrics.clockHertz[row] = 1e9 + clock[row]! * 1e7
    metrics.throttled[row] = watts > 250 ? 1 : 0
    metrics.holdsPowerLimit[row] = 1
    metrics.boundByIndex[row] = compute > memory ? 0 : 1
    metrics.residentBytes[row] = 1e10 + work * 1e7
    metrics.fitsInMemory[row] = 1
    metrics.dieSquareMillimetres[row] = 200 + sms[row]! * 20 + cache[row]! * 4
    metrics.deviceDollars[row] = 1000 + sms[row]! * 90.5 + bandwidth[row]! * 40.25
    metrics.embodiedGrams[row] = Number.NaN
    for (let part = 0; part < parts.length; part++) metrics[parts[part]!][row] = (latency * watts * (part + 1)) / 91
  }
}
