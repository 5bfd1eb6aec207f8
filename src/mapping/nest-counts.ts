import {type MovedWords, movedWords} from './moved-words.js'

/**
 * What an encoded nest does, as typed arrays that every evaluation overwrites. Level × tensor arrays are read at
 * `level · tensorCount + tensor`; counts are of one instance, on average over those used, and hold only where the level keeps the tensor. A last row is for the
 * multiply-adders, which take every word that they use.
 */
export interface NestCounts extends MovedWords {
  /** Of the instance of each level that does most, filled where instances may differ. */
  readonly busiest: MovedWords
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
  /** That the ports of each level's busiest instance need on their own. */
  readonly levelCycles: Float64Array
  /** In which what is inside waits for this level's fills and drains; 0 where nothing does. */
  readonly stallCycles: Float64Array
  /** Where some level has buffers: the level that takes most of the cycles, −1 for the multiply-adders. */
  boundLevel: number
  /** What all tiles of one instance take, both buffers where there are two. */
  readonly usedBytes: Float64Array
  readonly tileWords: Float64Array
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
    stallCycles: new Float64Array(levelCount),
    boundLevel: -1,
    usedBytes: new Float64Array(levelCount),
    tileWords: table().fill(1),
    ...movedWords(levelCount, tensorCount),
    busiest: movedWords(levelCount, tensorCount),
    tensorJoules: table(),
  }
}
