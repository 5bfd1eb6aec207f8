import path from 'node:path'
import {UserError} from '../foundation/user-error.js'
import {type ReportFormat, writeReport} from '../report/write-report.js'
import {openStore} from '../store/store.js'
import type {Study} from '../sweep/study.js'
import type {Validation} from '../validate/validate.js'
import type {FigureContext} from './figures/figure-context.js'
import {heldOutError} from './held-out-error.js'
import {type ProfileError, profileErrors} from './profile-errors.js'
import {namedRows, reportSpec} from './report-spec.js'
import {withStoredSearches} from './stored-searches.js'
import {studyPoints} from './study-points.js'
import {studyReport} from './study-report.js'
import {unsweptError} from './swept-study.js'
import {fidelitiesOf, type UsedFidelity} from './used-fidelity.js'
import {type StudyValidation, validateStudy} from './validate-study.js'

export interface StudyReportOptions {
  readonly storeFile: string
  readonly folder: string
  readonly theme?: 'screen' | 'paper' | undefined
  readonly formats?: readonly ReportFormat[] | undefined
  readonly signal?: AbortSignal
}

export interface WrittenReport {
  readonly folder: string
  readonly files: readonly string[]
  readonly fidelities: readonly UsedFidelity[]
  readonly validation: Validation | null
  /** Where validated rows are shipped ones: the mean error of latency on rows like them that the fits did not see. */
  readonly heldOutMapeRatio: number | null
  /** Of each class of the validated devices, on rows that no fit saw. */
  readonly profileErrors: readonly ProfileError[]
}

/** Where a study keeps its points and its report unless told otherwise. */
export function studyFolder(study: Study): string {
  return path.join('out', study.name)
}

/** Validates a study's traces and writes its report from the points that its store holds. */
export async function buildReport(study: Study, options: StudyReportOptions): Promise<WrittenReport> {
  const spec = reportSpec(study)
  const {storeFile, folder, signal} = options
  const validation = await measuredStudy(study, signal)
  const context: FigureContext = {study, points: storedPoints(study, storeFile), validation}
  const report = studyReport(context)
  signal?.throwIfAborted()
  const formats = options.formats ?? spec.formats
  const files = await writeReport(report, folder, {theme: options.theme ?? spec.theme, signal, ...(formats === undefined ? {} : {formats})})
  return {
    folder,
    files,
    fidelities: fidelitiesOf(study.spaces),
    validation: validation?.result ?? null,
    heldOutMapeRatio: validation === undefined ? null : heldOutError(validation.result),
    profileErrors: validation === undefined ? [] : profileErrors(validation.result),
  }
}

/** Validates the traces that a study names; undefined where it names none. */
export async function measuredStudy(study: Study, signal?: AbortSignal): Promise<StudyValidation | undefined> {
  const spec = reportSpec(study)
  if (spec.traces.length === 0) return undefined
  return validateStudy(spec.traces, {fidelity: spec.validateFidelity ?? study.fidelity, namedRows: namedRows(spec), signal})
}

function storedPoints(study: Study, storeFile: string): FigureContext['points'] {
  try {
    const store = openStore(storeFile, {mode: 'read'})
    try {
      const points = studyPoints(withStoredSearches(study, store), store)
      if (points.some(({storedCount}) => storedCount > 0)) return points
    } finally {
      store.close()
    }
  } catch (error) {
    if (!(error instanceof UserError) || !['STORE_MISSING', 'UNKNOWN_SPACE'].includes(error.code)) throw error
    throw unsweptError(study, storeFile, error)
  }
  throw unsweptError(study, storeFile)
}
