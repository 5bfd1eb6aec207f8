import type {Hierarchy} from '../../accelerator/hierarchy.js'
import type {EncodedNest} from '../../mapping/encoded-nest.js'
import {countNest, fitNest, type NestProgram} from '../../mapping/nest-program.js'

/** What a mapped product does to one memory of the machine, all its instances together, at the clocks of its hierarchy. */
export interface MemoryCost {
  readonly readBytes: number
  readonly writeBytes: number
  /** That the busiest of its ports needs on its own. */
  readonly seconds: number
}

/** One run of a product as a mapping runs it. */
export interface ProductCost {
  /** Padding and the rest of the last tiles included. */
  readonly executedOperations: number
  readonly arithmeticSeconds: number
  /** Of the machine's memories, innermost first. */
  readonly memories: readonly MemoryCost[]
}

/** Counts what a nest does, whether or not it fits; `memoryNames` innermost first. */
export function productCost(program: NestProgram, nest: EncodedNest, memoryNames: readonly string[]): ProductCost {
  fitNest(program, nest)
  countNest(program, nest)
  const {hierarchy, counts} = program
  return {
    executedOperations: 2 * counts.stepCount * stepLaneCount(hierarchy, counts.instanceCounts),
    arithmeticSeconds: counts.arithmeticCycles / hierarchy.hertz,
    memories: memoryNames.map((name) => memoryCost(program, nest, name)),
  }
}

/** A matrix unit that works at all works through its whole tile; other multiply-adders rest where there is nothing for them. */
function stepLaneCount({levels, arithmetic: {tile}}: Hierarchy, instanceCounts: Float64Array): number {
  const last = levels.length - 1
  return tile === undefined ? instanceCounts[last + 1]! : instanceCounts[last]! * tile.m * tile.n * tile.k
}

/** A memory of partitions is several levels, each with ports of its own. */
function memoryCost({problem, hierarchy, tensors, counts}: NestProgram, {keeps}: EncodedNest, memory: string): MemoryCost {
  const cost = {readBytes: 0, writeBytes: 0, seconds: 0}
  for (const [level, {name}] of hierarchy.levels.entries()) {
    if (name !== memory && !name.startsWith(`${memory}.`)) continue
    const kept = level === 0 ? 0xff : keeps[level]!
    for (const tensor of problem.tensors.keys()) {
      if (((kept >> tensor) & 1) === 0) continue
      const cell = level * tensors.tensorCount + tensor
      const bytes = counts.instanceCounts[level]! * tensors.elementBytes[tensor]!
      cost.readBytes += counts.readWords[cell]! * bytes
      cost.writeBytes += (counts.fillWords[cell]! + counts.updateWords[cell]!) * bytes
    }
    cost.seconds = Math.max(cost.seconds, counts.levelCycles[level]! / hierarchy.hertz)
  }
  return cost
}
