import type {EncodedNest} from './encoded-nest.js'
import type {MovedWords} from './moved-words.js'
import type {NestCounts} from './nest-counts.js'
import type {LevelTables, TensorTables} from './nest-tables.js'
import {portCycles} from './price.js'

/**
 * Adds to the cycles of a priced nest those in which levels with buffers make others wait, from the innermost outward: what is inside of a
 * level and its ports work at once, then come the fills and drains that nothing hides. One buffer hides none; two hide all but the first
 * tile's fill and the last one's drain.
 */
export function addStalls(tensors: TensorTables, levels: LevelTables, nest: EncodedNest, counts: NestCounts, busiest: MovedWords): void {
  const {levelCycles, stallCycles} = counts
  let cycles = counts.arithmeticCycles
  let longest = cycles
  counts.boundLevel = -1
  for (let level = levels.levelCount - 1; level >= 0; level--) {
    const waits = level > 0 && levels.bufferCounts[level]! > 0
    const {stalled, port} = waits
      ? exposed(tensors, levels, nest, counts.tileWords, busiest, level)
      : {stalled: 0, port: levelCycles[level]!}
    stallCycles[level] = stalled
    if (port > cycles) {
      cycles = port
      longest = port
      counts.boundLevel = level
    }
    cycles += stalled
    if (stalled > longest) {
      longest = stalled
      counts.boundLevel = level
    }
  }
  counts.energyJoules += (cycles - counts.cycles) * levels.joulesPerCycle
  counts.cycles = cycles
  counts.utilizationRatio = (tensors.operationCount * levels.cyclesPerStep) / (cycles * levels.arithmeticCount)
}

/** Cycles of the fills and drains of a level that nothing hides, one tensor after the other, and those of its ports beside them. */
function exposed(
  {tensorCount, elementBytes, isOutput}: TensorTables,
  levels: LevelTables,
  {keeps}: EncodedNest,
  tileWords: Float64Array,
  {readWords, fillWords, updateWords, drainWords}: MovedWords,
  level: number,
): {stalled: number; port: number} {
  const isSingle = levels.bufferCounts[level] === 1
  let [stalled, readBytes, writtenBytes] = [0, 0, 0]
  for (let tensor = 0; tensor < tensorCount; tensor++) {
    if (((keeps[level]! >> tensor) & 1) === 0) continue
    const cell = level * tensorCount + tensor
    const parent = serverOf(keeps, tensor, level)
    const served = parent * tensorCount + tensor
    const bytes = elementBytes[tensor]!
    const fillBytes = fillWords[cell]! * bytes
    const shareOf = (words: number): number => (isSingle ? 1 : Math.min(1, tileWords[cell]! / words))
    const fillCycles = Math.max(portCycles(levels, level, 0, fillBytes), portCycles(levels, parent, readWords[served]! * bytes, 0))
    readBytes += readWords[cell]! * bytes
    if (isOutput[tensor] === 0) {
      const share = shareOf(fillWords[cell]!)
      stalled += share * fillCycles
      writtenBytes += (1 - share) * fillBytes
      continue
    }
    const drainCycles = Math.max(
      portCycles(levels, level, drainWords[cell]! * bytes, 0),
      portCycles(levels, parent, 0, updateWords[served]! * bytes),
    )
    // The first tile of results begins empty, so that two buffers hide all fills.
    stalled += (isSingle ? fillCycles : 0) + shareOf(drainWords[cell]!) * drainCycles
    writtenBytes += (isSingle ? 0 : fillBytes) + updateWords[cell]! * bytes
  }
  return {stalled, port: portCycles(levels, level, readBytes, writtenBytes)}
}

/** The next level outward that keeps the tensor. */
function serverOf(keeps: Uint8Array, tensor: number, level: number): number {
  let parent = level - 1
  while (parent > 0 && ((keeps[parent]! >> tensor) & 1) === 0) parent--
  return parent
}
