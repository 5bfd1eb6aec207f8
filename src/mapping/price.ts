import type {EncodedNest} from './encoded-nest.js'
import type {NestCounts} from './nest-counts.js'
import type {LevelTables, TensorTables} from './nest-tables.js'

/** Fills energies, cycles and utilization from the words that move. */
export function price(tensors: TensorTables, levels: LevelTables, {keeps}: EncodedNest, counts: NestCounts): void {
  const {tensorCount, elementBytes, operationCount} = tensors
  const {readWords, fillWords, updateWords, tensorJoules, levelCycles, instanceCounts} = counts
  const {readJoules, fillJoules, updateJoules, wordsPerAccess} = levels
  let cycles = counts.arithmeticCycles
  let energyJoules = operationCount * levels.joulesPerOperation
  for (let level = 0; level < levels.levelCount; level++) {
    const kept = level === 0 ? 0xff : keeps[level]!
    let readBytes = 0
    let writtenBytes = 0
    let joules = 0
    for (let tensor = 0; tensor < tensorCount; tensor++) {
      if (((kept >> tensor) & 1) === 0) continue
      const cell = level * tensorCount + tensor
      const words = wordsPerAccess[cell]!
      const reads = readWords[cell]!
      const fills = fillWords[cell]!
      const updates = updateWords[cell]!
      readBytes += reads * elementBytes[tensor]!
      writtenBytes += (fills + updates) * elementBytes[tensor]!
      const cellJoules =
        accesses(reads, words) * readJoules[cell]! +
        accesses(fills, words) * fillJoules[cell]! +
        accesses(updates, words) * updateJoules[cell]!
      tensorJoules[cell] = cellJoules
      joules += cellJoules
    }
    energyJoules += joules * instanceCounts[level]!
    let needed = readBytes * levels.readCyclesPerByte[level]!
    needed = Math.max(needed, writtenBytes * levels.writeCyclesPerByte[level]!)
    needed = Math.max(needed, (readBytes + writtenBytes) * levels.sharedCyclesPerByte[level]!)
    levelCycles[level] = needed
    cycles = Math.max(cycles, needed)
  }
  counts.cycles = cycles
  counts.energyJoules = energyJoules
  counts.utilizationRatio = (operationCount * levels.cyclesPerStep) / (cycles * levels.arithmeticCount)
}

function accesses(words: number, wordsPerAccess: number): number {
  return wordsPerAccess === 0 ? words : Math.ceil(words / wordsPerAccess)
}
