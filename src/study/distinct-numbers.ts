/** Collects numbers, each of them once, in room for not many more than there are. */
export class DistinctNumbers {
  #numbers = new Float64Array(1024)
  #count = 0
  #last = Number.NaN

  add(number: number): void {
    if (number === this.#last) return
    this.#last = number
    if (this.#count === this.#numbers.length) this.#compact()
    this.#numbers[this.#count++] = number
  }

  /** All of them, ascending. */
  sorted(): Float64Array {
    this.#compact()
    return this.#numbers.slice(0, this.#count)
  }

  /** Leaves each number once, and room for as many again. */
  #compact(): void {
    const sorted = this.#numbers.subarray(0, this.#count).sort()
    let kept = 0
    for (const number of sorted) if (kept === 0 || number !== sorted[kept - 1]) sorted[kept++] = number
    const room = new Float64Array(Math.max(1024, 2 * kept))
    room.set(sorted.subarray(0, kept))
    this.#numbers = room
    this.#count = kept
  }
}

/** Where a number stands among ascending ones that hold it. */
export function placeIn(sorted: Float64Array, number: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < number) low = middle + 1
    else high = middle
  }
  return low
}
