import type {Hierarchy, HierarchyLevel} from '../../src/accelerator/hierarchy.js'
import {type Constraints, freeConstraints} from '../../src/mapping/constraints.js'
import type {Problem} from '../../src/workload/problem.js'

export {matrixProduct} from './random-mapspaces.js'

interface LevelNumbers {
  readonly name: string
  readonly words: number
  readonly fanout: number
  /** A word: read, fill, update. */
  readonly picojoules: readonly [number, number, number]
}

/** Memory, a buffer, and registers beside each of a row of multiply-adders; words of a byte, and no limits of rate. */
export function arrayHierarchy(bufferWords: number, registerWords: number, arrayCount: number): Hierarchy {
  const levels: readonly LevelNumbers[] = [
    {name: 'DRAM', words: Number.POSITIVE_INFINITY, fanout: 1, picojoules: [64, 64, 64]},
    {name: 'GLB', words: bufferWords, fanout: arrayCount, picojoules: [4, 5, 5]},
    {name: 'RF', words: registerWords, fanout: 1, picojoules: [0.25, 0.5, 0.5]},
  ]
  return {
    name: `array-${arrayCount}`,
    hertz: 1e9,
    levels: levels.map(built),
    arithmetic: {name: 'mac', instanceCount: arrayCount, joulesPerOperation: 1e-12, cyclesPerStep: 1},
  }
}

function built(
  {name, words, fanout, picojoules: [read, fill, update]}: LevelNumbers,
  index: number,
  all: readonly LevelNumbers[],
): HierarchyLevel {
  return {
    name,
    kind: index === 0 ? 'dram' : 'scratchpad',
    instanceCount: all.slice(0, index).reduce((count, outer) => count * outer.fanout, 1),
    fanout: {x: fanout, y: 1},
    capacityBytes: words,
    accessBits: undefined,
    readJoulesPerByte: read * 1e-12,
    fillJoulesPerByte: fill * 1e-12,
    updateJoulesPerByte: update * 1e-12,
    readBytesPerCycle: Number.POSITIVE_INFINITY,
    writeBytesPerCycle: Number.POSITIVE_INFINITY,
    sharedBytesPerCycle: Number.POSITIVE_INFINITY,
    isMulticast: true,
    isReducing: true,
    bufferCount: undefined,
  }
}

/** A problem on a hierarchy, with nothing fixed. */
export function freeCase(
  problem: Problem,
  hierarchy: Hierarchy,
): {readonly problem: Problem; readonly hierarchy: Hierarchy; readonly constraints: Constraints} {
  return {problem, hierarchy, constraints: freeConstraints(hierarchy.levels.length, problem.dimensions.length, problem.tensors.length)}
}
