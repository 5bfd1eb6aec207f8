/** A direction in which designs move: over levels, or freely where there are infinitely many. */
export interface SearchDimension {
  readonly levelCount: number
  /** Whether levels that stand beside each other are alike. */
  readonly isOrdered: boolean
}

/** Where a design lies along each dimension, as shares in [0, 1). */
export type Design = readonly number[]

/**
 * All designs that an optimizer has claimed, in that order, and what is known of them. A design has one row however often it is thought
 * of, so that evaluations are only spent on new ones; results are there once the optimizer goes on after a yield.
 */
export interface Archive {
  readonly dimensions: readonly SearchDimension[]
  /** By dimension, by row: the middle of the level, or the share itself. */
  readonly shareColumns: readonly Float64Array[]
  /** By objective, by row; all to be made small. NaN where a design has no such number; one that no design has yet is left out. */
  readonly objectives: () => readonly Float64Array[]
  /** By row: 0 where a design is feasible, the larger the farther it is from that. */
  readonly violationRatios: Float64Array
  readonly rowCount: () => number
  /** How many designs may still be claimed. */
  readonly openCount: () => number
  /** Nothing is open any more: no design is left that has no row. */
  readonly close: () => void
  /** Gives a design a row; false where it has one, or no more may be claimed. */
  readonly claim: (design: Design) => boolean
  /** The row of a design; undefined where it has none. */
  readonly rowOf: (design: Design) => number | undefined
  readonly designAt: (row: number) => Design
  /** Fills in the results of the next rows that have none. */
  readonly tell: (results: Results, rowCount: number) => void
}

/** Results of designs, a row each. */
export interface Results {
  /** To be made small; NaN where a design has no such number. */
  readonly objectives: readonly ArrayLike<number>[]
  readonly violationRatios: ArrayLike<number>
}

/** Equal for all shares of one design. */
export type DesignKey = (design: Design) => number | string

/** An archive for as many designs as may be evaluated, or as there are; designs are one where their levels are, unless a key says more. */
export function designArchive(
  dimensions: readonly SearchDimension[],
  objectiveCount: number,
  evaluationCount: number,
  keyOf: DesignKey = levelsKey(dimensions),
): Archive {
  const capacity = Math.min(evaluationCount, designCount(dimensions))
  const columns = (count: number) => Array.from({length: count}, () => new Float64Array(capacity))
  const shareColumns = columns(dimensions.length)
  const objectives = columns(objectiveCount)
  const violationRatios = new Float64Array(capacity)
  let known: readonly Float64Array[] = []
  let toldCount = 0
  const rows = new Map<number | string, number>()
  let isClosed = false
  return {
    dimensions,
    shareColumns,
    objectives: () => known,
    violationRatios,
    rowCount: () => rows.size,
    openCount: () => (isClosed ? 0 : capacity - rows.size),
    close: () => {
      isClosed = true
    },
    claim: (design) => {
      const key = keyOf(design)
      if (rows.size === capacity || rows.has(key)) return false
      for (const [index, share] of design.entries()) shareColumns[index]![rows.size] = settled(dimensions[index]!, share)
      rows.set(key, rows.size)
      return true
    },
    rowOf: (design) => rows.get(keyOf(design)),
    designAt: (row) => shareColumns.map((column) => column[row]!),
    tell: (results, rowCount) => {
      for (let row = 0; row < rowCount; row++) {
        for (const [index, values] of objectives.entries()) values[toldCount + row] = results.objectives[index]![row]!
        violationRatios[toldCount + row] = results.violationRatios[row]!
      }
      toldCount += rowCount
      known = objectives.filter(
        (values) => known.includes(values) || values.subarray(toldCount - rowCount, toldCount).some((value) => !Number.isNaN(value)),
      )
    },
  }
}

/** How many designs there are; infinitely many where a dimension is continuous. */
export function designCount(dimensions: readonly SearchDimension[]): number {
  return dimensions.reduce((product, {levelCount}) => product * levelCount, 1)
}

/** The level that a share lies in. */
export function levelOf({levelCount}: SearchDimension, share: number): number {
  return Math.min(levelCount - 1, Math.floor(share * levelCount))
}

/** The share of the middle of a level. */
export function shareOf({levelCount}: SearchDimension, level: number): number {
  return (level + 0.5) / levelCount
}

function settled(dimension: SearchDimension, share: number): number {
  return Number.isFinite(dimension.levelCount) ? shareOf(dimension, levelOf(dimension, share)) : share
}

/** Equal designs have equal keys: a number where there are few enough of them, else a text. */
function levelsKey(dimensions: readonly SearchDimension[]): DesignKey {
  if (designCount(dimensions) <= Number.MAX_SAFE_INTEGER)
    return (design) => dimensions.reduce((key, dimension, index) => key * dimension.levelCount + levelOf(dimension, design[index]!), 0)
  return (design) =>
    dimensions
      .map((dimension, index) => (Number.isFinite(dimension.levelCount) ? levelOf(dimension, design[index]!) : design[index]!))
      .join(' ')
}
