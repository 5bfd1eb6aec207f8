import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import type {Hierarchy, HierarchyLevel} from '../../src/accelerator/hierarchy.js'
import {type Constraints, freeConstraints} from '../../src/mapping/constraints.js'
import type {Problem} from '../../src/workload/problem.js'
import {matrixProduct, windowed} from './random-mapspaces.js'
import {repositoryRoot} from './run-command.js'

const file = path.join(repositoryRoot, '../shared/cases/timeloop-mapper.json')
const sharedFile = existsSync(file) ? file : path.join(repositoryRoot, '../../shared/cases/timeloop-mapper.json')

/** What Timeloop's mapper found, in the order of the file; undefined where the file is not there. */
export interface MapperRecord {
  readonly id: string
  readonly energyPicojoules: number
  readonly cycles: number
  readonly wallSeconds: number
}

export function mapperRecords(): readonly MapperRecord[] | undefined {
  if (!existsSync(sharedFile)) return undefined
  const {cases} = JSON.parse(readFileSync(sharedFile, 'utf8')) as {
    cases: {id: string; wall_s: number; outputs: {total_energy_pJ_sum_of_levels: number; summary: {Cycles: number}}}[]
  }
  return cases.map(({id, wall_s, outputs}) => ({
    id,
    energyPicojoules: outputs.total_energy_pJ_sum_of_levels,
    cycles: outputs.summary.Cycles,
    wallSeconds: wall_s,
  }))
}

interface LevelNumbers {
  readonly name: string
  readonly words: number
  readonly fanout?: number
  /** Picojoules a word: read, fill, update. */
  readonly picojoules: readonly [number, number, number]
  readonly accessWords?: number
}

/** A hierarchy of words of a byte, without limits of rate. */
export function wordHierarchy(name: string, levels: readonly LevelNumbers[], picojoulesPerOperation: number): Hierarchy {
  let instanceCount = 1
  const made = levels.map(({name: level, words, fanout = 1, picojoules: [read, fill, update], accessWords}): HierarchyLevel => {
    const built: HierarchyLevel = {
      name: level,
      kind: words === Number.POSITIVE_INFINITY ? 'dram' : 'scratchpad',
      instanceCount,
      fanout: {x: fanout, y: 1},
      capacityBytes: words,
      accessBits: accessWords === undefined ? undefined : 8 * accessWords,
      readJoulesPerByte: read * 1e-12,
      fillJoulesPerByte: fill * 1e-12,
      updateJoulesPerByte: update * 1e-12,
      readBytesPerCycle: Number.POSITIVE_INFINITY,
      writeBytesPerCycle: Number.POSITIVE_INFINITY,
      sharedBytesPerCycle: Number.POSITIVE_INFINITY,
      isMulticast: true,
      isReducing: true,
      bufferCount: 1,
    }
    instanceCount *= fanout
    return built
  })
  return {
    name,
    hertz: 1e9,
    levels: made,
    arithmetic: {name: 'mac', instanceCount, joulesPerOperation: picojoulesPerOperation * 1e-12, cyclesPerStep: 1},
  }
}

const unlimited = Number.POSITIVE_INFINITY

/** The hierarchy of Timeloop's tutorial 05: words of a byte, 32 to an access of the two outer levels. */
export const tutorialHierarchy = wordHierarchy(
  'tutorial-05',
  [
    {name: 'MainMemory', words: unlimited, picojoules: [64, 64, 64], accessWords: 32},
    {name: 'GlobalBuffer', words: 262_144, picojoules: [102.865 / 32, 96.301 / 32, 96.301 / 32], accessWords: 32},
    {name: 'RegisterFile', words: 64, picojoules: [0.42, 0.42, 0.42]},
  ],
  0.561,
)

/** Three levels over an array of multiply-adders. */
export function arrayHierarchy(bufferWords: number, registerWords: number, arrayCount: number): Hierarchy {
  return wordHierarchy(
    `array-${arrayCount}`,
    [
      {name: 'DRAM', words: unlimited, picojoules: [64, 64, 64]},
      {name: 'GLB', words: bufferWords, fanout: arrayCount, picojoules: [4, 5, 5]},
      {name: 'RF', words: registerWords, picojoules: [0.25, 0.5, 0.5]},
    ],
    1,
  )
}

/** The cases of Timeloop's mapper that need no import, in the order of the file. */
export const mapperCases: readonly {readonly problem: Problem; readonly hierarchy: Hierarchy; readonly constraints: Constraints}[] = [
  {problem: windowed([32, 3, 16]), hierarchy: tutorialHierarchy, constraints: freeConstraints(3, 3, 3)},
  {problem: matrixProduct([64, 64, 64]), hierarchy: arrayHierarchy(2048, 32, 16), constraints: freeConstraints(3, 3, 3)},
  {problem: matrixProduct([4, 4, 4]), hierarchy: arrayHierarchy(64, 16, 4), constraints: keepingAll(freeConstraints(3, 3, 3))},
]

function keepingAll(constraints: Constraints): Constraints {
  return {...constraints, levels: constraints.levels.map((level) => ({...level, keeps: level.keeps.map(() => true)}))}
}
