/** Mappings of the space by what became of them. */
export interface SearchEffort {
  readonly mappingCount: number
  /** Evaluated in full, in all ways of searching together. */
  readonly evaluatedCount: number
  readonly boundedCount: number
  /** Reached by exploring: with those cut, all of a space that is explored to its end. */
  readonly leafCount: number
  readonly cuts: readonly {readonly rule: string; readonly mappingCount: number}[]
  readonly wallSeconds: number
}
