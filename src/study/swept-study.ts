import path from 'node:path'
import {openStore, type Store} from '../store/store.js'
import {loadStudy, type Study} from '../sweep/study.js'
import {findStore} from './find-store.js'

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
  const store = openStore(findStore(file ?? path.join('out', study.name, 'points.db')), {mode: 'read'})
  try {
    return ask(study, store)
  } finally {
    store.close()
  }
}
