import type {ShownUnit} from '../unit.js'

/** What one axis does to a result; each part where it is known. */
export interface SensitivityBar {
  readonly axis: string
  /** The ends of the axis as they are written. */
  readonly lowText: string
  readonly highText: string
  /** At the ends, and the extremes over all of the axis, all else at the base design. */
  readonly lowResult?: number
  readonly highResult?: number
  readonly leastResult?: number
  readonly mostResult?: number
  /** By how many percent the result changes where the axis grows by one. */
  readonly elasticityRatio?: number
  /** Shares of the variance over the whole space, with 95 % intervals: by itself, and in concert with others. */
  readonly firstOrderRatio?: number
  readonly firstOrderLow?: number
  readonly firstOrderHigh?: number
  readonly totalRatio?: number
  readonly totalLow?: number
  readonly totalHigh?: number
}

/** One result of one workload. */
export interface SensitivityPanel {
  readonly name: string
  readonly title: string
  readonly unit: ShownUnit
  readonly baseValue: number
  readonly bars: readonly SensitivityBar[]
}

export interface SensitivityInput {
  readonly panels: readonly SensitivityPanel[]
  /** The design from which one axis is moved at a time, in words. */
  readonly base: string
  /** Axes of accelerators that are not drawn, which none that is has. */
  readonly absentAxes?: readonly {readonly accelerator: string; readonly axes: readonly string[]}[]
}

/** The widest swing first; axes of which only indices are known after them, by these. */
export function orderedBars({bars}: Pick<SensitivityPanel, 'bars'>): SensitivityBar[] {
  const swing = (bar: SensitivityBar): number => {
    const results = [bar.lowResult, bar.highResult, bar.leastResult, bar.mostResult].filter((each) => each !== undefined)
    return results.length === 0 ? -1 : Math.max(...results) - Math.min(...results)
  }
  return bars.toSorted((a, b) => swing(b) - swing(a) || (b.totalRatio ?? 0) - (a.totalRatio ?? 0))
}

/** What an axis reaches between its ends and not at them: a result may turn on the way. */
export function beyondEnds(
  {lowResult, highResult, leastResult, mostResult}: SensitivityBar,
  baseValue: number,
): {from: number; to: number}[] {
  const drawn = [lowResult, highResult, baseValue].filter((each) => each !== undefined)
  const [low, high] = [Math.min(...drawn), Math.max(...drawn)]
  return [
    {from: leastResult ?? low, to: low},
    {from: high, to: mostResult ?? high},
  ].filter(({from, to}) => to > from)
}
