import {accessSync, constants, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {diskFault} from './disk-fault.js'
import {UserError} from './user-error.js'

/** Writes a file whole or not at all: a draft beside it takes its place once it is complete. */
export function writeWhole(file: string, content: string | Uint8Array, mode = 0o666): void {
  const draft = `${file}.draft`
  try {
    writeFileSync(draft, content, {mode})
    renameSync(draft, file)
  } catch (cause) {
    removeDraft(draft)
    throw unwritable(file, cause)
  }
}

/** Refuses a file that `writeWhole` could not write, for before the work whose result it is to hold. */
export function checkWritable(file: string): void {
  try {
    accessSync(path.dirname(file), constants.W_OK)
    if (statSync(file, {throwIfNoEntry: false})?.isDirectory()) throw new Error('a folder stands where a file is needed')
  } catch (cause) {
    throw unwritable(file, cause)
  }
}

function unwritable(file: string, cause: unknown): UserError {
  return new UserError(`${file} can't be written: ${diskFault(cause) ?? (cause as Error).message}`, {
    code: 'FILE_UNWRITABLE',
    suggestions: ['check that the folder is there and may be written'],
    cause,
  })
}

/** Where nothing may be written there is no draft, and looking for it may fail in turn. */
function removeDraft(draft: string): void {
  try {
    rmSync(draft, {force: true})
  } catch {}
}
