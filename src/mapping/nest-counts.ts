/**
 * What an encoded nest does, as typed arrays that every evaluation overwrites. Level × tensor arrays are read at
 * `level · tensorCount + tensor`; counts are of one instance, on average over those used, and hold only where the level keeps the tensor. A last row is for the
 * multiply-adders, which take every word that they use.
 */
export interface NestCounts {
  /** What the evaluation took, in units of one by closed forms: more where moves of tiles are looked at one by one. */
  effortCount: number
  cycles: number
  energyJoules: number
  utilizationRatio: number
  /** Steps of the temporal loops together. */
  stepCount: number
  /** That the multiply-adders need on their own. */
  arithmeticCycles: number
  /** Used of each level, and of the multiply-adders last. */
  readonly instanceCounts: Float64Array
  /** That each level's ports need on their own. */
  readonly levelCycles: Float64Array
  /** What all tiles of one instance take, both buffers where there are two. */
  readonly usedBytes: Float64Array
  readonly tileWords: Float64Array
  readonly readWords: Float64Array
  readonly fillWords: Float64Array
  readonly updateWords: Float64Array
  /** Of one instance. */
  readonly tensorJoules: Float64Array
}

/** Room for what one nest does. The numbers begin as what only a double can hold, so that the compiler never changes its mind. */
export function nestCounts(levelCount: number, tensorCount: number): NestCounts {
  const table = () => new Float64Array((levelCount + 1) * tensorCount)
  return {
    effortCount: 1,
    cycles: Number.NaN,
    energyJoules: Number.NaN,
    utilizationRatio: Number.NaN,
    stepCount: Number.NaN,
    arithmeticCycles: Number.NaN,
    instanceCounts: new Float64Array(levelCount + 1).fill(1),
    levelCycles: new Float64Array(levelCount),
    usedBytes: new Float64Array(levelCount),
    tileWords: table().fill(1),
    readWords: table(),
    fillWords: table(),
    updateWords: table(),
    tensorJoules: table(),
  }
}
