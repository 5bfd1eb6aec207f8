import type {TraceRow} from '../trace/trace-row.js'

/** Work under one power limit, as it was measured. */
export interface LimitedPoint {
  readonly powerLimitWatts: number
  readonly latencySeconds: number
  readonly averageWatts: number
  readonly energyJoules: number
}

/** One kind of work measured under several power limits, the highest first. */
export interface LimitSweep {
  readonly device: string
  readonly model: string
  /** The model without the data that it is trained on: what a fit must not have seen to be fair. */
  readonly network: string
  readonly batch: number | null
  readonly points: readonly LimitedPoint[]
}

/** Two limits to predict from, and one to predict. */
const fewestLimitCount = 3

/** The sweeps over power limits among measured passes; one limit measured more than once stands at its first row. */
export function findLimitSweeps(rows: readonly TraceRow[]): LimitSweep[] {
  const groups = new Map<string, TraceRow[]>()
  for (const row of rows) {
    const {device, framework, op, model, dtype, batch, seqQ, clockHertz, notes} = row
    const key = JSON.stringify([device, framework, op, model, dtype, batch, seqQ, clockHertz, notes.tags, [...notes.values]])
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [row])
    else known.push(row)
  }
  return [...groups.values()].flatMap((group) => {
    const points = limitedPoints(group)
    const {device, model, batch = null} = group[0]!
    return points.length < fewestLimitCount ? [] : [{device, model, network: model.split('/')[0]!, batch, points}]
  })
}

function limitedPoints(rows: readonly TraceRow[]): LimitedPoint[] {
  const byLimit = new Map<number, LimitedPoint>()
  for (const {powerLimitWatts, latencySeconds, powerWatts, energyJoules} of rows) {
    const joules = energyJoules ?? (powerWatts === undefined ? undefined : powerWatts * latencySeconds)
    if (powerLimitWatts === undefined || joules === undefined || byLimit.has(powerLimitWatts)) continue
    byLimit.set(powerLimitWatts, {
      powerLimitWatts,
      latencySeconds,
      energyJoules: joules,
      averageWatts: powerWatts ?? joules / latencySeconds,
    })
  }
  return [...byLimit.values()].sort((a, b) => b.powerLimitWatts - a.powerLimitWatts)
}

/** The limits that a device can't hold: most of its work exceeds them by more than its meter errs. */
export function unheldLimits(sweeps: readonly LimitSweep[]): number[] {
  const limits = [...new Set(sweeps.flatMap(({points}) => points.map(({powerLimitWatts}) => powerLimitWatts)))]
  return limits.filter((limit) => {
    const points = sweeps.flatMap((sweep) => sweep.points.filter(({powerLimitWatts}) => powerLimitWatts === limit))
    return points.filter(({averageWatts}) => averageWatts > meterErrorFactor * limit).length > points.length / 2
  })
}

const meterErrorFactor = 1.02
