import {UserError, type UserErrorOptions} from '../foundation/user-error.js'

interface Reading {
  readonly prefix: string
  readonly code: string
  readonly message: (file: string) => string
  readonly hint: string
}

/** What SQLite's result codes mean to a person; the first prefix that fits is taken. */
const readings: readonly Reading[] = [
  {
    prefix: 'SQLITE_NOTADB',
    code: 'STORE_NOT_A_STORE',
    message: (file) => `${file} is not a store: it is no SQLite database`,
    hint: 'name the file that a sweep wrote, such as out/quickstart/points.db, or a file that does not exist yet',
  },
  {
    prefix: 'SQLITE_READONLY',
    code: 'STORE_READ_ONLY',
    message: (file) => `${file} cannot be written: the file, its folder or its disk is read-only`,
    hint: 'copy the store to a folder that you may write to, or name another file',
  },
  {
    prefix: 'SQLITE_FULL',
    code: 'STORE_DISK_FULL',
    message: (file) => `the disk is full: the last batch was not added to ${file}; every batch before it is kept`,
    hint: 'free some space and run the same command again; it continues where it stopped',
  },
  {
    prefix: 'SQLITE_BUSY',
    code: 'STORE_LOCKED',
    message: (file) => `${file} is locked by another process`,
    hint: 'wait until the other sweep has ended, or sweep into a store of its own and merge the two',
  },
  {
    prefix: 'SQLITE_LOCKED',
    code: 'STORE_LOCKED',
    message: (file) => `${file} is locked by a read that is still going on`,
    hint: 'finish reading the rows before writing',
  },
  {
    prefix: 'SQLITE_CANTOPEN',
    code: 'STORE_CANNOT_OPEN',
    message: (file) => `${file} cannot be opened: it is a folder, its disk is read-only, or its permissions forbid it`,
    hint: 'copy it to, or name a file in, a folder that you may write to',
  },
  {
    prefix: 'SQLITE_CORRUPT',
    code: 'STORE_DAMAGED',
    message: (file) => `${file} is damaged: SQLite finds pages that contradict each other`,
    hint: 'restore a copy, or sweep into a new store',
  },
  {
    prefix: 'SQLITE_IOERR',
    code: 'STORE_DISK_FAILED',
    message: (file) => `the disk failed while ${file} was being read or written`,
    hint: 'check the disk, then run the same command again; it continues where it stopped',
  },
]

function sqliteCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as Error & {code?: unknown}).code : undefined
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined
}

/** A `UserError` about the store with what to do next. */
export function storeRefusal(message: string, code: string, hint: string, options: Partial<UserErrorOptions> = {}): UserError {
  return new UserError(message, {code, suggestions: [hint], ...options})
}

/** SQLite's error in words for the person who owns `file`; any other error as it is. */
export function storeError(error: unknown, file: string): unknown {
  const code = sqliteCode(error)
  const reading = code === undefined ? undefined : readings.find(({prefix}) => code.startsWith(prefix))
  return reading === undefined ? error : storeRefusal(reading.message(file), reading.code, reading.hint, {cause: error})
}

/** Runs `action`, and re-throws what SQLite says about `file` as a `UserError`. */
export function guarded<T>(file: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw storeError(error, file)
  }
}
