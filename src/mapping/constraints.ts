/** What is fixed in advance of the loops of one way at one level; what is left out is free. */
export interface LoopConstraint {
  /** By dimension: a count fixes it, `rest` takes what the other loops leave. */
  readonly counts: readonly (number | 'rest' | undefined)[]
  readonly maximumCounts: readonly (number | undefined)[]
  /** Dimensions of the outermost loops, outermost first, and of the innermost, innermost last. In time only. */
  readonly outermost: readonly number[]
  readonly innermost: readonly number[]
}

export interface LevelConstraint {
  readonly temporal: LoopConstraint
  readonly x: LoopConstraint
  readonly y: LoopConstraint
  /** By tensor; undefined where it may be kept or let pass. */
  readonly keeps: readonly (boolean | undefined)[]
}

/** A partial mapping, which a search completes; where each rule comes from is told when it removes everything. */
export interface Constraints {
  readonly name: string
  /** One for each level of the hierarchy, outermost first. */
  readonly levels: readonly LevelConstraint[]
  readonly allowsImperfect: boolean
}

/** Nothing fixed of a loop nest over `dimensionCount` dimensions. */
export function freeLoops(dimensionCount: number): LoopConstraint {
  const nothing = new Array<undefined>(dimensionCount).fill(undefined)
  return {counts: nothing, maximumCounts: nothing, outermost: [], innermost: []}
}

/** Nothing fixed at all; the outermost level keeps every tensor. */
export function freeConstraints(levelCount: number, dimensionCount: number, tensorCount: number): Constraints {
  const free = freeLoops(dimensionCount)
  const levels = Array.from({length: levelCount}, (_, level) => ({
    temporal: free,
    x: free,
    y: free,
    keeps: new Array<boolean | undefined>(tensorCount).fill(level === 0 ? true : undefined),
  }))
  return {name: 'free', levels, allowsImperfect: false}
}
