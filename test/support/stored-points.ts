import {queryPoints} from '../../src/store/query.js'
import {openStore, type Store} from '../../src/store/store.js'

/** Every point of a store with the space that it is of, as one text each, sorted: stores with equal lists hold the same points, bit for bit. */
export function allPoints(stored: Store | string): string[] {
  if (typeof stored !== 'string') return texts(stored)
  const store = openStore(stored, {mode: 'read'})
  try {
    return texts(store)
  } finally {
    store.close()
  }
}

function texts(store: Store): string[] {
  return store
    .spaces()
    .flatMap(({hash}) => [...queryPoints(store, {space: hash}).rows].map((row) => JSON.stringify([hash, row])))
    .sort()
}
