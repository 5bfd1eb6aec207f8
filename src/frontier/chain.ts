/** Parts in a row with the state of each of their points, as numbers from 0 on, and the price of a change of state. */
export interface Chain {
  readonly parts: readonly ChainPart[]
  readonly stateCount: number
  readonly switchSeconds: number
  readonly switchJoules: number
}

export interface ChainPart {
  readonly latencySeconds: ArrayLike<number>
  readonly energyJoules: ArrayLike<number>
  readonly states: Int32Array
}

/** Chains of one row of each part, the switches among them paid. */
export interface Chains {
  readonly latencySeconds: Float64Array
  readonly energyJoules: Float64Array
  readonly boundJoules: number
  readonly rowsOf: (chain: number) => Int32Array
}
