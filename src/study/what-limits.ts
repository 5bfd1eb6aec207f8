import type {Machine} from '../accelerator/machine.js'
import {boundNames} from '../cost/bounds.js'
import type {Metric} from '../cost/metrics.js'
import {type Constraint, constraintColumn} from '../sweep/constraint.js'
import {designEvaluator} from '../sweep/evaluator.js'
import {axesOf} from '../sweep/space-identity.js'
import type {DesignSpace} from '../sweep/study.js'

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

/** Where the designs of all cells lie, cell after cell. */
function cellPlaces(space: DesignSpace, [xName, yName]: readonly [string, string], mostDesigns: number) {
  const axes = axesOf(space)
  const countOf = (wanted: string): number => axes.find(({name}) => name === wanted)!.values.length
  const [xCount, yCount] = [countOf(xName), countOf(yName)]
  const others = axes.filter(({name}) => name !== xName && name !== yName)
  const total = others.reduce((product, {values}) => product * values.length, 1)
  const perCell = Math.min(total, mostDesigns)
  const step = spreadingStep(total)
  const cellOf = (place: number): number => Math.floor(place / perCell)
  const digitOf = (name: string, place: number): number => {
    const cell = cellOf(place)
    if (name === xName) return cell % xCount
    if (name === yName) return Math.floor(cell / xCount)
    let rest = (place * step) % total
    for (const {name: each, values} of others) {
      if (each === name) return rest % values.length
      rest = Math.floor(rest / values.length)
    }
    return 0
  }
  const share = (dimension: number, place: number): number => {
    const {name, values} = axes[dimension]!
    return (digitOf(name, place) + 0.5) / values.length
  }
  return {xCount, yCount, placeCount: xCount * yCount * perCell, cellOf, share}
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
  const axes = axesOf(space)
  const evaluator = designEvaluator(space, [], batchRows)
  const shares = axes.map(() => new Float64Array(batchRows))
  const columns = new Map<string, Float64Array>(axes.map(({name}) => [name, new Float64Array(batchRows)]))
  const names = boundNames(space.accelerator.machine)
  const paced = pacedNames(space.accelerator.machine)
  let verdicts: readonly ((rowCount: number) => Float64Array)[] | undefined
  return (shareAt: (dimension: number, row: number) => number, rowCount: number): string[] => {
    for (const [dimension, column] of shares.entries()) for (let row = 0; row < rowCount; row++) column[row] = shareAt(dimension, row)
    const {points, metrics} = evaluator.evaluate(shares, rowCount)
    for (const [index, {name, values}] of axes.entries()) {
      const [levels, column] = [points.columns[index]!, columns.get(name)!]
      for (let row = 0; row < rowCount; row++) column[row] = Number(values[levels[row]!])
    }
    verdicts ??= constraints.map((each) => constraintColumn(each, (name) => columns.get(name) ?? metrics[name as Metric], batchRows))
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
