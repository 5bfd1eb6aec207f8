/**
 * Evenly spread weights that sum to 1: every way to share out some parts among objectives, as many parts as give at most so many
 * directions. Das and Dennis, "Normal-boundary intersection", SIAM Journal on Optimization 8(3), 1998.
 */
export function evenDirections(objectiveCount: number, mostCount: number): readonly (readonly number[])[] {
  let partCount = 1
  while (objectiveCount > 1 && sharingCount(partCount + 1, objectiveCount) <= mostCount) partCount++
  return sharings(partCount, objectiveCount).map((parts) => parts.map((part) => part / partCount))
}

function sharings(partCount: number, objectiveCount: number): number[][] {
  if (objectiveCount === 0) return [[]]
  if (objectiveCount === 1) return [[partCount]]
  return Array.from({length: partCount + 1}, (_, first) =>
    sharings(partCount - first, objectiveCount - 1).map((rest) => [first, ...rest]),
  ).flat()
}

/** How many ways there are to share out equal parts: a binomial coefficient. */
function sharingCount(partCount: number, objectiveCount: number): number {
  let count = 1
  for (let index = 1; index < objectiveCount; index++) count = (count * (partCount + index)) / index
  return count
}
