/** A device as a power limit acts on it; clocks are shares of the highest. */
export interface LimitedDevice {
  /** Drawn by a busy device whatever it computes. */
  readonly staticWatts: number
  /** Drawn while work waits for the host or its data. */
  readonly waitingWatts: number
  readonly lowestClockRatio: number
  /** Energy of an operation at a clock over that at the highest. */
  readonly energyRatioAt: (clockRatio: number) => number
  readonly highestLimitWatts: number
  /** Average power that a limit holds busy time to, over the limit. */
  readonly heldRatio: number
}

/** What work in general is like: normal distributions of a logit or a logarithm, and how its measurements scatter. */
export interface WorkPrior {
  /** Share of the busy time that the clock paces. */
  readonly pacedLogit: Normal
  /** Power of the busy device at its highest clock, over the highest limit. */
  readonly busyLogRatio: Normal
  /** Share of the time that the device is busy. */
  readonly busyShareLogit: Normal
  /** Of repeated times, for each share of them that is busy or waits. */
  readonly busyScatterRatio: number
  readonly waitingScatterRatio: number
  readonly powerScatterRatio: number
}

interface Normal {
  readonly center: number
  readonly spread: number
}

/** Every kind of work that is thought of, at every limit: time relative to the work without a limit, and power. */
export interface WorkTable {
  readonly limitCount: number
  readonly logSeconds: Float64Array
  readonly logWatts: Float64Array
  /** Of each kind. */
  readonly logPriorRatio: Float64Array
  readonly waitingRatio: Float64Array
}

const pacedRatios = [0.08, 0.16, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.87, 1]
const busyPowerRatios = Array.from({length: 26}, (_, step) => 0.28 * (1.5 / 0.28) ** (step / 25))
const busyShares = Array.from({length: 18}, (_, step) => 0.03 + (0.97 / 17) * step)
/** Beyond one, so that a share of one has a logit. */
const logitEnd = 1.03
const clockCount = 60

/**
 * Tabulates work under limits. At a share φ of the highest clock, busy time takes τ = 1 − α + α/φ and draws
 * static + (busy − static) · (V/V1)^x / τ, since an operation's energy goes with the voltage alone; a limit lowers φ until it holds, or to the
 * lowest clock. Waiting time passes as ever.
 */
export function workTable(device: LimitedDevice, prior: WorkPrior, limitsWatts: readonly number[]): WorkTable {
  const limitCount = limitsWatts.length
  const kindCount = pacedRatios.length * busyPowerRatios.length * busyShares.length
  const [logSeconds, logWatts] = [new Float64Array(kindCount * limitCount), new Float64Array(kindCount * limitCount)]
  const [logPriorRatio, waitingRatio] = [new Float64Array(kindCount), new Float64Array(kindCount)]
  let kind = 0
  for (const paced of pacedRatios) {
    const states = clockStatesOf(device, paced)
    for (const power of busyPowerRatios) {
      const busyWatts = Math.max(power * device.highestLimitWatts, device.staticWatts * 1.02)
      const busy = limitsWatts.map((limit) => heldState(states, device, busyWatts, device.heldRatio * limit))
      const logBusy = logNormal(logit(paced), prior.pacedLogit) + logNormal(Math.log(power), prior.busyLogRatio)
      for (const share of busyShares) {
        logPriorRatio[kind] = logBusy + logNormal(logit(share), prior.busyShareLogit)
        waitingRatio[kind] = 1 - share
        for (const [limit, {seconds, watts}] of busy.entries()) {
          const all = 1 - share + share * seconds
          logSeconds[kind * limitCount + limit] = Math.log(all)
          logWatts[kind * limitCount + limit] = Math.log(((1 - share) * device.waitingWatts + share * seconds * watts) / all)
        }
        kind++
      }
    }
  }
  return {limitCount, logSeconds, logWatts, logPriorRatio, waitingRatio}
}

interface BusyState {
  /** Relative to the highest clock. */
  readonly seconds: number
  /** Of the power beyond static at the highest clock. */
  readonly dynamicRatio: number
}

function clockStatesOf({lowestClockRatio, energyRatioAt}: LimitedDevice, paced: number): BusyState[] {
  return Array.from({length: clockCount}, (_, step) => {
    const clockRatio = lowestClockRatio ** (1 - step / (clockCount - 1))
    const seconds = 1 - paced + paced / clockRatio
    return {seconds, dynamicRatio: energyRatioAt(clockRatio) / seconds}
  })
}

function heldState(states: readonly BusyState[], {staticWatts}: LimitedDevice, busyWatts: number, heldWatts: number) {
  const wanted = (heldWatts - staticWatts) / (busyWatts - staticWatts)
  const above = states.findIndex(({dynamicRatio}) => dynamicRatio > wanted)
  const at = (seconds: number, dynamicRatio: number) => ({seconds, watts: staticWatts + (busyWatts - staticWatts) * dynamicRatio})
  if (above < 0) return at(1, 1)
  const upper = states[above]!
  const lower = states[above - 1]
  if (lower === undefined) return at(upper.seconds, upper.dynamicRatio)
  const share = (wanted - lower.dynamicRatio) / (upper.dynamicRatio - lower.dynamicRatio)
  return at(lower.seconds + share * (upper.seconds - lower.seconds), wanted)
}

function logit(share: number): number {
  return Math.log(share / (logitEnd - share))
}

function logNormal(value: number, {center, spread}: Normal): number {
  return -0.5 * ((value - center) / spread) ** 2
}
