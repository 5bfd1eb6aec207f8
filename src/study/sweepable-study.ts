import {checkStudy} from '../sweep/check-study.js'
import {loadStudy, type Study, type StudyOptions} from '../sweep/study.js'

/** A study by name or file, refused where its sweep could find nothing. */
export function sweepableStudy(nameOrFile: string, options: StudyOptions = {}): Study {
  const study = loadStudy(nameOrFile, options)
  checkStudy(study)
  return study
}
