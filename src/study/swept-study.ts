import path from 'node:path'
import {exitCodes, UserError} from '../foundation/user-error.js'
import {shippedNames} from '../spec/catalogue.js'
import {openStore, type Store} from '../store/store.js'
import {loadStudy, type Study} from '../sweep/study.js'
import {findStore} from './find-store.js'
import {withStoredSearches} from './stored-searches.js'

export interface SweptOptions {
  readonly fidelity?: string | undefined
  readonly store?: string | undefined
}

/** Asks a study and the store that it was swept into. */
export function withSweptStudy<Answer>(
  name: string,
  {fidelity, store: file}: SweptOptions,
  ask: (study: Study, store: Store) => Answer,
): Answer {
  const study = loadStudy(name, {fidelity})
  const storeFile = findStore(file ?? path.join('out', study.name, 'points.db'))
  const store = openStore(storeFile, {mode: 'read'})
  try {
    return ask(withStoredSearches(study, store), store)
  } catch (error) {
    throw error instanceof UserError && error.code === 'UNKNOWN_SPACE' ? unsweptError(study, storeFile, error) : error
  } finally {
    store.close()
  }
}

/** The error for a store that lacks points of a study as it is now. */
export function unsweptError({name, file, fidelity}: Study, storeFile: string, cause?: UserError): UserError {
  const isMissing = cause?.code === 'STORE_MISSING'
  const written = shippedNames('study').includes(name) ? name : path.relative('', file)
  const command = ['ridge sweep', written, `--store ${storeFile}`, ...(fidelity === undefined ? [] : [`--fidelity ${fidelity}`])]
  return new UserError(isMissing ? cause.message : `${storeFile} does not hold all spaces of ${name}`, {
    code: isMissing ? cause.code : 'NO_POINTS',
    exitCode: exitCodes.invalidInput,
    suggestions: [`sweep it first: ${command.join(' ')}`],
    cause,
  })
}
