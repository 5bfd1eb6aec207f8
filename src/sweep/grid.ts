import type {Column} from '../accelerator/machine.js'
import type {Parameters} from '../accelerator/parameters.js'
import {type Axis, followedNames} from './axis.js'
import {placement} from './placement.js'

/** Combinations of the levels of free axes, the last axis fastest; the columns of other axes are left alone. */
export interface Grid {
  /** Infinite where an axis has no list of levels. */
  readonly indexCount: number
  readonly fill: (first: number, count: number, columns: readonly Column[]) => void
}

/** The grid of some axes. */
export function gridOf(axes: readonly Axis[]): Grid {
  const counts = axes.map(({rule}) => (rule.kind === 'free' ? rule.levelCount : 1))
  const strides = axes.map(() => 1)
  for (let axis = axes.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * counts[axis + 1]!
  const indexCount = counts.reduce((product, count) => product * count, 1)
  return {
    indexCount: axes.some(({rule}) => rule.kind === 'drawn') ? Number.POSITIVE_INFINITY : indexCount,
    fill: (first, count, columns) => {
      for (const [index, {rule}] of axes.entries())
        if (rule.kind === 'free') fillDigits(columns[index]!, first, count, strides[index]!, rule.levelCount)
    },
  }
}

function fillDigits(column: Column, first: number, count: number, stride: number, levelCount: number): void {
  let within = first % stride
  let digit = Math.floor(first / stride) % levelCount
  for (let row = 0; row < count; row++) {
    column[row] = digit
    within += 1
    if (within < stride) continue
    within = 0
    digit = digit + 1 === levelCount ? 0 : digit + 1
  }
}

/** The axes that decide some names: those behind them, and behind all that vary at some points only, in the order of the space. */
export function decidingAxes(axes: readonly Axis[], parameters: Parameters, names: readonly string[]): readonly Axis[] {
  const conditional = axes.filter(({rule, when}) => rule.kind === 'free' && when !== undefined)
  return axesBehind(axes, parameters, [...names, ...conditional.map(({name}) => name)])
}

/** The axes that are named, and those that they follow, in the order of the space. */
function axesBehind(axes: readonly Axis[], parameters: Parameters, names: readonly string[]): readonly Axis[] {
  const deciding = new Set<string>()
  const seen = new Set<string>()
  const visit = (name: string): void => {
    if (seen.has(name)) return
    seen.add(name)
    const axis = axes.find((each) => each.name === name)
    if (axis !== undefined) {
      deciding.add(name)
      for (const followed of followedNames(axis)) visit(followed)
    } else for (const other of parameters.ordered.find((each) => each.name === name)?.expression.dependsOn ?? []) visit(other)
  }
  for (const name of names) visit(name)
  return axes.filter(({name}) => deciding.has(name))
}

const blockRows = 2048

/** What is done with a block of combinations; rows that are no points of their own have 0 in `isPoint`. */
export type BlockVisitor = (rowCount: number, isPoint: Uint8Array, columns: readonly Column[]) => void

/** Makes ready to visit blocks; numbers are to be asked for here. */
export type PrepareVisits = (columnOf: (name: string) => Column, rowCapacity: number) => BlockVisitor

/** Goes through all combinations of some axes that follow none but each other, block by block. */
export function walkGrid(axes: readonly Axis[], parameters: Parameters, prepare: PrepareVisits): void {
  walkBlocks(axes, parameters, gridOf(axes).indexCount, gridOf(axes).fill, prepare)
}

/** Goes through `indexCount` indices, block by block; `fill` places the free axes. */
export function walkBlocks(
  axes: readonly Axis[],
  parameters: Parameters,
  indexCount: number,
  fill: Grid['fill'],
  prepare: PrepareVisits,
  isGrid = true,
): void {
  const rowCapacity = Math.min(blockRows, indexCount)
  const {columnOf, settle, isPoint} = placement(axes, parameters, rowCapacity, isGrid)
  const visit = prepare(columnOf, rowCapacity)
  const columns = axes.map(() => new Float64Array(rowCapacity))
  for (let first = 0; first < indexCount; first += rowCapacity) {
    const count = Math.min(rowCapacity, indexCount - first)
    fill(first, count, columns)
    settle(columns, count)
    visit(count, isPoint, columns)
  }
}

/** How many points the grid of some axes has: no combination twice. */
export function gridPointCount(axes: readonly Axis[], parameters: Parameters): number {
  const {indexCount} = gridOf(axes)
  const deciding = decidingAxes(axes, parameters, [])
  if (deciding.length === 0 || indexCount === Number.POSITIVE_INFINITY) return indexCount
  let pointCount = 0
  walkGrid(deciding, parameters, () => (rowCount, isPoint) => {
    for (let row = 0; row < rowCount; row++) pointCount += isPoint[row]!
  })
  return pointCount * (indexCount / gridOf(deciding).indexCount)
}

/** How many different combinations of some axes with levels the grid has, whatever the other axes do. */
export function combinationCount(axes: readonly Axis[], parameters: Parameters, some: readonly Axis[]): number {
  const behind = axesBehind(
    axes,
    parameters,
    some.map(({name}) => name),
  )
  if (behind.length === some.length) return gridPointCount(behind, parameters)
  const places = some.map((axis) => behind.indexOf(axis))
  const found = new Set<number>()
  walkGrid(behind, parameters, () => (rowCount, _, columns) => {
    for (let row = 0; row < rowCount; row++)
      found.add(places.reduce((index, place, axis) => index * some[axis]!.values.length + columns[place]![row]!, 0))
  })
  return found.size
}
