/** A loop over one dimension of the problem; its count need not divide what it splits: the last tile is then smaller. */
export interface Loop {
  readonly dimension: number
  readonly count: number
}

/** One level of a mapping; loops outermost first, and loops of one turn left out. */
export interface NestLevel {
  /** Turns in time over what this level hands inward. */
  readonly temporal: readonly Loop[]
  /** Spread over the children of one instance, along the axes of their array. */
  readonly x: readonly Loop[]
  readonly y: readonly Loop[]
  /** By tensor: whether this level keeps it, or lets it pass. The outermost level keeps all. */
  readonly keeps: readonly boolean[]
}

/** Whose rules count the words that move, where they are not Ridgepoint's own. */
export const countings = ['timeloop-3.0.3'] as const
export type Counting = (typeof countings)[number]

/** How a problem runs on a hierarchy: a level for each of its levels, outermost first. */
export interface LoopNest {
  readonly levels: readonly NestLevel[]
  readonly counting?: Counting
}

/** The ways a loop can run at a level, outermost first. */
export const loopWays = ['temporal', 'x', 'y'] as const
export type LoopWay = (typeof loopWays)[number]
