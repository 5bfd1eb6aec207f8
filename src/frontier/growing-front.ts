import {type Goal, paretoFront} from './pareto-front.js'

/** Rows that come to a front together. */
export interface FrontBlock {
  /** Which rows of the columns; the others do not count. */
  readonly rows: Int32Array
  /** What the first row of the columns is known by; the row after it by one more. */
  readonly start: number
  readonly objectiveColumns: readonly Float64Array[]
  /** Numbers that stay with a row, by which rows are told apart that are equal in every objective. */
  readonly labels: readonly ArrayLike<number>[]
}

/** Rows of a front: what each is known by, its objectiveColumns, its labels. */
export interface FrontRows {
  readonly rowIndices: Float64Array
  readonly objectiveColumns: readonly Float64Array[]
  readonly labels: readonly Float64Array[]
}

/** Whether the labels of one row come before those of another. */
export type LabelOrder = (left: readonly number[], right: readonly number[]) => boolean

/** Rows of a front that each new row is first compared with: most rows are beaten by one of these. */
const judgeCount = 48
/** Below this many comparisons, what the judges leave is compared with the whole front. */
const pairLimit = 4_000_000

/**
 * The Pareto front of rows that come block by block: the front of a union is the front of the fronts, so that only the front is held.
 * Of rows equal in every objective one stays, the first by its labels, or else by what it is known by.
 */
export class GrowingFront {
  readonly #goals: readonly Goal[]
  readonly #comesBefore: LabelOrder | undefined
  #front: FrontRows

  constructor(goals: readonly Goal[], comesBefore?: LabelOrder, front?: FrontRows) {
    this.#goals = goals
    this.#comesBefore = comesBefore
    this.#front = front ?? {rowIndices: new Float64Array(0), objectiveColumns: goals.map(() => new Float64Array(0)), labels: []}
  }

  /** The front so far, best in the first objective first. */
  get rows(): FrontRows {
    return this.#front
  }

  add(block: FrontBlock): void {
    const signs = this.#goals.map((goal) => (goal === 'min' ? 1 : -1))
    const {rowIndices} = this.#front
    const isLater = this.#comesBefore === undefined
    let candidates = unbeaten(block, knownRows(block), signs, this.#table(signs, Math.min(judgeCount, rowIndices.length)), isLater)
    if (rowIndices.length > judgeCount && rowIndices.length * candidates.length <= pairLimit) {
      candidates = unbeaten(block, candidates, signs, this.#table(signs, rowIndices.length), isLater)
    }
    if (candidates.length === 0) return
    const fresh = rowsOf(block, candidates)
    const merged = rowIndices.length === 0 ? fresh : joined(this.#front, fresh)
    const distinct = isLater ? merged : this.#withoutTwins(merged)
    const onFront = paretoFront(distinct.objectiveColumns.map((values, index) => ({values, goal: this.#goals[index]!})))
    this.#front = chosen(distinct, onFront)
  }

  /** Objectives of rows spread over the front, to be made small, row after row. */
  #table(signs: readonly number[], count: number): Float64Array {
    const {rowIndices, objectiveColumns} = this.#front
    const table = new Float64Array(count * objectiveColumns.length)
    for (let judge = 0; judge < count; judge++) {
      const row = Math.floor(((judge + 0.5) * rowIndices.length) / count)
      for (let j = 0; j < objectiveColumns.length; j++) table[judge * objectiveColumns.length + j] = signs[j]! * objectiveColumns[j]![row]!
    }
    return table
  }

  /** Of rows that are equal in every objective the first. */
  #withoutTwins(all: FrontRows): FrontRows {
    const rowOf = new Map<string, number>()
    for (let row = 0; row < all.rowIndices.length; row++) {
      const key = all.objectiveColumns.map((values) => values[row]! + 0).join(' ')
      const twin = rowOf.get(key)
      if (twin === undefined || this.#isBefore(all, row, twin)) rowOf.set(key, row)
    }
    return rowOf.size === all.rowIndices.length ? all : chosen(all, Int32Array.from(rowOf.values()))
  }

  #isBefore({labels}: FrontRows, left: number, right: number): boolean {
    return this.#comesBefore!(
      labels.map((label) => label[left]!),
      labels.map((label) => label[right]!),
    )
  }
}

function knownRows({rows, objectiveColumns}: FrontBlock): Int32Array {
  return rows.filter((row) => objectiveColumns.every((values) => !Number.isNaN(values[row]!)))
}

/** Rows that no judge beats, nor equals where they come later; the judge that beat the last row is asked first. */
function unbeaten(
  {objectiveColumns}: FrontBlock,
  rows: Int32Array,
  signs: readonly number[],
  judges: Float64Array,
  isLater: boolean,
): Int32Array {
  const point = new Float64Array(signs.length)
  const kept = new Int32Array(rows.length)
  let keptCount = 0
  let last = 0
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < point.length; j++) point[j] = signs[j]! * objectiveColumns[j]![rows[i]!]!
    const judge = beatenBy(judges, point, last, isLater)
    if (judge < 0) kept[keptCount++] = rows[i]!
    else last = judge
  }
  return kept.subarray(0, keptCount)
}

/** The judge that is nowhere worse than a point and somewhere better, unless the point comes later, or -1. */
function beatenBy(judges: Float64Array, point: Float64Array, first: number, isLater: boolean): number {
  const count = judges.length / point.length
  for (let step = 0; step < count; step++) {
    const judge = first + step < count ? first + step : first + step - count
    let isBetter = isLater
    let j = 0
    for (; j < point.length; j++) {
      const value = judges[judge * point.length + j]!
      if (value > point[j]!) break
      if (value < point[j]!) isBetter = true
    }
    if (j === point.length && isBetter) return judge
  }
  return -1
}

function rowsOf({start, objectiveColumns, labels}: FrontBlock, rows: Int32Array): FrontRows {
  const column = (values: ArrayLike<number>): Float64Array => Float64Array.from(rows, (row) => values[row]!)
  return {
    rowIndices: Float64Array.from(rows, (row) => start + row),
    objectiveColumns: objectiveColumns.map(column),
    labels: labels.map(column),
  }
}

function joined(left: FrontRows, right: FrontRows): FrontRows {
  const column = (a: Float64Array, b: Float64Array): Float64Array => {
    const both = new Float64Array(a.length + b.length)
    both.set(a)
    both.set(b, a.length)
    return both
  }
  return {
    rowIndices: column(left.rowIndices, right.rowIndices),
    objectiveColumns: left.objectiveColumns.map((values, j) => column(values, right.objectiveColumns[j]!)),
    labels: right.labels.map((values, j) => column(left.labels[j]!, values)),
  }
}

function chosen({rowIndices, objectiveColumns, labels}: FrontRows, rows: Int32Array): FrontRows {
  const column = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!)
  return {rowIndices: column(rowIndices), objectiveColumns: objectiveColumns.map(column), labels: labels.map(column)}
}
