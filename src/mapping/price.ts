import type {EncodedNest} from './encoded-nest.js'
import type {MovedWords} from './moved-words.js'
import type {NestCounts} from './nest-counts.js'
import type {LevelTables, TensorTables} from './nest-tables.js'

/**
 * Fills energies, cycles and utilization from the words that move: energies from those of the average instance, in whole accesses, and cycles
 * from those of the busiest.
 */
export function price(tensors: TensorTables, levels: LevelTables, {keeps}: EncodedNest, counts: NestCounts, busiest: MovedWords): void {
  const {tensorCount, elementBytes, operationCount, isOutput} = tensors
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
      readBytes += busiest.readWords[cell]! * elementBytes[tensor]!
      writtenBytes += busiest.fillWords[cell]! * elementBytes[tensor]!
      let cellJoules = (words === 0 ? reads : Math.ceil(reads / words)) * readJoules[cell]!
      cellJoules += (words === 0 ? fills : Math.ceil(fills / words)) * fillJoules[cell]!
      if (isOutput[tensor] === 1) {
        const updates = updateWords[cell]!
        writtenBytes += busiest.updateWords[cell]! * elementBytes[tensor]!
        cellJoules += (words === 0 ? updates : Math.ceil(updates / words)) * updateJoules[cell]!
      }
      tensorJoules[cell] = cellJoules
      joules += cellJoules
    }
    energyJoules += joules * instanceCounts[level]!
    const needed = portCycles(levels, level, readBytes, writtenBytes)
    levelCycles[level] = needed
    cycles = Math.max(cycles, needed)
  }
  counts.cycles = cycles
  counts.energyJoules = energyJoules + cycles * levels.joulesPerCycle
  counts.utilizationRatio = (operationCount * levels.cyclesPerStep) / (cycles * levels.arithmeticCount)
}

/** Cycles that the ports of a level take for what one instance moves. */
export function portCycles(levels: LevelTables, level: number, readBytes: number, writtenBytes: number): number {
  const apart = Math.max(readBytes * levels.readCyclesPerByte[level]!, writtenBytes * levels.writeCyclesPerByte[level]!)
  return Math.max(apart, (readBytes + writtenBytes) * levels.sharedCyclesPerByte[level]!)
}
