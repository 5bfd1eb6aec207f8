/**
 * A mapping as numbers, for evaluation in bulk. With D dimensions: `counts[(3 · level + way) · D + dimension]` is the loop count, where way
 * is 0 in time, 1 along x and 2 along y; `order[level · D + place]` is the dimension of the temporal loop at that place, outermost first;
 * bit t of `keeps[level]` says that the level keeps tensor t. Levels outermost first.
 */
export interface EncodedNest {
  readonly counts: Int32Array
  readonly order: Uint8Array
  readonly keeps: Uint8Array
}

/** Room for one mapping. */
export function encodedNest(levelCount: number, dimensionCount: number): EncodedNest {
  return {
    counts: new Int32Array(3 * levelCount * dimensionCount).fill(1),
    order: Uint8Array.from({length: levelCount * dimensionCount}, (_, index) => index % dimensionCount),
    keeps: new Uint8Array(levelCount).fill(0xff),
  }
}
