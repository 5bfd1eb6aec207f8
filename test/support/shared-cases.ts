import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'

const folder = process.env['RIDGEPOINT_CASES'] ?? path.resolve(import.meta.dirname, '../../../shared/cases')

/** A file of reference cases, which lie beside the repository or where the environment says; undefined where there are none. */
export function sharedCases(file: string): unknown {
  const at = path.join(folder, file)
  return existsSync(at) ? JSON.parse(readFileSync(at, 'utf8')) : undefined
}
