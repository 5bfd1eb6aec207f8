import {mkdirSync, statSync} from 'node:fs'
import path from 'node:path'
import {diskFault} from './disk-fault.js'
import {UserError} from './user-error.js'

/** Makes a folder, and those that it lies in; `flags` choose another place. */
export function makeFolder(folder: string, flags: string): void {
  try {
    for (const missing of missingFolders(path.resolve(folder))) makeUnlessThere(missing)
  } catch (cause) {
    throw new UserError(`${folder}: this folder can't be made: ${diskFault(cause) ?? (cause as Error).message}`, {
      code: 'FOLDER_UNWRITABLE',
      suggestions: [`choose another place with ${flags}`],
      cause,
    })
  }
}

/** The folders that are to be made, outermost first: Node would make all at once, but in /proc it tries for ever. */
function missingFolders(folder: string): string[] {
  return isFolder(folder) || path.dirname(folder) === folder ? [] : [...missingFolders(path.dirname(folder)), folder]
}

/** Another process may have made it meanwhile. */
function makeUnlessThere(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (!isFolder(folder)) throw error
  }
}

function isFolder(place: string): boolean {
  return statSync(place, {throwIfNoEntry: false})?.isDirectory() ?? false
}
