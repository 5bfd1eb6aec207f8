import type {Site} from './site.js'

/** What work takes of the world, over all its devices; null is not described. */
export interface Footprint {
  readonly latencySeconds: number
  readonly deviceJoules: number
  readonly hostJoules: number | null
  /** What the building uses beyond its machines. */
  readonly coolingJoules: number | null
  /** Of all that is described. */
  readonly totalJoules: number
  readonly electricityDollars: number | null
  readonly rentDollars: number | null
  readonly totalDollars: number | null
  /** Carbon dioxide equivalent of the electricity, and this work's part of making the devices. */
  readonly operationGrams: number | null
  readonly embodiedGrams: number | null
  readonly totalGrams: number | null
}

/** Work whose footprint is asked for: energy and embodied carbon of all devices that share it. */
export interface Work {
  readonly latencySeconds: number
  readonly energyJoules: number
  readonly deviceCount: number
  readonly embodiedGrams: number | null
}

/** The footprint of work at a site. */
export function footprintOf({latencySeconds, energyJoules, deviceCount, embodiedGrams}: Work, site: Site): Footprint {
  const hostJoules = times(site.hostWatts, deviceCount * latencySeconds)
  const machineJoules = energyJoules + (hostJoules ?? 0)
  const coolingJoules = site.pueRatio === undefined ? null : (site.pueRatio - 1) * machineJoules
  const totalJoules = machineJoules + (coolingJoules ?? 0)
  const electricityDollars = times(site.electricityDollarsPerJoule, totalJoules)
  const rentDollars = times(site.rentDollarsPerSecond, deviceCount * latencySeconds)
  const operationGrams = times(site.carbonGramsPerJoule, totalJoules)
  const madeGrams =
    embodiedGrams === null || site.lifetimeSeconds === undefined
      ? null
      : (embodiedGrams * latencySeconds) / (site.lifetimeSeconds * site.utilizationRatio!)
  return {
    latencySeconds,
    deviceJoules: energyJoules,
    hostJoules,
    coolingJoules,
    totalJoules,
    electricityDollars,
    rentDollars,
    totalDollars: sum(electricityDollars, rentDollars),
    operationGrams,
    embodiedGrams: madeGrams,
    totalGrams: sum(operationGrams, madeGrams),
  }
}

/** The footprint of so much of the work, in energy, money and carbon; a share of it takes as long as the whole. */
export function shareOf(footprint: Footprint, ratio: number): Footprint {
  const shared = Object.entries(footprint).map(([name, value]) => [
    name,
    value === null || name === 'latencySeconds' ? value : value * ratio,
  ])
  return Object.fromEntries(shared) as unknown as Footprint
}

/** The footprint of the same work so many times, one after the other. */
export function repeated(footprint: Footprint, count: number): Footprint {
  return {...shareOf(footprint, count), latencySeconds: footprint.latencySeconds * count}
}

function times(amount: number | undefined, of: number): number | null {
  return amount === undefined ? null : amount * of
}

function sum(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0)
}
