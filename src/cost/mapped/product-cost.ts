import type {Hierarchy, HierarchyLevel} from '../../accelerator/hierarchy.js'
import type {EncodedNest} from '../../mapping/encoded-nest.js'
import {compileNest, countNest, fitNest} from '../../mapping/nest-program.js'
import type {Problem} from '../../workload/problem.js'

/** What a mapping does, whatever the rates of the machine are. */
export interface CountedNest {
  /** Padding and the rest of the last tiles included. */
  readonly executedOperationCount: number
  readonly arithmeticCycles: number
  /** Of the hierarchy, outermost first. */
  readonly levels: readonly {readonly instanceCount: number; readonly readBytes: number; readonly writtenBytes: number}[]
}

/** What a mapped product does to one memory of the machine, all its instances together. */
export interface MemoryCost {
  readonly readBytes: number
  readonly writeBytes: number
  /** That the busiest of its ports needs on its own. */
  readonly seconds: number
}

/** One run of a product as a mapping runs it, at the clocks of a hierarchy. */
export interface ProductCost {
  readonly executedOperationCount: number
  readonly arithmeticSeconds: number
  /** Of the machine's memories, innermost first. */
  readonly memories: readonly MemoryCost[]
}

/** Counts what a nest does, in bytes of one instance. */
export function countedNest(problem: Problem, hierarchy: Hierarchy, nest: EncodedNest): CountedNest {
  const program = compileNest(problem, hierarchy)
  fitNest(program, nest)
  countNest(program, nest)
  const {counts, tensors} = program
  const levels = hierarchy.levels.map((_, level) => {
    const kept = level === 0 ? 0xff : nest.keeps[level]!
    const bytes = (words: (cell: number) => number): number =>
      problem.tensors.reduce((sum, __, tensor) => {
        if (((kept >> tensor) & 1) === 0) return sum
        return sum + words(level * tensors.tensorCount + tensor) * tensors.elementBytes[tensor]!
      }, 0)
    return {
      instanceCount: counts.instanceCounts[level]!,
      readBytes: bytes((cell) => counts.readWords[cell]!),
      writtenBytes: bytes((cell) => counts.fillWords[cell]! + counts.updateWords[cell]!),
    }
  })
  const executedOperationCount = 2 * counts.stepCount * stepLaneCount(hierarchy, counts.instanceCounts)
  return {executedOperationCount, arithmeticCycles: counts.arithmeticCycles, levels}
}

/** What counts cost at the rates of a hierarchy; `memoryNames` innermost first. */
export function productCost(counted: CountedNest, hierarchy: Hierarchy, memoryNames: readonly string[]): ProductCost {
  return {
    executedOperationCount: counted.executedOperationCount,
    arithmeticSeconds: counted.arithmeticCycles / hierarchy.hertz,
    memories: memoryNames.map((name) => memoryCost(counted, hierarchy, name)),
  }
}

/** A matrix unit that works at all works through its whole tile; other multiply-adders rest where there is nothing for them. */
function stepLaneCount({levels, arithmetic: {tile}}: Hierarchy, instanceCounts: Float64Array): number {
  const last = levels.length - 1
  return tile === undefined ? instanceCounts[last + 1]! : instanceCounts[last]! * tile.m * tile.n * tile.k
}

/** A memory of partitions is several levels, each with ports of its own. */
function memoryCost({levels}: CountedNest, hierarchy: Hierarchy, memory: string): MemoryCost {
  const cost = {readBytes: 0, writeBytes: 0, seconds: 0}
  for (const [index, level] of hierarchy.levels.entries()) {
    if (level.name !== memory && !level.name.startsWith(`${memory}.`)) continue
    const {instanceCount, readBytes, writtenBytes} = levels[index]!
    cost.readBytes += readBytes * instanceCount
    cost.writeBytes += writtenBytes * instanceCount
    cost.seconds = Math.max(cost.seconds, portCycles(level, readBytes, writtenBytes) / hierarchy.hertz)
  }
  return cost
}

function portCycles({readBytesPerCycle, writeBytesPerCycle, sharedBytesPerCycle}: HierarchyLevel, read: number, written: number): number {
  return Math.max(read / readBytesPerCycle, written / writeBytesPerCycle, (read + written) / sharedBytesPerCycle)
}
