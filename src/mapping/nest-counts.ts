/**
 * What an encoded nest does, as typed arrays that every evaluation overwrites. Level × tensor arrays are read at
 * `level · tensorCount + tensor`; counts are of one instance, on average over those used, and 0 where a level lets a tensor pass.
 */
export interface NestCounts {
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

/** Room for what one nest does. */
export function nestCounts(levelCount: number, tensorCount: number): NestCounts {
  const table = () => new Float64Array(levelCount * tensorCount)
  return {
    cycles: 0,
    energyJoules: 0,
    utilizationRatio: 0,
    stepCount: 0,
    arithmeticCycles: 0,
    instanceCounts: new Float64Array(levelCount + 1),
    levelCycles: new Float64Array(levelCount),
    usedBytes: new Float64Array(levelCount),
    tileWords: table(),
    readWords: table(),
    fillWords: table(),
    updateWords: table(),
    tensorJoules: table(),
  }
}
