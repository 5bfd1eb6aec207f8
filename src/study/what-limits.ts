import type {Machine} from '../accelerator/machine.js'
import {boundNames} from '../cost/bounds.js'
import {metricColumns, metricNames} from '../cost/metrics.js'
import {type Constraint, constraintColumn, isResult} from '../sweep/constraint.js'
import type {DesignSpace} from '../sweep/design-space.js'
import {type Dimension, dimensionsOf} from '../sweep/dimension.js'
import {designEvaluator} from '../sweep/evaluator.js'
import {placement} from '../sweep/placement.js'
import {axesOf} from '../sweep/space-identity.js'

/**
 * Designs at one level of each of two axes, and how many of them each limit holds: the resource that bounds their time, the power
 * limit, or the text of the one constraint that removes them.
 */
export interface LimitCell {
  readonly xIndex: number
  readonly yIndex: number
  readonly counts: readonly {readonly limit: string; readonly designCount: number}[]
}

/** Limits that are no resource and no single constraint. */
export const [powerLimit, severalConstraints, unmapped] = ['power limit', 'several constraints', 'no mapping'] as const

const batchRows = 4096

/**
 * What limits the designs of a space over two of its axes: all designs of each cell, or so many of them, spread evenly over the
 * other axes.
 */
export function whatLimits(
  space: DesignSpace,
  constraints: readonly Constraint[],
  axes: readonly [string, string],
  mostDesigns: number,
): LimitCell[] {
  const limitAt = limitReader(space, constraints)
  const places = cellPlaces(space, axes, mostDesigns)
  const cells = Array.from({length: places.xCount * places.yCount}, () => new Map<string, number>())
  for (let first = 0; first < places.placeCount; first += batchRows) {
    const count = Math.min(batchRows, places.placeCount - first)
    for (const [row, limit] of limitAt((dimension, each) => places.share(dimension, first + each), count).entries()) {
      const cell = cells[places.cellOf(first + row)]!
      cell.set(limit, (cell.get(limit) ?? 0) + 1)
    }
  }
  return cells.map((counts, index) => ({
    xIndex: index % places.xCount,
    yIndex: Math.floor(index / places.xCount),
    counts: [...counts].map(([limit, designCount]) => ({limit, designCount})),
  }))
}

/** Where the designs of all cells lie, cell after cell: a share of each dimension. */
function cellPlaces(space: DesignSpace, [xName, yName]: readonly [string, string], mostDesigns: number) {
  const dimensions = dimensionsOf(space)
  const countOf = (wanted: string): number => dimensions.reduce((count, each) => (each.name === wanted ? levelCountOf(each) : count), 1)
  const [xCount, yCount] = [countOf(xName), countOf(yName)]
  const others = dimensions.filter(({name}) => name !== xName && name !== yName)
  const total = others.reduce((product, each) => product * levelCountOf(each), 1)
  const perCell = others.some(({kind}) => kind === 'value') ? mostDesigns : Math.min(total, mostDesigns)
  const step = spreadingStep(total)
  const cellOf = (place: number): number => Math.floor(place / perCell)
  const digitOf = (name: string, place: number): number => {
    const cell = cellOf(place)
    if (name === xName) return cell % xCount
    if (name === yName) return Math.floor(cell / xCount)
    let rest = (place * step) % total
    for (const other of others) {
      if (other.name === name) return rest % levelCountOf(other)
      rest = Math.floor(rest / levelCountOf(other))
    }
    return 0
  }
  const share = (dimension: number, place: number): number => {
    const each = dimensions[dimension]!
    if (each.kind === 'value') return (0.5 + place * Math.sqrt(primes[dimension % primes.length]!)) % 1
    return (digitOf(each.name, place) + 0.5) / each.levelCount
  }
  return {xCount, yCount, placeCount: xCount * yCount * perCell, cellOf, share}
}

/** Multiples of their roots fill the unit cube evenly: Richtmyer, "The evaluation of definite integrals", LANL, 1951. */
const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]

function levelCountOf(dimension: Dimension): number {
  return dimension.kind === 'level' ? dimension.levelCount : 1
}

/** A step that visits all places of a ring, neighbours in time far apart on it: the golden ratio of it, or the next that shares no factor. */
function spreadingStep(total: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
  let step = Math.max(1, Math.round(total * 0.618034))
  while (divisor(step, total) !== 1) step++
  return step
}

/** Evaluates designs of a space and says what limits each. */
function limitReader(space: DesignSpace, constraints: readonly Constraint[]) {
  const evaluator = designEvaluator(space, [], batchRows)
  const shares = evaluator.dimensions.map(() => new Float64Array(batchRows))
  const metrics = metricColumns(batchRows)
  const design = placement(axesOf(space), space.accelerator.parameters, batchRows, false)
  const verdicts = constraints.map((each) =>
    constraintColumn(each, (name) => (isResult(name) ? metrics[name] : design.columnOf(name)), batchRows),
  )
  const names = boundNames(space.accelerator.machine)
  const paced = pacedNames(space.accelerator.machine)
  return (shareAt: (dimension: number, row: number) => number, rowCount: number): string[] => {
    for (const [dimension, column] of shares.entries()) for (let row = 0; row < rowCount; row++) column[row] = shareAt(dimension, row)
    const evaluated = evaluator.evaluate(shares, rowCount)
    for (const name of metricNames) metrics[name].set(evaluated.metrics[name].subarray(0, rowCount))
    design.settle(evaluated.points.columns, rowCount)
    const met = verdicts.map((verdict) => verdict(rowCount))
    return Array.from({length: rowCount}, (_, row) => {
      const removing = constraints.filter((_each, index) => met[index]![row] !== 1)
      if (removing.length > 0) return removing.length === 1 ? removing[0]!.text : severalConstraints
      const bound = names[metrics.boundByIndex[row]!]
      if (bound === undefined) return unmapped
      return metrics.throttled[row] === 1 && paced.has(bound) ? powerLimit : bound
    })
  }
}

/** Resources that a lower core clock slows down. */
function pacedNames({units, memories}: Machine<number>): ReadonlySet<string> {
  return new Set([...units, ...memories].filter(({clock}) => clock === 0).map(({name}) => name))
}
