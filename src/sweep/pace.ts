/** How many rows the next batch has, so that it takes a moment and no longer. */
export interface Pace {
  readonly rowCount: () => number
  readonly secondsPerRow: () => number
  readonly observe: (rowCount: number, seconds: number) => void
}

/** How long a batch should take: interrupts and progress wait for it. */
const batchSeconds = 0.3
/** A first batch has one row, as one may take seconds; each next one this many times more at most. */
const growthRatio = 8

/** The pace of a space that nothing is known of yet; its batches have up to `mostRows` rows. */
export function newPace(mostRows: number): Pace {
  let next = 1
  let slope = 0
  return {
    rowCount: () => next,
    secondsPerRow: () => slope,
    observe: (rowCount, seconds) => {
      slope = seconds / rowCount
      const wanted = Math.min(rowCount * growthRatio, Math.floor(batchSeconds / slope), mostRows)
      next = Math.max(1, wanted)
    },
  }
}
