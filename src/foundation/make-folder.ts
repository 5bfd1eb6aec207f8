import {mkdirSync} from 'node:fs'
import {diskFault} from './disk-fault.js'
import {UserError} from './user-error.js'

/** Makes a folder, and those that it lies in; `flags` choose another place. */
export function makeFolder(folder: string, flags: string): void {
  try {
    mkdirSync(folder, {recursive: true})
  } catch (cause) {
    throw new UserError(`${folder}: this folder can't be made: ${diskFault(cause) ?? (cause as Error).message}`, {
      code: 'FOLDER_UNWRITABLE',
      suggestions: [`choose another place with ${flags}`],
      cause,
    })
  }
}
