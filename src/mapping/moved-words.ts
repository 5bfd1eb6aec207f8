/** Words that one instance moves, by level and tensor. */
export interface MovedWords {
  readonly readWords: Float64Array
  readonly fillWords: Float64Array
  readonly updateWords: Float64Array
  /** Of outputs: handed to the next level outward. */
  readonly drainWords: Float64Array
}

/** Room for the words of one nest; a last row is for the multiply-adders. */
export function movedWords(levelCount: number, tensorCount: number): MovedWords {
  const table = () => new Float64Array((levelCount + 1) * tensorCount)
  return {readWords: table(), fillWords: table(), updateWords: table(), drainWords: table()}
}

/** Copies all words. */
export function copyWords(from: MovedWords, to: MovedWords): void {
  to.readWords.set(from.readWords)
  to.fillWords.set(from.fillWords)
  to.updateWords.set(from.updateWords)
  to.drainWords.set(from.drainWords)
}

/** Puts what instances of a level serve, of which `heldWords` come up for the first time: sums are read back only after that. */
export function putServed(
  {readWords, updateWords}: MovedWords,
  cell: number,
  isSum: boolean,
  words: number,
  heldWords: number,
  instanceCount: number,
): void {
  readWords[cell] = (words - heldWords) / instanceCount
  if (isSum) updateWords[cell] = words / instanceCount
}

/** Puts what instances of a level take, or hand up, in the same way. */
export function putTaken(
  {fillWords, drainWords}: MovedWords,
  cell: number,
  isSum: boolean,
  words: number,
  heldWords: number,
  instanceCount: number,
): void {
  fillWords[cell] = (words - heldWords) / instanceCount
  if (isSum) drainWords[cell] = words / instanceCount
}
