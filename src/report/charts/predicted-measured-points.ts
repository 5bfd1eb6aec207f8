import type {UnitName} from '../unit.js'

/** What is known of a compared row beside its numbers. */
interface Tags {
  readonly device: string
  readonly operatorClass: string
  readonly dtype?: string
  readonly name?: string
}

/** What each panel is of, a device unless said otherwise; its marks tell classes apart, and in panels of classes devices or formats. */
interface Panelled {
  readonly panels?: 'device' | 'class'
}

export interface LatencyComparison extends Panelled {
  readonly quantity: 'latency'
  readonly points: readonly (Tags & {readonly measuredSeconds: number; readonly predictedSeconds: number})[]
}

export interface EnergyComparison extends Panelled {
  readonly quantity: 'energy'
  readonly points: readonly (Tags & {readonly measuredJoules: number; readonly predictedJoules: number})[]
}

export interface PowerComparison extends Panelled {
  readonly quantity: 'power'
  readonly points: readonly (Tags & {readonly measuredWatts: number; readonly predictedWatts: number})[]
}

export type PredictedMeasuredInput = LatencyComparison | EnergyComparison | PowerComparison

/** How each quantity is called and shown. */
export const quantities = {
  latency: {title: 'latency', unit: 'seconds'},
  energy: {title: 'energy', unit: 'joules'},
  power: {title: 'power', unit: 'watts'},
} as const satisfies Record<PredictedMeasuredInput['quantity'], {title: string; unit: UnitName}>

/** A point in its panel, with its mark; its two numbers are of whichever quantity is compared. */
interface Compared extends Tags {
  readonly panel: string
  readonly mark: string
  readonly measured: number
  readonly predicted: number
}

export type {Compared}

/** The points that log axes can show, each in its panel. */
export function comparedPoints(input: PredictedMeasuredInput): Compared[] {
  const both = ((): Omit<Compared, 'panel' | 'mark'>[] => {
    if (input.quantity === 'latency')
      return input.points.map(({measuredSeconds, predictedSeconds, ...tags}) => ({
        ...tags,
        measured: measuredSeconds,
        predicted: predictedSeconds,
      }))
    if (input.quantity === 'energy')
      return input.points.map(({measuredJoules, predictedJoules, ...tags}) => ({
        ...tags,
        measured: measuredJoules,
        predicted: predictedJoules,
      }))
    return input.points.map(({measuredWatts, predictedWatts, ...tags}) => ({...tags, measured: measuredWatts, predicted: predictedWatts}))
  })()
  const shown = both.filter(
    ({measured, predicted}) => measured > 0 && predicted > 0 && Number.isFinite(measured) && Number.isFinite(predicted),
  )
  if (input.panels !== 'class') return shown.map((point) => ({...point, panel: point.device, mark: point.operatorClass}))
  const isOneDevice = new Set(shown.map(({device}) => device)).size === 1
  return shown.map((point) => ({...point, panel: point.operatorClass, mark: isOneDevice ? (point.dtype ?? 'unstated') : point.device}))
}

/** The commonest first, which then has the strongest colour or the first place. */
export function byCount(names: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name]) => name)
}

/** The range that both axes share, with a little air. */
export function sharedDomain(points: readonly Compared[]): readonly [number, number] {
  const values = points.flatMap(({measured, predicted}) => [measured, predicted])
  const low = values.reduce((least, value) => Math.min(least, value), Infinity)
  const high = values.reduce((most, value) => Math.max(most, value), 0)
  return high > 0 ? [low / 1.6, high * 1.6] : [0.1, 10]
}

/** The range that holds every ratio, as far above 1 as below it. */
export function evenDomain(points: readonly Compared[]): readonly [number, number] {
  const farthest = points.reduce((most, {measured, predicted}) => Math.max(most, Math.abs(Math.log(predicted / measured))), 0)
  const reach = Math.max(1.5, Math.exp(farthest) * 1.15)
  return [1 / reach, reach]
}
