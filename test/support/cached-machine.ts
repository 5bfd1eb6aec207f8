import type {Accelerator} from '../../src/accelerator/accelerator.js'
import {tinyMachine, tinyText} from './tiny-machine.js'

/** Rows, columns and depth of a matrix instruction: of a warp, and of a warpgroup, whose kernels persist. */
export const nativeTiles = {warp: 'm: 16, n: 16, k: 16', warpgroup: 'm: 64, n: 8, k: 16'} as const

const bufferLine = /^ {2}buffer: .*$/m

/**
 * The tiny machine with 108 cores that each have a scratchpad, behind a cache of 50 ns. At 1 GHz a core computes 1000 matrix operations,
 * 1000 element operations and 100 exponentials in a nanosecond. Ports and cache are too wide, and the cache too large, to matter before
 * they are set.
 */
export function cachedMachine(set: Readonly<Record<string, string>> = {}, native: keyof typeof nativeTiles = 'warp'): Accelerator {
  const text = tinyText
    .replace('cores: {value: 100}', `cores: {value: 108}\n${wideParameters}`)
    .replace(nativeTiles.warp, nativeTiles[native])
    .replace(bufferLine, memories)
  return tinyMachine(set, text)
}

const wideParameters = `  portWidth: {value: 1000000000 B/cycle}
  cacheWidth: {value: 1000000000 B/cycle}
  cacheCapacity: {value: 1 TiB}`

const memories = `  buffer: {kind: scratchpad, instances: cores, capacity: bufferCapacity, clock: core, bandwidth: portWidth, latency: 0 s, energy: 1 pJ/B}
  l2: {kind: cache, instances: 1, capacity: cacheCapacity, clock: core, bandwidth: cacheWidth, latency: 50 ns, energy: 1 pJ/B}`
