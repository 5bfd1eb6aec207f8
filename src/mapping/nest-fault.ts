import type {LoopWay} from './loop-nest.js'

/** What keeps a loop nest from running a problem on a hierarchy, and what would. */
export interface MappingFault {
  readonly level: number
  /** Undefined where no loop of the level is at fault, but one that is missing. */
  readonly way: LoopWay | undefined
  readonly dimension: number
  readonly reason: string
  readonly hint: string
}
