import type {SpecSource} from '../spec/yaml-source.js'
import type {AxisValue} from './axis.js'

/** A range with a step, or with a count. */
interface LevelRange {
  readonly from: number
  readonly to: number
  readonly step: number | undefined
  readonly count: number | undefined
  readonly scale: 'linear' | 'log'
}

const mostValues = 10_000_000

/** The values of a range, its ends in order. */
export function rangeLevels(source: SpecSource, pointer: string, {from, to, step, count, scale}: LevelRange): number[] {
  if (step !== undefined && count !== undefined)
    throw source.error(pointer, 'a range has either a step or a count', ['write {from, to, step} or {from, to, count}'])
  if (step !== undefined) {
    if (!(step > 0)) throw source.error(`${pointer}/step`, 'a step must be more than zero', ['count upward, from the least value'])
    if (scale === 'log')
      throw source.error(`${pointer}/scale`, 'a range on a log scale has a count', ['write {from, to, count, scale: log}'])
    const steps = Math.floor((to - from) / step + 1e-9)
    if (steps === 0)
      throw source.error(`${pointer}/step`, 'one step already leads beyond the end of this range', [
        'take a smaller step, or write a list of one value',
      ])
    if (steps >= mostValues)
      throw source.error(pointer, `this range has ${steps + 1} values, more than ${mostValues}`, ['take a larger step'])
    return Array.from({length: steps + 1}, (_, index) => tidy(from + index * step))
  }
  if (count! > mostValues) throw source.error(pointer, `this range has ${count} values, more than ${mostValues}`, ['take fewer'])
  if (scale === 'log' && !(from > 0))
    throw source.error(`${pointer}/from`, 'a log range starts above zero', ['raise from, or leave scale out'])
  return Array.from({length: count!}, (_, index) => {
    const share = index / (count! - 1)
    return tidy(scale === 'log' ? from * (to / from) ** share : from + share * (to - from))
  })
}

/** Twelve digits, so that the same range always gives the same keys. */
function tidy(value: number): number {
  return Number(value.toPrecision(12))
}

/** Levels of an axis, each named once. */
export function distinct<T extends AxisValue>(source: SpecSource, pointer: string, values: readonly T[]): readonly T[] {
  const seen = new Map<T, number>()
  for (const [index, value] of values.entries()) {
    if (seen.has(value))
      throw source.error(`${pointer}/${index}`, `this axis has the value ${String(value)} twice`, ['remove one of the two'])
    seen.set(value, index)
  }
  return values
}
