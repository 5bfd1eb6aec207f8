import {quantityText, units} from '../unit.js'
import {type AxisRange, axisShare, axisValue} from './axis-range.js'

interface Place {
  readonly latencySeconds: number
  readonly energyJoules: number
}

/** Where the energy is a power times the time, within a plot. */
export interface IsoPowerLine {
  readonly text: string
  readonly points: readonly Place[]
}

const steps = [1, 1.5, 2, 3, 5, 7]
const mostLineCount = 4
const sampleCount = 64

/** Lines of a few round powers that lie between the least and the greatest of the points. */
export function isoPowerLines(points: readonly Place[], x: AxisRange, y: AxisRange): IsoPowerLine[] {
  const watts = points.map(({latencySeconds, energyJoules}) => energyJoules / latencySeconds)
  return roundPowers(Math.min(...watts), Math.max(...watts)).flatMap((power) => {
    const line = Array.from({length: sampleCount + 1}, (_, sample) => axisValue(x, sample / sampleCount))
      .map((latencySeconds) => ({latencySeconds, energyJoules: power * latencySeconds}))
      .filter(({energyJoules}) => energyJoules > 0 && axisShare(y, energyJoules) >= 0 && axisShare(y, energyJoules) <= 1)
    return line.length < 2 ? [] : [{text: quantityText(power, units.watts), points: line}]
  })
}

function roundPowers(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low))
  const decadeCount = Math.floor(Math.log10(high)) - first + 1
  const all = Array.from({length: decadeCount}, (_, decade) => steps.map((step) => step * 10 ** (first + decade))).flat()
  const inside = all.filter((power) => power >= low && power <= high)
  const stride = Math.max(1, Math.ceil(inside.length / mostLineCount))
  return inside.filter((_, index) => index % stride === 0)
}
