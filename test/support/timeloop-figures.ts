import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {loadHierarchy} from '../../src/accelerator/load-hierarchy.js'
import {loadMapping} from '../../src/mapping/load-mapping.js'
import {type FittingMapping, mappedProblem} from '../../src/mapping/mapped-problem.js'
import {importTimeloop} from '../../src/timeloop/import-timeloop.js'
import {loadProblem} from '../../src/workload/load-problem.js'
import {repositoryRoot} from './run-command.js'

export type TimeloopInputs = Readonly<Record<string, unknown>>

interface TensorFigures {
  readonly 'Utilized capacity': number
  readonly 'Utilized instances (max)': number
  readonly 'Scalar reads (per-instance)': number
  readonly 'Scalar fills (per-instance)': number
  readonly 'Scalar updates (per-instance)': number
  readonly 'Energy (per-instance)': string
}

/** What timeloop-model printed, as the shared cases keep it. */
export interface TimeloopFigures {
  readonly levels: Readonly<Record<string, {readonly tensors: Readonly<Record<string, TensorFigures>>}>>
  readonly summary: {readonly Utilization: number; readonly Cycles: number}
  readonly total_energy_pJ_sum_of_levels: number
}

export interface TimeloopCase {
  readonly id: string
  readonly inputs: TimeloopInputs
  readonly outputs: TimeloopFigures
  readonly best_mapping?: string
}

/** The cases of a shared file, none where it is not there. */
export function sharedCases(name: string): TimeloopCase[] {
  const file = ['../shared/cases', '../../shared/cases'].map((folder) => path.join(repositoryRoot, folder, name)).find(existsSync)
  return file === undefined ? [] : (JSON.parse(readFileSync(file, 'utf8')) as {cases: TimeloopCase[]}).cases
}

/** Runs with each key of an input in a file of its own. */
export function withInputFiles<Result>(inputs: TimeloopInputs, run: (files: readonly string[], folder: string) => Result): Result {
  const folder = mkdtempSync(path.join(tmpdir(), 'ridge-timeloop-'))
  try {
    const files = Object.entries(inputs).map(([key, value]) => {
      const file = path.join(folder, `${key}.in.yaml`)
      writeFileSync(file, JSON.stringify({[key]: value}))
      return file
    })
    return run(files, folder)
  } finally {
    rmSync(folder, {recursive: true})
  }
}

/** The answer of `ridge map --mapping` for what an import wrote. */
export function importedMapping(inputs: TimeloopInputs): FittingMapping {
  return withInputFiles(inputs, (files, folder) => {
    importTimeloop(files, path.join(folder, 'out'))
    const at = (name: string) => path.join(folder, 'out', name)
    const problem = loadProblem(at('problem.yaml'))
    const hierarchy = loadHierarchy(at('accelerator.yaml'), {dtype: undefined})
    const mapped = mappedProblem(loadMapping(at('mapping.yaml'), problem, hierarchy), problem, hierarchy)
    if (!mapped.fits) throw new Error('the mapping does not fit')
    return mapped
  })
}

/** What a mapping gives, in the form and to the digits that Timeloop prints. */
export function printedFigures(mapped: FittingMapping): unknown {
  const levels = mapped.levels.map((level) => {
    const tensors = level.tensors
      .filter(({isKept}) => isKept)
      .map(({name, tileWords, reads, fills, updates, energyJoules}) => [
        name,
        figures(tileWords, level.instances, reads, fills, updates, (energyJoules * 1e12).toFixed(2)),
      ])
    return [level.name, Object.fromEntries(tensors)]
  })
  return {levels: Object.fromEntries(levels), cycles: mapped.cycles, utilization: mapped.utilizationRatio}
}

/** The same of what Timeloop printed. */
export function expectedFigures({levels, summary}: TimeloopFigures): unknown {
  const kept = Object.entries(levels).flatMap(([level, {tensors}]) => {
    const rows = Object.entries(tensors).map(([name, row]) => [
      name,
      figures(
        row['Utilized capacity'],
        row['Utilized instances (max)'],
        row['Scalar reads (per-instance)'],
        row['Scalar fills (per-instance)'],
        row['Scalar updates (per-instance)'],
        row['Energy (per-instance)'].replace(' pJ', ''),
      ),
    ])
    return [[level, Object.fromEntries(rows)] as const]
  })
  return {levels: Object.fromEntries(kept.slice(1)), cycles: summary.Cycles, utilization: summary.Utilization}
}

function figures(tileWords: number, instances: number, reads: number, fills: number, updates: number, picojoules: string) {
  return {tileWords, instances, reads, fills, updates, picojoules}
}

/** The directives that write the mapping which a text of Timeloop shows. */
export function directivesOf(text: string, tensors: readonly string[]): unknown[] {
  const directives: unknown[] = []
  for (const [, target, kept, loops] of text.matchAll(/^(\w+) \[ (.*?)\] \n-+\n((?:\|.*\n)*)/gm)) {
    const keep = [...kept!.matchAll(/(\w+):/g)].map(([, name]) => name!)
    directives.push({target, type: 'bypass', keep, bypass: tensors.filter((name) => !keep.includes(name))})
    const written = [...loops!.matchAll(/for (\w+) in \[0:(\d+)\)(?: \(Spatial-(\w)\))?/g)].toReversed()
    for (const type of ['temporal', 'spatial']) {
      const own = written.filter(([, , , axis]) => (axis === undefined) === (type === 'temporal'))
      const factors = own.map(([, dimension, count]) => `${dimension}=${count}`).join(' ')
      const permutation = own.map(([, dimension]) => dimension).join('')
      const split = own.filter(([, , , axis]) => axis === 'X').length
      if (own.length > 0) directives.push({target, type, factors, permutation, ...(type === 'spatial' ? {split} : {})})
    }
  }
  return directives
}
