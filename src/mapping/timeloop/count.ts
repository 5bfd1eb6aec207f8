import type {EncodedNest} from '../encoded-nest.js'
import type {LoopNest} from '../loop-nest.js'
import type {NestProgram} from '../nest-program.js'
import {price} from '../price.js'
import {flatNest} from './flat-nest.js'
import {timeloopTraffic} from './traffic.js'

/** Fills the counts of a nest, after `fitNest`, as Timeloop 3.0.3 would: accesses by its replay, and whole cycles. */
export function countAsTimeloop(program: NestProgram, nest: LoopNest, encoded: EncodedNest): void {
  const {problem, hierarchy, tensors, levels, counts} = program
  const flat = flatNest(problem, hierarchy, nest)
  for (const [level, row] of timeloopTraffic(problem, flat, nest).entries()) {
    counts.instanceCounts[level] = flat.levels[flat.levels.length - 1 - level]!.instances
    for (const [tensor, {reads, fills, updates}] of row.entries()) {
      const cell = level * tensors.tensorCount + tensor
      counts.readWords[cell] = reads
      counts.fillWords[cell] = fills
      counts.updateWords[cell] = updates
    }
  }
  counts.stepCount = flat.stepCount
  counts.arithmeticCycles = flat.stepCount * levels.cyclesPerStep
  price(tensors, levels, encoded, counts, counts)
  throttle(program)
}

/** Whole cycles, by the same operations in the same order, so that what is rounded up is the same number. */
function throttle({hierarchy, tensors, levels, counts}: NestProgram): void {
  const steps = counts.arithmeticCycles
  counts.cycles = steps
  for (const [level, {readBytesPerCycle, writeBytesPerCycle, sharedBytesPerCycle}] of hierarchy.levels.entries()) {
    let [read, written, both] = [0, 0, 0]
    for (let tensor = 0; tensor < tensors.tensorCount; tensor++) {
      const cell = level * tensors.tensorCount + tensor
      const bytes = tensors.elementBytes[tensor]!
      const [reads, writes] = [counts.readWords[cell]! * bytes, (counts.updateWords[cell]! + counts.fillWords[cell]!) * bytes]
      read += reads / steps
      written += writes / steps
      both += (reads + writes) / steps
    }
    const slowdown = Math.min(1, readBytesPerCycle / read, writeBytesPerCycle / written, sharedBytesPerCycle / both)
    counts.levelCycles[level] = Math.ceil(steps / slowdown)
    counts.cycles = Math.max(counts.cycles, counts.levelCycles[level]!)
  }
  counts.utilizationRatio = tensors.operationCount / levels.arithmeticCount / counts.cycles
}
