import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Hierarchy} from '../../src/accelerator/hierarchy.js'
import {loadHierarchy} from '../../src/accelerator/load-hierarchy.js'
import type {Constraints} from '../../src/mapping/constraints.js'
import {hierarchyConstraints} from '../../src/mapping/hierarchy-constraints.js'
import {loadStrategy} from '../../src/mapping/load-strategy.js'
import type {Objective} from '../../src/search/objectives.js'
import {importTimeloop} from '../../src/timeloop/import-timeloop.js'
import {loadProblem} from '../../src/workload/load-problem.js'
import type {Problem} from '../../src/workload/problem.js'
import {sharedCases} from './shared-cases.js'

interface MapperFile {
  readonly cases: readonly {
    readonly id: string
    readonly wall_s: number
    readonly inputs: Readonly<Record<string, unknown>> & {readonly mapper: {readonly 'optimization-metric': readonly string[]}}
    readonly outputs: {readonly total_energy_pJ_sum_of_levels: number; readonly summary: {readonly Cycles: number}}
  }[]
}

/** What Timeloop's mapper was asked, and the best that it found. */
export interface MapperCase {
  readonly id: string
  readonly problem: Problem
  readonly hierarchy: Hierarchy
  readonly constraints: Constraints
  readonly aim: readonly Objective[]
  readonly bestPicojoules: number
  readonly bestCycles: number
  readonly wallSeconds: number
}

/** The shared cases of Timeloop's mapper, imported; none where they are not there. */
export function mapperCases(): readonly MapperCase[] {
  const file = sharedCases('timeloop-mapper.json') as MapperFile | undefined
  return (file?.cases ?? []).map(({id, wall_s, inputs, outputs}) => {
    const {mapper, ...design} = inputs
    return {
      id,
      ...imported(design),
      aim: mapper['optimization-metric'].map((metric) => (metric === 'delay' ? 'latency' : metric) as Objective),
      bestPicojoules: outputs.total_energy_pJ_sum_of_levels,
      bestCycles: outputs.summary.Cycles,
      wallSeconds: wall_s,
    }
  })
}

function imported(design: Readonly<Record<string, unknown>>): Pick<MapperCase, 'problem' | 'hierarchy' | 'constraints'> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ridge-mapper-'))
  try {
    const files = Object.entries(design).flatMap(([key, value]) => {
      if (Array.isArray(value) && value.length === 0) return []
      const file = path.join(folder, `${key}.in.yaml`)
      writeFileSync(file, JSON.stringify({[key]: value}))
      return [file]
    })
    importTimeloop(files, folder)
    const problem = loadProblem(path.join(folder, 'problem.yaml'))
    const narrow = loadHierarchy(path.join(folder, 'accelerator.yaml'), {dtype: problem.dtype})
    // Timeloop's networks share what a level sends also past levels that a tensor passes, whose arrays are then between them.
    const hierarchy = {...narrow, levels: narrow.levels.map((level) => ({...level, isMulticast: true, isReducing: true}))}
    const strategy = path.join(folder, 'strategy.yaml')
    const constraints = existsSync(strategy) ? loadStrategy(strategy, problem, hierarchy) : hierarchyConstraints(problem, hierarchy)
    return {problem, hierarchy, constraints}
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}
