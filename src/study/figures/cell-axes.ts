import type {Axis} from '../../sweep/axis.js'
import type {DesignSpace} from '../../sweep/design-space.js'
import {axesOf} from '../../sweep/space-identity.js'
import {type FigureRequest, needed, oneOf} from './figure-context.js'
import {swept} from './named-points.js'

/** The two axes whose levels a figure lays side by side; one space at least has both. */
export function cellAxisNames(request: FigureRequest): readonly [string, string] {
  const spaces = swept(request).flatMap((workload) => workload.spaces)
  const namesOf = (space: DesignSpace): string[] => levelAxes(space).map(({name}) => name)
  const known = [...new Set(spaces.flatMap(namesOf))]
  const [x, y] = [cellAxisName(request, 'x', spaces, known), cellAxisName(request, 'y', spaces, known)]
  const {source} = request.context.study
  if (x === y) throw source.error(`${request.pointer}/y`, `x and y are both ${y}`, ['name two axes of the study'])
  if (spaces.some((space) => [x, y].every((name) => namesOf(space).includes(name)))) return [x, y]
  const beside = [...new Set(spaces.map(namesOf).flatMap((names) => (names.includes(x) ? names : [])))].filter((name) => name !== x)
  throw source.error(`${request.pointer}/y`, `no space has both ${x} and ${y}`, [
    beside.length === 0 ? 'name two axes of one space' : `beside ${x} name one of: ${beside.join(', ')}`,
  ])
}

function cellAxisName(request: FigureRequest, field: 'x' | 'y', spaces: readonly DesignSpace[], known: readonly string[]): string {
  const written = needed(request, field)
  const axis = spaces.flatMap(axesOf).find(({name}) => name === written)
  if (axis === undefined || known.includes(written)) return oneOf(request, field, written, known)
  const {reason, remedy} = unusable(axis)
  throw request.context.study.source.error(`${request.pointer}/${field}`, `${written} has no levels of its own: ${reason}`, [
    remedy,
    ...(known.length === 0 ? [] : [`axes with levels: ${known.join(', ')}`]),
  ])
}

/** Why cells can't be laid along an axis, and what to do. */
function unusable({name, rule}: Axis): {readonly reason: string; readonly remedy: string} {
  if (rule.kind === 'linked') return {reason: `it moves place by place with ${rule.with}`, remedy: `name ${rule.with} in its place`}
  if (rule.kind === 'derived')
    return {
      reason: `it follows from \`${rule.expression.text}\``,
      remedy: `name an axis that it follows from: ${rule.expression.dependsOn.join(', ')}`,
    }
  return {
    reason: 'it is drawn from anywhere in its range',
    remedy: `give it levels, as in \`${name}: {from: …, to: …, count: 5}\`, or a list`,
  }
}

/** Axes that are free to take any of some levels. */
export function levelAxes(space: DesignSpace): readonly Pick<Axis, 'name' | 'unit' | 'values'>[] {
  return axesOf(space).flatMap(({name, unit, values, rule}) =>
    rule.kind === 'free' ? [{name, unit, values: values.slice(0, rule.levelCount)}] : [],
  )
}
