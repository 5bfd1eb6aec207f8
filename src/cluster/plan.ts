import {randomUUID} from 'node:crypto'
import {existsSync, linkSync, readFileSync, rmSync} from 'node:fs'
import path from 'node:path'
import {makeFolder} from '../foundation/make-folder.js'
import {UserError} from '../foundation/user-error.js'
import {writeWhole} from '../foundation/write-whole.js'
import type {Shard} from '../sweep/shard.js'
import type {Study} from '../sweep/study.js'
import {differingPins, type StudyPins, studyPins} from '../sweep/study-pins.js'
import {ownVersions, type Versions} from './versions.js'

/** One array of tasks in a queue: task `i` runs the shards `tasks[i]` in turn. */
export interface SubmittedArray {
  readonly jobId: string
  readonly tasks: readonly (readonly number[])[]
}

/** What was put into a queue by one command. */
export interface Submission {
  readonly submittedAt: string
  readonly arrays: readonly SubmittedArray[]
  readonly mergeJobId: string | null
}

/** A study shared among machines: what it is, in how many shards, and where they were submitted. */
export interface SweepPlan {
  readonly study: {readonly name: string; readonly file: string; readonly fidelity: string | null}
  readonly pointCount: number
  readonly shardCount: number
  readonly versions: Versions
  readonly pins: StudyPins
  readonly submissions: readonly Submission[]
}

/** Where a shared sweep keeps its parts. */
export interface SweepFiles {
  readonly plan: string
  readonly points: string
  readonly shards: string
  readonly logs: string
  readonly jobs: string
}

/** The files of a shared sweep, in its folder. */
export function sweepFiles(folder: string): SweepFiles {
  const at = (name: string): string => path.join(folder, name)
  return {plan: at('plan.json'), points: at('points.db'), shards: at('shards'), logs: at('logs'), jobs: at('jobs')}
}

/** The store of a shard. */
export function shardStore(folder: string, shardIndex: number): string {
  return path.join(sweepFiles(folder).shards, `shard-${shardIndex}.db`)
}

/** A plan of a study that nothing was submitted of. */
export function newPlan(study: Study, shardCount: number, pointCount: number): SweepPlan {
  const {name, file, fidelity = null} = study
  return {
    study: {name, file: path.resolve(file), fidelity},
    pointCount,
    shardCount,
    versions: ownVersions(),
    pins: studyPins(study),
    submissions: [],
  }
}

/** The plan in a folder, or undefined where there is none. */
export function planIn(folder: string): SweepPlan | undefined {
  const {plan} = sweepFiles(folder)
  if (!existsSync(plan)) return undefined
  try {
    const content: unknown = JSON.parse(readFileSync(plan, 'utf8'))
    if (isPlan(content)) return content
  } catch (cause) {
    throw unreadable(`${plan} can't be read: ${(cause as Error).message}`, cause)
  }
  throw unreadable(`${plan} is no plan of a sweep: one holds ${listed(planParts)}, as ridge writes them`)
}

/** Every part of a plan, and whether what stands there is of its kind. */
const planParts: Readonly<Record<keyof SweepPlan, (part: unknown) => boolean>> = {
  study: isRecord,
  pointCount: Number.isSafeInteger,
  shardCount: Number.isSafeInteger,
  versions: isRecord,
  pins: isRecord,
  submissions: (part) => Array.isArray(part) && part.every((each) => isRecord(each) && Array.isArray(each['arrays'])),
}

function isPlan(content: unknown): content is SweepPlan {
  return isRecord(content) && Object.entries(planParts).every(([name, isOfItsKind]) => isOfItsKind(content[name]))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listed(parts: object): string {
  const names = Object.keys(parts)
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function unreadable(message: string, cause?: unknown): UserError {
  const suggestions = ['name the folder that `ridge sweep --out` was given', 'or sweep into another folder']
  return new UserError(message, {code: 'PLAN_UNREADABLE', suggestions, cause})
}

/** The plan in a folder that must have one. */
export function planOf(folder: string): SweepPlan {
  const plan = planIn(folder)
  if (plan !== undefined) return plan
  throw new UserError(`${folder} holds no sweep that machines share: there is no plan.json in it`, {
    code: 'PLAN_MISSING',
    suggestions: ['name the folder that `ridge sweep --out` was given'],
  })
}

/** The plan in a folder; where there is none, one of this study, of which shards that begin together write one only. */
export function plannedIn(folder: string, study: Study, shardCount: number, pointCount: number): SweepPlan {
  const there = planIn(folder)
  if (there !== undefined) return there
  makeSweepFolders(folder)
  const draft = path.join(folder, `plan-${randomUUID()}.json`)
  writePlan(folder, newPlan(study, shardCount, pointCount), draft)
  try {
    linkSync(draft, sweepFiles(folder).plan)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  return planOf(folder)
}

/** Makes the folders of a shared sweep. */
export function makeSweepFolders(folder: string): void {
  const {shards, logs, jobs} = sweepFiles(folder)
  for (const each of [shards, logs, jobs]) makeFolder(each, '--out')
}

/** Keeps a plan in its folder. */
export function writePlan(folder: string, plan: SweepPlan, file = sweepFiles(folder).plan): void {
  writeWhole(file, `${JSON.stringify(plan, null, 2)}\n`)
}

/** Refuses a study that is not what was planned, and versions whose points do not belong together. */
export function checkPlan(plan: SweepPlan, study: Study, folder: string): void {
  const versions = ownVersions()
  for (const name of ['ridgepoint', 'model'] as const) {
    if (plan.versions[name] === versions[name]) continue
    throw new UserError(
      `the sweep in ${folder} was planned with ${name} version ${plan.versions[name]}, and this is version ${versions[name]}`,
      {code: 'PLAN_OTHER_VERSION', suggestions: ['go on with the version that began it', 'or sweep into another folder']},
    )
  }
  const [first, ...others] = differingPins(plan.pins, studyPins(study))
  if (first === undefined) return
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  throw new UserError(`${study.file} is not what the sweep in ${folder} was planned for: ${first}${more} changed`, {
    code: 'STUDY_CHANGED',
    suggestions: ['undo the change, to go on', 'or sweep into another folder'],
  })
}

/** Refuses to sweep into a folder whose shards were never joined: their points would be computed again. */
export function refuseUnjoined(folder: string): void {
  const {points, shards} = sweepFiles(folder)
  if (planIn(folder) === undefined || existsSync(points)) return
  throw new UserError(`the shards in ${folder} are not joined`, {
    code: 'SHARDS_NOT_JOINED',
    suggestions: [
      `join them: ridge store merge ${points} ${path.join(shards, '*.db')}`,
      `see which are missing: ridge sweep status ${folder}`,
      'or sweep into another folder',
    ],
  })
}

/** Refuses a shard of another number of shards than were planned. */
export function checkShard({shardCount}: SweepPlan, shard: Shard, folder: string): void {
  if (shard.shardCount === shardCount) return
  throw new UserError(`the sweep in ${folder} has ${shardCount} shards, not ${shard.shardCount}`, {
    code: 'PLAN_OTHER_SHARDS',
    suggestions: [`write --shard ${shard.shardIndex}/${shardCount}`, 'or sweep into another folder'],
  })
}
