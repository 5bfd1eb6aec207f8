import type {Archive} from './archive.js'
import type {Draws} from './draws.js'

/** A number that sets how an optimizer works. */
export interface OptimizerOption {
  readonly meaning: string
  readonly minimum: number
  readonly maximum: number
  readonly isInteger: boolean
  /** What it is where nobody says. */
  readonly usual: (problem: Problem) => number
}

/** What an optimizer knows of its problem besides the designs. */
export interface Problem {
  readonly dimensionCount: number
  readonly objectiveCount: number
  readonly evaluationCount: number
}

/**
 * A way to search. It claims designs in the archive and yields when it wants their results: what it claims (asks) and what it is told by
 * then depends on the seed and the results alone, never on who computes them or in which order. It ends when no design is open.
 */
export interface Optimizer<Name extends string = string> {
  readonly summary: string
  readonly options: Readonly<Record<Name, OptimizerOption>>
  readonly search: (archive: Archive, draws: Draws, options: Readonly<Record<Name, number>>) => Generator<void>
}
