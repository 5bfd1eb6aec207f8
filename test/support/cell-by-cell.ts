import {type Dataflow, stationaryOperand, streamedAxis} from '../../src/mapping/systolic/dataflow.js'
import type {SystolicArray} from '../../src/mapping/systolic/fold-cycles.js'

type Matrix = readonly (readonly number[])[]

/** One use of the array; lines of the edge are read by time, and unused lines bring zeros. */
interface Fold {
  readonly held: (row: number, column: number) => number
  readonly left: (row: number, time: number) => number
  readonly top: (column: number, time: number) => number
  /** Takes a sum; the line is the time that it belongs to, or the row of sums that stay. */
  readonly take: (line: number, column: number, sum: number) => void
}

export interface Walk {
  /** Up to and with the last multiply-add. */
  readonly cycles: number
  /** Up to and with the one in which the last sum left the array. */
  readonly cyclesWithDrain: number
}

export interface WalkedProduct extends Walk {
  readonly outputs: Matrix
  /** Words that crossed the edge, and cells that held something, over all folds. */
  readonly edgeWords: Readonly<Record<'inputs' | 'weights' | 'outputs', number>>
  readonly usedCellCount: number
}

/** inputs · weights on an array of which every cell is walked in every cycle, and where a word moves by one cell a cycle. */
export function walkedProduct(inputs: Matrix, weights: Matrix, array: SystolicArray, dataflow: Dataflow): WalkedProduct {
  const sizes = {m: inputs.length, k: weights.length, n: weights[0]!.length}
  const stays = stationaryOperand(dataflow)
  const outputs = inputs.map(() => new Array<number>(sizes.n).fill(0))
  const edgeWords = {inputs: 0, weights: 0, outputs: 0}
  const read = (operand: 'inputs' | 'weights', row: number, column: number): number => {
    const word = (operand === 'inputs' ? inputs : weights)[row]?.[column]
    if (word !== undefined) edgeWords[operand]++
    return word ?? 0
  }
  const add = (row: number, column: number, sum: number): void => {
    if (outputs[row]?.[column] === undefined) return
    edgeWords.outputs++
    outputs[row]![column]! += sum
  }
  let usedCellCount = 0
  const folds: Fold[] = []
  for (let c = 0; c < sizes[dataflow.columns]; c += array.columns)
    for (let r = 0; r < sizes[dataflow.rows]; r += array.rows) {
      usedCellCount += Math.min(array.rows, sizes[dataflow.rows] - r) * Math.min(array.columns, sizes[dataflow.columns] - c)
      const folded = {
        outputs: {
          held: () => 0,
          left: (row: number, time: number) => read('inputs', r + row, time),
          top: (column: number, time: number) => read('weights', time, c + column),
          take: (row: number, column: number, sum: number) => add(r + row, c + column, sum),
        },
        weights: {
          held: (row: number, column: number) => read('weights', r + row, c + column),
          left: (row: number, time: number) => read('inputs', time, r + row),
          top: () => 0,
          take: (time: number, column: number, sum: number) => add(time, c + column, sum),
        },
        inputs: {
          held: (row: number, column: number) => read('inputs', c + column, r + row),
          left: (row: number, time: number) => read('weights', r + row, time),
          top: () => 0,
          take: (time: number, column: number, sum: number) => add(c + column, time, sum),
        },
      }
      folds.push(folded[stays])
    }
  const walk = (stays === 'outputs' ? walkOfSums : walkOfOperand)(folds, sizes[streamedAxis(dataflow)], array)
  return {...walk, outputs, edgeWords, usedCellCount}
}

interface Word {
  readonly fold: number
  /** When it entered within its fold, or the row that it goes to. */
  readonly line: number
  readonly value: number
}

type Cells = (Word | undefined)[][]

const noCells = ({rows, columns}: SystolicArray): Cells => Array.from({length: rows}, () => new Array<Word | undefined>(columns))

/** An operand stays: it moves down to its row, then the other one passes to the right and sums pass down. */
function walkOfOperand(folds: readonly Fold[], streamCycles: number, array: SystolicArray): Walk {
  const {rows, columns, isPreloading} = array
  const [passing, next, held, moving, sums] = [noCells(array), noCells(array), noCells(array), noCells(array), noCells(array)]
  const loadStarts = [0]
  const streamStarts: number[] = []
  const entering = (starts: readonly number[], lag: number, cycle: number, duration: number): readonly [number, number] | undefined => {
    const fold = starts.findLastIndex((start) => cycle >= start + lag)
    const line = cycle - (starts[fold] ?? 0) - lag
    return fold >= 0 && line < duration ? [fold, line] : undefined
  }
  let lastSum = -1
  for (let [cycle, leftCount] = [0, 0]; leftCount < folds.length * streamCycles * columns; cycle++) {
    const waiting = streamStarts.length
    const isLoaded = (isPreloading ? next : held)[0]![0]?.fold === waiting
    if (isLoaded && (waiting === 0 || cycle >= streamStarts[waiting - 1]! + streamCycles)) streamStarts.push(cycle)
    const begins = isPreloading ? streamStarts.at(-1) === cycle : leftCount === loadStarts.length * streamCycles * columns
    if (begins && loadStarts.length < folds.length) loadStarts.push(cycle)
    for (let row = rows - 1; row >= 0; row--)
      for (let column = columns - 1; column >= 0; column--) {
        const load = row > 0 ? undefined : entering(loadStarts, column, cycle, rows)
        const loaded = load && {fold: load[0], line: rows - 1 - load[1], value: folds[load[0]]!.held(rows - 1 - load[1], column)}
        passing[row]![column] = row > 0 ? passing[row - 1]![column] : loaded
        const stream = column > 0 ? undefined : entering(streamStarts, row, cycle, streamCycles)
        const streamed = stream && {fold: stream[0], line: stream[1], value: folds[stream[0]]!.left(row, stream[1])}
        moving[row]![column] = column > 0 ? moving[row]![column - 1] : streamed
        sums[row]![column] = row > 0 ? sums[row - 1]![column] : undefined
      }
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const word = moving[row]![column]
        if (word !== undefined) {
          if (isPreloading && word.line === 0) held[row]![column] = next[row]![column]
          const own = held[row]![column]
          if (own?.fold !== word.fold) throw new Error('a word met another fold')
          const value = (sums[row]![column]?.value ?? 0) + own.value * word.value
          sums[row]![column] = {...word, value}
          if (row === rows - 1) {
            folds[word.fold]!.take(word.line, column, value)
            leftCount++
            lastSum = cycle
          }
        }
        const arriving = passing[row]![column]
        if (arriving?.line === row) (isPreloading ? next : held)[row]![column] = arriving
      }
  }
  return {cycles: lastSum + 1, cyclesWithDrain: lastSum + 1}
}

/** Sums stay: a finished one waits in a register beside, and its column shifts these down once the bottom cell has finished, a row less each time. */
function walkOfSums(folds: readonly Fold[], streamCycles: number, array: SystolicArray): Walk {
  const {rows, columns, isPreloading} = array
  const [fromLeft, fromTop, sums, leaving] = [noCells(array), noCells(array), noCells(array), noCells(array)]
  const shiftsLeft = new Array<number>(columns).fill(0)
  const starts: number[] = []
  let [lastWork, lastLeft, finishedCount] = [-1, -1, 0]
  const entering = (lag: number, cycle: number, value: (fold: Fold, time: number) => number): Word | undefined => {
    const fold = starts.findLastIndex((start) => cycle >= start + lag)
    const line = cycle - (starts[fold] ?? 0) - lag
    return fold >= 0 && line < streamCycles ? {fold, line, value: value(folds[fold]!, line)} : undefined
  }
  for (let [cycle, leftCount] = [0, 0]; leftCount < folds.length * rows * columns; cycle++) {
    const isFree = isPreloading
      ? cycle >= (starts.at(-1) ?? -Infinity) + Math.max(streamCycles, rows)
      : finishedCount === starts.length * rows * columns
    if (isFree && starts.length < folds.length) starts.push(cycle)
    for (let column = 0; column < columns; column++) {
      if (shiftsLeft[column] === 0) continue
      const firstRow = rows - shiftsLeft[column]!--
      const out = leaving[rows - 1]![column]!
      folds[out.fold]!.take(out.line, column, out.value)
      leftCount++
      lastLeft = cycle
      for (let row = rows - 1; row > firstRow; row--) leaving[row]![column] = leaving[row - 1]![column]
      leaving[firstRow]![column] = undefined
    }
    for (let row = rows - 1; row >= 0; row--)
      for (let column = columns - 1; column >= 0; column--) {
        fromLeft[row]![column] = column > 0 ? fromLeft[row]![column - 1] : entering(row, cycle, (fold, time) => fold.left(row, time))
        fromTop[row]![column] = row > 0 ? fromTop[row - 1]![column] : entering(column, cycle, (fold, time) => fold.top(column, time))
        const [a, b] = [fromLeft[row]![column], fromTop[row]![column]]
        if (a === undefined) continue
        if (a.fold !== b?.fold || a.line !== b.line) throw new Error('words of two times met')
        const value = (a.line === 0 ? 0 : sums[row]![column]!.value) + a.value * b.value
        sums[row]![column] = {...a, value}
        lastWork = cycle
        if (a.line < streamCycles - 1) continue
        if (leaving[row]![column] !== undefined) throw new Error('a sum was overwritten before it left')
        leaving[row]![column] = {fold: a.fold, line: row, value}
        finishedCount++
        if (row === rows - 1) shiftsLeft[column] = rows
      }
  }
  return {cycles: lastWork + 1, cyclesWithDrain: lastLeft + 1}
}
