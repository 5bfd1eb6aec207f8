/** Numbers of one kind, a value for each row: codes of an axis, or anything else. */
export type NumberColumn = Float64Array | Int32Array

/**
 * A column of a chunk as it is stored. Without bytes it goes in steps of one from the minimum to the maximum, which may be equal;
 * without a minimum nothing in it is known. With bytes it holds either whole numbers, as what they exceed the minimum by in one, two
 * or four bytes each, or numbers of eight bytes with NaN for "not known". Bytes are little-endian, like every machine that runs Node.
 */
export interface StoredColumn {
  readonly minimum: number | null
  readonly maximum: number | null
  readonly bytes: Uint8Array | null
}

type NarrowColumn = Uint8Array | Uint16Array | Uint32Array

interface ViewOf<T> {
  readonly BYTES_PER_ELEMENT: number
  new (length: number): T
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T
}

const narrowArrays: readonly ViewOf<NarrowColumn>[] = [Uint8Array, Uint16Array, Uint32Array]

/** The first rows of a column as they are stored; -0 becomes 0. */
export function encodedColumn(values: NumberColumn, rowCount: number): StoredColumn {
  const {minimum, maximum, unknownCount, isWhole, isRamp, hasNegativeZero} = traits(values, rowCount)
  if (unknownCount === rowCount) return {minimum: null, maximum: null, bytes: null}
  const range = {minimum: minimum + 0, maximum: maximum + 0}
  if (unknownCount === 0 && (minimum === maximum || isRamp)) return {...range, bytes: null}
  if (unknownCount === 0 && isWhole) {
    const Narrow = narrowArrays.find(({BYTES_PER_ELEMENT}) => maximum - minimum < 2 ** (8 * BYTES_PER_ELEMENT))
    if (Narrow !== undefined) {
      const steps = new Narrow(rowCount)
      for (let row = 0; row < rowCount; row++) steps[row] = values[row]! - minimum
      return {...range, bytes: bytesOf(steps)}
    }
  }
  if (values instanceof Float64Array && !hasNegativeZero) return {...range, bytes: bytesOf(values.subarray(0, rowCount))}
  const numbers = new Float64Array(rowCount)
  for (let row = 0; row < rowCount; row++) numbers[row] = values[row]! + 0
  return {...range, bytes: bytesOf(numbers)}
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

function traits(values: NumberColumn, rowCount: number) {
  let minimum = Number.POSITIVE_INFINITY
  let maximum = Number.NEGATIVE_INFINITY
  let unknownCount = 0
  let isWhole = true
  let isRamp = true
  let hasNegativeZero = false
  const first = values[0] ?? Number.NaN
  for (let row = 0; row < rowCount; row++) {
    const value = values[row]!
    if (value < minimum) minimum = value
    if (value > maximum) maximum = value
    if (value !== first + row) isRamp = false
    if (Number.isNaN(value)) unknownCount++
    else if (value === 0) hasNegativeZero ||= 1 / value < 0
    else if (isWhole && value !== Math.floor(value)) isWhole = false
  }
  return {minimum, maximum, unknownCount, isWhole, isRamp, hasNegativeZero}
}

/** A stored column as numbers; NaN where they are not known. */
export function decodedNumbers(column: StoredColumn, rowCount: number): Float64Array {
  const {minimum, bytes} = column
  if (minimum === null) return new Float64Array(rowCount).fill(Number.NaN)
  if (bytes !== null && bytes.length === 8 * rowCount) return viewOf(Float64Array, bytes, rowCount)
  const numbers = new Float64Array(rowCount)
  fillWhole(column, minimum, numbers)
  return numbers
}

/** A stored column of codes. */
export function decodedCodes(column: StoredColumn, rowCount: number): Int32Array {
  const codes = new Int32Array(rowCount)
  fillWhole(column, column.minimum ?? 0, codes)
  return codes
}

function fillWhole({maximum, bytes}: StoredColumn, minimum: number, out: NumberColumn): void {
  if (bytes === null) {
    if (minimum === maximum) out.fill(minimum)
    else for (let row = 0; row < out.length; row++) out[row] = minimum + row
    return
  }
  const width = bytes.length / out.length
  const Narrow = narrowArrays.find(({BYTES_PER_ELEMENT}) => BYTES_PER_ELEMENT === width)
  if (Narrow === undefined) throw new RangeError(`a column of ${out.length} rows cannot have ${bytes.length} bytes`)
  const steps = viewOf(Narrow, bytes, out.length)
  for (let row = 0; row < out.length; row++) out[row] = minimum + steps[row]!
}

/** The bytes themselves where they lie at a multiple of the width, else a copy. */
function viewOf<T>(View: ViewOf<T>, bytes: Uint8Array, length: number): T {
  const aligned = bytes.byteOffset % View.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes)
  return new View(aligned.buffer, aligned.byteOffset, length)
}
