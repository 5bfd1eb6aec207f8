import type {Parameters} from '../accelerator/parameters.js'
import type {Axis, AxisValue} from './axis.js'
import {derivedLevels} from './read-axes.js'

/** Axes with other levels for the free ones; those that follow them still do, a linked one from the nearest level that it was given. */
export function withLevels(
  axes: readonly Axis[],
  parameters: Parameters,
  levelsOf: ReadonlyMap<string, readonly AxisValue[]>,
): readonly Axis[] {
  const moved = new Map<string, Axis>()
  const move = (axis: Axis): Axis => {
    const known = moved.get(axis.name)
    if (known !== undefined) return known
    const other = withFallback(axis, levelsAt(axis))
    moved.set(axis.name, other)
    return other
  }
  const levelsAt = ({name, rule, values, unit}: Axis): Pick<Axis, 'rule' | 'values'> => {
    const levels = levelsOf.get(name)
    if (levels !== undefined) return {values: levels, rule: {kind: 'free', levelCount: levels.length}}
    if (rule.kind === 'linked') {
      const partner = axes.find((each) => each.name === rule.with)!
      return {rule, values: move(partner).values.map((value) => values[nearestPlace(partner.values, value)]!)}
    }
    if (rule.kind !== 'derived' || values.length === 0) return {rule, values}
    const free = axes.filter((each) => levelsOf.has(each.name)).map(move)
    return {rule, values: derivedLevels([...free, ...moved.values()], parameters, rule.expression, unit) ?? values}
  }
  return axes.map(move)
}

function withFallback(axis: Axis, {rule, values}: Pick<Axis, 'rule' | 'values'>): Axis {
  const {when} = axis
  const isLevel = rule.kind !== 'derived' || values.length > 0
  if (!isLevel || when === undefined) return {...axis, kind: isLevel ? 'level' : 'value', rule, values}
  const fallback = axis.kind === 'level' ? axis.values[when.otherwise]! : when.otherwise
  return {...axis, kind: 'level', rule, values: [...values, fallback], when: {...when, otherwise: values.length}}
}

function nearestPlace(levels: readonly AxisValue[], value: AxisValue): number {
  const ways = levels.map((level) => (level === value ? -1 : Math.abs(Number(level) - Number(value))))
  return ways.reduce((best, way, place) => (way < ways[best]! ? place : best), 0)
}
