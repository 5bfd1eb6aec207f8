/** What an axis spans, in SI, and which values it names. */
export interface AxisRange {
  readonly domain: readonly [number, number]
  readonly tickValues: readonly number[]
  readonly isLog: boolean
}

/** Where a log axis may end: as close around the data as round numbers allow. */
const logEnds = [1, 1.5, 2, 3, 4, 5, 6, 8]
const logSteps = [1, 2, 5]

/** A range of more than thirty to one is shown on a log axis; `scaleRatio` turns SI into the unit whose numbers are to be round. */
export function axisRange(low: number, high: number, scaleRatio: number, mostTicks: number): AxisRange {
  const isLog = low > 0 && high / low > 30
  const shown = isLog
    ? logRange(low * scaleRatio, high * scaleRatio, mostTicks)
    : linearRange(low * scaleRatio, high * scaleRatio, mostTicks)
  const [from, to] = shown.domain
  return {isLog, domain: [from / scaleRatio, to / scaleRatio], tickValues: shown.tickValues.map((tick) => tick / scaleRatio)}
}

type Shown = Pick<AxisRange, 'domain' | 'tickValues'>

function logRange(low: number, high: number, mostTicks: number): Shown {
  const [first, last] = [Math.floor(Math.log10(low)) - 1, Math.ceil(Math.log10(high)) + 1]
  const values = (steps: readonly number[]): number[] =>
    Array.from({length: last - first + 1}, (_, index) => steps.map((step) => Number(`${step}e${first + index}`))).flat()
  const ends = values(logEnds)
  const from = ends.findLast((value) => value <= low) ?? low
  const to = ends.find((value) => value >= high) ?? high
  const inside = (value: number): boolean => value >= from && value <= to
  const fine = values(logSteps).filter(inside)
  if (fine.length <= mostTicks) return {domain: [from, to], tickValues: fine}
  const decades = values([1]).filter(inside)
  const stride = Math.max(1, Math.ceil(decades.length / mostTicks))
  return {domain: [from, to], tickValues: decades.filter((_, index) => index % stride === 0)}
}

function linearRange(low: number, high: number, mostTicks: number): Shown {
  const span = high - low || Math.abs(high) || 1
  const raw = span / mostTicks
  const decade = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 5].find((each) => each * decade >= raw) ?? 10) * decade
  const grain = step / 5
  const margin = high === low ? span / 4 : 0
  const [from, to] = [Math.floor((low - margin) / grain) * grain, Math.ceil((high + margin) / grain) * grain]
  const first = Math.ceil(from / step - 1e-9)
  const tickValues = Array.from({length: Math.floor(to / step + 1e-9) - first + 1}, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
  return {domain: [from, to], tickValues}
}

/** Where on an axis a value lies: 0 at its start, 1 at its end. */
export function axisShare({domain: [from, to], isLog}: AxisRange, value: number): number {
  return isLog ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from)
}

/** The value that lies at a share of an axis. */
export function axisValue({domain: [from, to], isLog}: AxisRange, share: number): number {
  return isLog ? from * (to / from) ** share : from + (to - from) * share
}
