/** Below this many keys, counting buckets costs more than comparing. */
const radixSortMinimum = 4096

/**
 * Places of numbers without NaN from the least to the largest, equal ones in the order given.
 * Many are radix sorted on their bits: negative ones are inverted and positive ones get their sign bit set, so that bits sort as numbers do.
 */
export function orderOfFloats(keys: Float64Array): Int32Array {
  if (keys.length < radixSortMinimum) return identity(keys.length).sort((a, b) => keys[a]! - keys[b]!)
  const words = new Uint32Array(keys.slice().buffer)
  const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
  const low = new Uint32Array(keys.length)
  const high = new Uint32Array(keys.length)
  for (let i = 0; i < keys.length; i++) {
    const upper = words[2 * i + (isLittleEndian ? 1 : 0)]!
    const lower = words[2 * i + (isLittleEndian ? 0 : 1)]!
    const isNegative = upper >>> 31 === 1
    high[i] = isNegative ? ~upper : upper | 0x80000000
    low[i] = isNegative ? ~lower : lower
  }
  return sortedBy(high, sortedBy(low, identity(keys.length)))
}

/** 0, 1, 2 and so on. */
export function identity(length: number): Int32Array {
  const order = new Int32Array(length)
  for (let i = 0; i < length; i++) order[i] = i
  return order
}

/** Stable sort of `order` by 32-bit keys, 16 bits a pass; a half-word that all share costs no pass. */
export function sortedBy(keys: Uint32Array, order: Int32Array): Int32Array {
  if (keys.length < radixSortMinimum) return order.sort((a, b) => keys[a]! - keys[b]!)
  let from = order
  for (const shift of [0, 16]) {
    const starts = new Int32Array(65_537)
    for (let i = 0; i < keys.length; i++) starts[((keys[i]! >>> shift) & 0xffff) + 1]!++
    if (keys.length === 0 || starts[((keys[0]! >>> shift) & 0xffff) + 1] === keys.length) continue
    for (let bucket = 1; bucket < starts.length; bucket++) starts[bucket]! += starts[bucket - 1]!
    const to = new Int32Array(from.length)
    for (let i = 0; i < from.length; i++) {
      const bucket = (keys[from[i]!]! >>> shift) & 0xffff
      to[starts[bucket]!++] = from[i]!
    }
    from = to
  }
  return from
}
