/** One thing that a model found on the way to a time: a tile, a count of waves, bytes through a level. */
export interface Fact {
  readonly name: string
  readonly value: number | string
  readonly unit: string
}

/** One step from the ideal time to the predicted one; a negative one is time saved. */
export interface TimeStep {
  readonly name: string
  readonly meaning: string
  readonly source: string
  readonly seconds: number
}

/** Why a kernel takes the time that it takes: the steps add up to it. */
export interface Explanation {
  readonly facts: readonly Fact[]
  readonly steps: readonly TimeStep[]
}
