import {existsSync, readFileSync, statSync} from 'node:fs'
import {createRequire} from 'node:module'
import type Database from 'better-sqlite3'
import {openStore} from '../../src/store/store.js'

/** What a process was doing with its store when it was killed. */
export type Moment = 'computing' | 'committing' | 'checkpointing'

/**
 * Reads the moment from the files that a killed process left: pages in the log that no commit ends, or a checkpoint that was begun and not
 * ended. Formats: https://www.sqlite.org/walformat.html
 */
export function momentOf(store: string): Moment {
  if (isCheckpointBegun(`${store}-shm`)) return 'checkpointing'
  return hasOpenCommit(`${store}-wal`) ? 'committing' : 'computing'
}

/** `nBackfillAttempted` is set before pages are copied into the database, `nBackfill` after. */
function isCheckpointBegun(file: string): boolean {
  if (!existsSync(file) || statSync(file).size < 136) return false
  const index = readFileSync(file)
  return index.readUInt32LE(128) > index.readUInt32LE(96)
}

/** The last page of a commit says how large the database is after it; the others say 0. */
function hasOpenCommit(file: string): boolean {
  if (!existsSync(file) || statSync(file).size < 32) return false
  const log = readFileSync(file)
  const frameBytes = 24 + log.readUInt32BE(8)
  let isOpen = false
  for (let at = 32; at + 24 <= log.length; at += frameBytes) {
    if (!log.subarray(at + 8, at + 16).equals(log.subarray(16, 24))) break
    isOpen = log.readUInt32BE(at + 4) === 0
  }
  return isOpen
}

/** How large a store's log is, and when it last changed. */
export function logState(store: string): string {
  const found = statSync(`${store}-wal`, {throwIfNoEntry: false})
  return found === undefined ? '' : `${found.size} ${found.mtimeMs}`
}

/** What SQLite finds when it looks at every page: `ok`, or what is wrong. */
export function integrityOf(store: string): unknown {
  const database = new (createRequire(import.meta.url)('better-sqlite3') as typeof Database)(store, {readonly: true})
  try {
    return database.pragma('integrity_check', {simple: true})
  } finally {
    database.close()
  }
}

/** Points that a store holds. */
export function storedCount(file: string): number {
  const store = openStore(file, {mode: 'read'})
  try {
    return store.pointCount()
  } finally {
    store.close()
  }
}
