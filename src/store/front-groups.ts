import {GrowingFront} from '../frontier/growing-front.js'
import type {Goal} from '../frontier/pareto-front.js'
import type {PointColumn} from './point-columns.js'
import type {ChunkRows} from './point-scan.js'
import type {Cell} from './space-reader.js'

/** The rows of a chunk that belong to one group. */
interface GroupRows {
  readonly rows: Int32Array
  readonly front: GrowingFront
}

/** Groups by the value of one column after another. */
type GroupTree = Map<number, GroupTree | number>

/** Fronts of points that agree in some columns, in the order in which the groups are first met. */
export class FrontGroups {
  readonly #columns: readonly PointColumn[]
  readonly #goals: readonly Goal[]
  readonly #fronts: GrowingFront[] = []
  readonly #tree: GroupTree = new Map()
  readonly #texts = new Map<Cell, number>()

  constructor(columns: readonly PointColumn[], goals: readonly Goal[]) {
    this.#columns = columns
    this.#goals = goals
    if (columns.length === 0) this.#fronts.push(new GrowingFront(goals))
  }

  get count(): number {
    return this.#fronts.length
  }

  /** Whether no row of a chunk can change a front, none being better than `best` in any objective. */
  beats(best: readonly number[]): boolean {
    return this.#columns.length === 0 && this.#fronts[0]!.beats(best)
  }

  /** The rows of a chunk by the group that they belong to. */
  split({reader, chunkIndex, rows}: ChunkRows): readonly GroupRows[] {
    if (this.#columns.length === 0) return [{rows, front: this.#fronts[0]!}]
    const columns = this.#columns.map((column) => reader.numbered(column, chunkIndex, (cell) => this.#numberOf(cell)))
    const rowsOf = new Map<number, number[]>()
    let group = -1
    let own: number[] = []
    for (let i = 0; i < rows.length; i++) {
      if (group < 0 || !isLike(columns, rows[i]!, rows[i - 1]!)) {
        group = this.#groupOf(columns, rows[i]!)
        own = rowsOf.get(group) ?? []
        rowsOf.set(group, own)
      }
      own.push(rows[i]!)
    }
    return [...rowsOf].map(([index, each]) => ({rows: Int32Array.from(each), front: this.#fronts[index]!}))
  }

  /** Positions of the points of all fronts, one group after another. */
  positions(): Float64Array {
    return Float64Array.from(this.#fronts.flatMap((front) => [...front.rows.rowIndices]))
  }

  #groupOf(columns: readonly Float64Array[], row: number): number {
    let node = this.#tree
    for (const column of columns.slice(0, -1)) {
      const next = (node.get(column[row]!) as GroupTree | undefined) ?? new Map()
      node.set(column[row]!, next)
      node = next
    }
    const value = columns.at(-1)![row]!
    const known = node.get(value) as number | undefined
    if (known !== undefined) return known
    node.set(value, this.#fronts.length)
    return this.#fronts.push(new GrowingFront(this.#goals)) - 1
  }

  #numberOf(cell: Cell): number {
    const known = this.#texts.get(cell) ?? this.#texts.size
    this.#texts.set(cell, known)
    return known
  }
}

function isLike(columns: readonly Float64Array[], row: number, other: number): boolean {
  for (let i = 0; i < columns.length; i++) if (columns[i]![row] !== columns[i]![other]) return false
  return true
}
