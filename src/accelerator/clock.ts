import type {ClockCurve, ClockDomain, Column, Machine, VoltageCurve} from './machine.js'

/** Linear between the points of a curve, flat beyond its ends. */
export function curveAt({clockHertz, values}: ClockCurve, hertz: number): number {
  let low = 0
  let high = clockHertz.length - 1
  if (hertz <= clockHertz[0]!) return values[0]!
  if (hertz >= clockHertz[high]!) return values[high]!
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (clockHertz[middle]! <= hertz) low = middle
    else high = middle
  }
  const share = (hertz - clockHertz[low]!) / (clockHertz[high]! - clockHertz[low]!)
  return values[low]! + share * (values[high]! - values[low]!)
}

/** Supply voltage of a row at a clock. */
export function voltsAt(curve: VoltageCurve<Column>, hertz: number, row: number): number {
  const scaleRatio = curve.scaleRatio[row]!
  if (curve.kind === 'table') return scaleRatio * curveAt(curve, hertz)
  const beyond = hertz - curve.kneeHertz[row]!
  return scaleRatio * (curve.floorVolts[row]! + (beyond > 0 ? beyond * curve.slopeVoltsPerHertz[row]! : 0))
}

/** The columns that a voltage follows from, but for the clock. */
export function voltageColumns(curve: VoltageCurve<Column>): Column[] {
  return curve.kind === 'table' ? [curve.scaleRatio] : [curve.scaleRatio, curve.floorVolts, curve.kneeHertz, curve.slopeVoltsPerHertz]
}

/** Supply voltage of one machine's domain at a clock. */
export function voltageAt(domain: ClockDomain<number>, hertz: number): number {
  const {voltage} = domain
  if (voltage.kind === 'table') return voltage.scaleRatio * curveAt(voltage, hertz)
  return voltage.scaleRatio * (voltage.floorVolts + Math.max(0, hertz - voltage.kneeHertz) * voltage.slopeVoltsPerHertz)
}

/** Power of a device that runs nothing at a clock. */
export function idleWatts({power}: Machine<number>, clockHertz: number): number {
  return curveAt(power.idle, clockHertz) * power.idleScaleRatio
}

/** The highest clock at the lowest voltage: up to it, a cycle costs the least. */
export function voltageFloorHertz({voltage, maximumHertz}: ClockDomain<number>): number {
  if (voltage.kind === 'parametric') return voltage.slopeVoltsPerHertz > 0 ? Math.min(voltage.kneeHertz, maximumHertz) : maximumHertz
  const floor = Math.min(...voltage.values)
  const last = voltage.values.lastIndexOf(floor)
  return last === voltage.values.length - 1 ? maximumHertz : Math.min(voltage.clockHertz[last]!, maximumHertz)
}

/** The clock states of a domain, lowest first; the highest is always its maximum. */
export function clockStates({minimumHertz, maximumHertz, steps}: ClockDomain<number>): readonly number[] {
  if (steps.kind === 'list') return steps.hertz
  const states: number[] = []
  for (let hertz = minimumHertz; hertz < maximumHertz - steps.stepHertz / 1e6; hertz += steps.stepHertz) states.push(hertz)
  return [...states, maximumHertz]
}

/** Index of the clock domain that the main memory follows; undefined where it follows none of its own. */
export function memoryDomain({memories}: Machine<unknown>): number | undefined {
  const clock = memories.at(-1)?.clock ?? -1
  return clock > 0 ? clock : undefined
}

/** How many states of a row's domain lie strictly below a clock, the lowest one not counted. */
export function statesBelow({minimumHertz, steps}: ClockDomain<Column>, hertz: number, row: number): number {
  const count =
    steps.kind === 'list'
      ? steps.hertz.filter((state) => state < hertz).length
      : Math.ceil((hertz - minimumHertz[row]!) / steps.stepHertz[row]! - 1e-6)
  return Math.max(0, count - 1)
}

/** The clock of a row's domain so many states above its lowest. */
export function stateHertz({minimumHertz, steps}: ClockDomain<Column>, state: number, row: number): number {
  return steps.kind === 'list' ? steps.hertz[state]! : minimumHertz[row]! + state * steps.stepHertz[row]!
}
