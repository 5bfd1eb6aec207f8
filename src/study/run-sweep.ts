import path from 'node:path'
import {makeFolder} from '../foundation/make-folder.js'
import {exitCodes, UserError} from '../foundation/user-error.js'
import type {PointRow} from '../store/space-reader.js'
import {openStore, type Store} from '../store/store.js'
import type {ConstraintCount} from '../sweep/early-counts.js'
import type {Objective} from '../sweep/objective.js'
import type {OptimizerChoice} from '../sweep/optimizer-choice.js'
import {evaluationCountOf, search} from '../sweep/search.js'
import {type Shard, shardRange, wholeStudy} from '../sweep/shard.js'
import {axesOf} from '../sweep/space-identity.js'
import type {Study} from '../sweep/study.js'
import {type SweepCounts, type SweepOptions, studyIndexCount, sweep} from '../sweep/sweep.js'
import {keptSinks} from './kept-sink.js'
import {studyPoints, type WorkloadPoints} from './study-points.js'
import type {UsedFidelity} from './used-fidelity.js'
import {fullName, type WorkloadName} from './workload-groups.js'

export interface StudySweepOptions extends Omit<SweepOptions, 'sinkOf'> {
  readonly storeFile: string
  /** Feasible points to read whole for each workload beside its front. */
  readonly sampleCount?: number
}

/** A design that is best in one objective. */
export interface Corner extends Objective {
  readonly point: PointRow
}

export interface WorkloadSummary extends WorkloadName {
  readonly fidelities: readonly UsedFidelity[]
  readonly pointCount: number
  readonly feasibleCount: number
  readonly constraints: readonly ConstraintCount[]
  readonly frontCount: number
  readonly corners: readonly Corner[]
}

export interface SweepSummary extends SweepCounts {
  readonly study: string
  readonly storeFile: string
  /** The fidelity that the study or its reader named; a store may hold points of others. */
  readonly askedFidelity: string | null
  readonly objectives: readonly Objective[]
  /** How the points were chosen; null where all were evaluated. */
  readonly optimizer: OptimizerChoice | null
  /** Points that the study describes; null where they are without number. */
  readonly describedCount: number | null
  readonly axes: readonly {readonly name: string; readonly unit: string}[]
  readonly workloads: readonly WorkloadSummary[]
}

/** What was computed of one shard of a study. */
export interface ShardSummary extends SweepCounts, Shard {
  readonly study: string
  readonly storeFile: string
}

/** Indices of a study or its shard, computed or not: points, and what repeats them in a grid where an axis varies at some points only; of an optimizer, what it chooses. */
export function studyPointCount(study: Study, shard: Shard = wholeStudy): number {
  if (study.optimizer !== undefined) return evaluationCountOf(study, study.optimizer)
  const {firstIndex, endIndex} = shardRange(shard, studyIndexCount(study))
  return endIndex - firstIndex
}

/** Everything that varies in a study, each name once. */
export function studyAxes({spaces}: Study): readonly {readonly name: string; readonly unit: string}[] {
  return [...new Map(spaces.flatMap(axesOf).map(({name, unit}) => [name, {name, unit}])).values()]
}

/** Sweeps a study into its store, computing only what is new, and reads its points back. */
export async function runStudySweep(
  study: Study,
  options: StudySweepOptions,
): Promise<{summary: SweepSummary; points: readonly WorkloadPoints[]}> {
  const {storeFile} = options
  makeFolder(path.dirname(path.resolve(storeFile)), '--store or --out')
  const store = openStore(storeFile, {mode: 'create'})
  try {
    const counts = await sweptInto(store, study, options)
    const points = studyPoints(study, store, options.sampleCount)
    const workloads = points.map((each) => workloadSummary(each, study))
    const {name, spaces, objectives, optimizer = null, fidelity: askedFidelity = null} = study
    const allCount = spaces.reduce((sum, {pointCount}) => sum + pointCount, 0)
    const describedCount = Number.isFinite(allCount) ? allCount : null
    const axes = studyAxes(study)
    return {summary: {study: name, storeFile, askedFidelity, objectives, optimizer, describedCount, axes, ...counts, workloads}, points}
  } finally {
    store.close()
  }
}

/** Sweeps a shard of a study into a store of its own; what it finds says nothing of the study's front until all shards are joined. */
export async function runStudyShard(study: Study, shard: Shard, options: StudySweepOptions): Promise<ShardSummary> {
  const {storeFile} = options
  makeFolder(path.dirname(path.resolve(storeFile)), '--store or --out')
  const store = openStore(storeFile, {mode: 'create'})
  try {
    return {study: study.name, storeFile, ...shard, ...(await sweptInto(store, study, {...options, shard}))}
  } finally {
    store.close()
  }
}

/** What a sweep ends with before its end that is neither the study's nor the store's. */
const breaks = ['INTERRUPTED', 'WORKER_OUT_OF_MEMORY', 'WORKER_FAILED']

/** An interruption, or a worker that is gone, says what is kept and how to go on. */
async function sweptInto(
  store: Store,
  study: Study,
  {storeFile, onProgress, shard = wholeStudy, ...options}: StudySweepOptions & {readonly shard?: Shard},
): Promise<SweepCounts> {
  let doneCount = 0
  try {
    const how: SweepOptions = {
      ...options,
      sinkOf: keptSinks(study, store),
      shard,
      onProgress: (count, foundCount) => {
        doneCount = count
        onProgress?.(count, foundCount)
      },
    }
    return await (study.optimizer === undefined ? sweep(study, how) : search(study, study.optimizer, how))
  } catch (error) {
    if (!(error instanceof UserError) || !breaks.includes(error.code)) throw error
    const {message, code, exitCode, suggestions} = error
    throw new UserError(
      `${message}: ${doneCount} of ${studyPointCount(study, shard)} points are done, and their results kept in ${storeFile}`,
      {
        code,
        exitCode,
        suggestions: code === 'INTERRUPTED' ? ['run the same command again; it goes on where it stopped'] : suggestions,
        cause: error,
      },
    )
  }
}

/** Throws when no design of any workload meets all constraints, and says which constraint removes how many. */
export function refuseInfeasible({workloads}: SweepSummary): void {
  if (workloads.some(({feasibleCount}) => feasibleCount > 0)) return
  const lines = workloads.flatMap((summary) => [
    `no design of ${summary.pointCount} meets every constraint for ${fullName(summary)}:`,
    ...summary.constraints.map(
      ({text, ofCount, removedCount, removedAloneCount}) =>
        `  ${text} removes ${removedCount} of ${ofCount}, ${removedAloneCount} of them alone`,
    ),
  ])
  const strictest = workloads.flatMap(({constraints}) => constraints).reduce((a, b) => (b.removedCount > a.removedCount ? b : a))
  throw new UserError(lines.join('\n'), {
    code: 'INFEASIBLE',
    exitCode: exitCodes.infeasible,
    suggestions: [`loosen "${strictest.text}", or widen the axes that it depends on`],
  })
}

/** Counts and corners of one workload's points. */
export function workloadSummary(
  {workload, phase, settings, fidelities, pointCount, feasibleCount, feasible, constraints, front}: WorkloadPoints,
  {objectives}: Study,
): WorkloadSummary {
  const corners = objectives.flatMap((objective) => {
    const {name, goal} = objective
    const sign = goal === 'min' ? 1 : -1
    const known = [...front].filter((index) => typeof feasible[index]![name] === 'number')
    if (known.length === 0) return []
    const best = known.reduce((a, b) => (sign * Number(feasible[b]![name]) < sign * Number(feasible[a]![name]) ? b : a))
    return [{...objective, point: feasible[best]!}]
  })
  return {workload, phase, settings, fidelities, pointCount, feasibleCount, constraints, frontCount: front.length, corners}
}
