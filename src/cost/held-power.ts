import type {Column, Power} from '../accelerator/machine.js'

/** The average power at which the chip has just its highest temperature; infinity where none is stated. */
export function thermalWatts({thermal}: Power<Column>, row: number): number {
  if (thermal?.limitKelvins === undefined) return Number.POSITIVE_INFINITY
  return (thermal.limitKelvins[row]! - thermal.ambientKelvins[row]!) / thermal.kelvinsPerWatt[row]!
}

/** The average power that a pass may take under a limit: the share of it that the controller holds, or less where heat limits. */
export function heldWatts(power: Power<Column>, limitWatts: number, row: number): number {
  // Without any limit, heat does not limit either: what the chip would do at a clock, whatever it takes.
  if (limitWatts === Number.POSITIVE_INFINITY) return limitWatts
  return Math.min(power.regulationRatio[row]! * limitWatts, thermalWatts(power, row))
}

/**
 * How far an average over a few seconds lies from what a controller holds on either side: half of the spread of the A100 PCIe sweeps' throttled
 * rows, 238 to 243 W, with the meter's own error in it.
 */
export const heldScatterRatio = 0.015

/** Work that was measured to draw this much under a limit may have been throttled by it: as much as is held, less its scatter. */
export function mayBeThrottled(averageWatts: number, powerLimitWatts: number, regulationRatio: number): boolean {
  return averageWatts >= (1 - heldScatterRatio) * regulationRatio * powerLimitWatts
}

/** Temperature of the chip after it has taken this power for long; undefined where its cooling is not described. */
export function steadyKelvins({thermal}: Power<Column>, watts: number, row: number): number | undefined {
  return thermal && thermal.ambientKelvins[row]! + thermal.kelvinsPerWatt[row]! * watts
}

/** Newton's steps to the temperature that leakage settles at: they double the digits from where the chip would be without it. */
const leakageSteps = 30

/**
 * What heat makes of static power, as a ratio of the one at its stated temperature: the fixed point of
 * ratio = e^(growth · (ambient + resistance · (rest + ratio · static) − stated)); infinity where it runs away.
 */
export function leakageRatio({thermal}: Power<Column>, restWatts: number, staticWatts: number, row: number): number {
  if (thermal?.leakage === undefined || staticWatts === 0) return 1
  const [ambient, resistance] = [thermal.ambientKelvins[row]!, thermal.kelvinsPerWatt[row]!]
  const [growth, stated] = [thermal.leakage.growthPerKelvin[row]!, thermal.leakage.statedKelvins[row]!]
  let ratio = 0
  for (let step = 0; step < leakageSteps; step++) {
    const hotter = Math.exp(growth * (ambient + resistance * (restWatts + ratio * staticWatts) - stated))
    const slope = 1 - hotter * growth * resistance * staticWatts
    // Leakage that grows faster than the power that it adds has no temperature to settle at.
    if (!(slope > 0)) return Number.POSITIVE_INFINITY
    const next = ratio + (hotter - ratio) / slope
    if (Math.abs(next - ratio) <= 1e-13 * next) return next
    ratio = next
  }
  return Number.POSITIVE_INFINITY
}
