import {type Goal, paretoFront} from './pareto-front.js'

/** Rows that come to a front together. */
export interface FrontBlock {
  /** Which rows of the columns; the others do not count. */
  readonly rows: Int32Array
  /** What the first row of the columns is known by; the row after it by one more. */
  readonly start: number
  readonly objectiveColumns: readonly Float64Array[]
  /** Numbers that stay with a row, by which rows are told apart that are equal in every objective. */
  readonly labelColumns: readonly ArrayLike<number>[]
}

/** Rows of a front: what each is known by, its objectives, its labels. */
export interface FrontRows {
  readonly rowIndices: Float64Array
  readonly objectiveColumns: readonly Float64Array[]
  readonly labelColumns: readonly Float64Array[]
}

/** Less than zero where the labels of one row come before those of another. */
export type LabelOrder = (left: readonly number[], right: readonly number[]) => number

/** A row of a front: the objectives, to be made small, are what rows are compared by. */
interface FrontRow {
  readonly row: number
  readonly labels: readonly number[]
}

/** Rows that beat others of late; most new rows are beaten by one of them. */
const judgeCount = 256
/** After this many comparisons of a block's rows with the front, the front of the others is found first. */
const pairLimit = 4_000_000

/**
 * The Pareto front of rows that come block by block: the front of a union is the front of the fronts, so that only the front is held.
 * Of rows equal in every objective one stays: the first by its labels, or else by what it is known by.
 */
export class GrowingFront {
  readonly #signs: readonly number[]
  readonly #labelOrder: LabelOrder | undefined
  /** Objectives of the front, row after row, and the rows. */
  #table: Float64Array
  #rows: FrontRow[] = []
  /** Objectives of rows that are or were on the front: what these beat, the front beats. */
  readonly #judges: Float64Array
  readonly #judgeRows: FrontRow[] = []

  constructor(goals: readonly Goal[], labelOrder?: LabelOrder, front?: FrontRows) {
    this.#signs = goals.map((goal) => (goal === 'min' ? 1 : -1))
    this.#labelOrder = labelOrder
    this.#table = new Float64Array(64 * goals.length)
    this.#judges = new Float64Array(judgeCount * goals.length)
    // An empty front of too many objectives is refused like any other.
    paretoFront(goals.map((goal) => ({values: new Float64Array(0), goal})))
    if (front !== undefined) this.#restore(front)
  }

  /** The front so far, best in the first objective first. */
  get rows(): FrontRows {
    const width = this.#signs.length
    const columns = this.#signs.map((_, j) => Float64Array.from(this.#rows, (__, place) => this.#table[place * width + j]!))
    const order = paretoFront(columns.map((values) => ({values, goal: 'min'})))
    const labelCount = this.#rows[0]?.labels.length ?? 0
    return {
      rowIndices: Float64Array.from(order, (place) => this.#rows[place]!.row),
      objectiveColumns: columns.map((values, j) => Float64Array.from(order, (place) => this.#signs[j]! * values[place]!)),
      labelColumns: Array.from({length: labelCount}, (_, label) => Float64Array.from(order, (place) => this.#rows[place]!.labels[label]!)),
    }
  }

  /** Whether nothing on the front can change through rows that are in no objective better than `best`. */
  beats(best: readonly number[]): boolean {
    const point = Float64Array.from(best, (value, j) => this.#signs[j]! * value)
    return point.some(Number.isNaN) || beatenAt(this.#table, this.#rows.length, point, this.#labelOrder === undefined) >= 0
  }

  /** The row of a block that lies nearest to all its best values is taken in first: it beats most of the others. */
  add(block: FrontBlock): void {
    const {rows} = block
    const point = new Float64Array(this.#signs.length)
    const insert = (row: number): void => {
      if (!this.#read(block, row, point) || this.#isJudged(block, row, point)) return
      pairCount += this.#rows.length
      this.#insert(point, this.#rowOf(block, row))
    }
    let pairCount = 0
    const central = this.#centralRow(block)
    if (central >= 0) insert(central)
    let next = 0
    for (; next < rows.length && pairCount < pairLimit; next++) insert(rows[next]!)
    for (const row of this.#frontOf(block, rows.subarray(next))) insert(row)
  }

  #centralRow({rows, objectiveColumns}: FrontBlock): number {
    const distances = new Float64Array(rows.length)
    for (const [j, values] of objectiveColumns.entries()) addDistances(distances, values, rows, this.#signs[j]!)
    let best = -1
    for (let i = 0; i < rows.length; i++) if (distances[i]! < (best < 0 ? Number.POSITIVE_INFINITY : distances[best]!)) best = i
    return best < 0 ? -1 : rows[best]!
  }

  #read({objectiveColumns}: FrontBlock, row: number, point: Float64Array): boolean {
    let isKnown = true
    for (let j = 0; j < point.length; j++) {
      const value = this.#signs[j]! * objectiveColumns[j]![row]! + 0
      point[j] = value
      if (Number.isNaN(value)) isKnown = false
    }
    return isKnown
  }

  /** Whether a judge beats a row, or equals it and comes before it. */
  #isJudged(block: FrontBlock, row: number, point: Float64Array): boolean {
    const judge = beatenAt(this.#judges, this.#judgeRows.length, point, true)
    if (judge < 0) return false
    const isTwin = compared(this.#judges, judge, point) === 'equal'
    if (isTwin && !this.#comesFirst(this.#judgeRows[judge]!, this.#rowOf(block, row))) return false
    if (judge > 0) this.#swapJudges(judge, judge >> 1)
    return true
  }

  #comesFirst(left: FrontRow, right: FrontRow): boolean {
    return this.#labelOrder === undefined ? left.row <= right.row : this.#labelOrder(left.labels, right.labels) <= 0
  }

  #rowOf({start, labelColumns}: FrontBlock, row: number): FrontRow {
    return {row: start + row, labels: labelColumns.map((label) => label[row]!)}
  }

  /** The front of some rows of a block. */
  #frontOf(block: FrontBlock, rows: Int32Array): Int32Array {
    const order = this.#labelOrder
    const labelsOf = (row: number): readonly number[] => this.#rowOf(block, row).labels
    const ordered = order === undefined ? rows : rows.slice().sort((a, b) => order(labelsOf(a), labelsOf(b)))
    const columns = block.objectiveColumns.map((values, j) => ({
      values: Float64Array.from(ordered, (row) => this.#signs[j]! * values[row]!),
      goal: 'min' as const,
    }))
    return paretoFront(columns).map((place) => ordered[place]!)
  }

  #insert(point: Float64Array, row: FrontRow): void {
    const width = point.length
    for (let place = 0; place < this.#rows.length; ) {
      const order = compared(this.#table, place, point)
      if (order === 'equal') {
        if (!this.#comesFirst(this.#rows[place]!, row)) this.#rows[place] = row
        this.#judge(place)
        return
      }
      if (order === 'better') {
        this.#judge(place)
        return
      }
      if (order === 'worse') {
        const last = this.#rows.pop()!
        if (place < this.#rows.length) {
          this.#rows[place] = last
          this.#table.copyWithin(place * width, this.#rows.length * width, (this.#rows.length + 1) * width)
        }
      } else place++
    }
    this.#append(point, row)
  }

  #append(point: Float64Array, row: FrontRow): void {
    if ((this.#rows.length + 1) * point.length > this.#table.length) {
      const larger = new Float64Array(2 * this.#table.length)
      larger.set(this.#table)
      this.#table = larger
    }
    this.#table.set(point, this.#rows.length * point.length)
    this.#rows.push(row)
    this.#judge(this.#rows.length - 1)
  }

  /** Makes a row of the front a judge, in place of the one that was asked last. */
  #judge(place: number): void {
    const width = this.#signs.length
    if (this.#judgeRows.length === judgeCount) this.#judgeRows.pop()
    const last = this.#judgeRows.push(this.#rows[place]!) - 1
    this.#judges.set(this.#table.subarray(place * width, (place + 1) * width), last * width)
    this.#swapJudges(last, last >> 1)
  }

  #swapJudges(left: number, right: number): void {
    swapRows(this.#judges, left, right, this.#signs.length)
    const row = this.#judgeRows[left]!
    this.#judgeRows[left] = this.#judgeRows[right]!
    this.#judgeRows[right] = row
  }

  #restore({rowIndices, objectiveColumns, labelColumns}: FrontRows): void {
    for (let place = 0; place < rowIndices.length; place++) {
      this.#append(
        Float64Array.from(objectiveColumns, (values, j) => this.#signs[j]! * values[place]!),
        {row: rowIndices[place]!, labels: labelColumns.map((label) => label[place]!)},
      )
    }
  }
}

/** The first row of a table that is nowhere worse than a point and somewhere better, or equal where that is enough; or -1. */
function beatenAt(table: Float64Array, count: number, point: Float64Array, isEqualEnough: boolean): number {
  const width = point.length
  for (let place = 0, at = 0; place < count; place++, at += width) {
    let isBetter = isEqualEnough
    let j = 0
    for (; j < width; j++) {
      const value = table[at + j]!
      if (value > point[j]!) break
      if (value < point[j]!) isBetter = true
    }
    if (j === width && isBetter) return place
  }
  return -1
}

/** Adds how far each row lies from the best of them in one objective, as a share of their range. */
function addDistances(distances: Float64Array, values: Float64Array, rows: Int32Array, sign: number): void {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < rows.length; i++) {
    const value = sign * values[rows[i]!]!
    if (value < least) least = value
    if (value > most) most = value
  }
  const scale = most > least ? 1 / (most - least) : 0
  for (let i = 0; i < rows.length; i++) distances[i]! += (sign * values[rows[i]!]! - least) * scale
}

/** How a row of a table stands to a point: better or worse in some objectives and not the other way round in any. */
function compared(table: Float64Array, place: number, point: Float64Array): 'better' | 'worse' | 'equal' | 'neither' {
  let isBetter = false
  let isWorse = false
  for (let j = 0, at = place * point.length; j < point.length; j++, at++) {
    if (table[at]! < point[j]!) isBetter = true
    else if (table[at]! > point[j]!) isWorse = true
    if (isBetter && isWorse) return 'neither'
  }
  if (isBetter) return 'better'
  return isWorse ? 'worse' : 'equal'
}

function swapRows(table: Float64Array, left: number, right: number, width: number): void {
  for (let j = 0; j < width; j++) {
    const value = table[left * width + j]!
    table[left * width + j] = table[right * width + j]!
    table[right * width + j] = value
  }
}
