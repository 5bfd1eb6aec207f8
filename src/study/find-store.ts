import {existsSync, readdirSync} from 'node:fs'
import path from 'node:path'
import {nearestName} from '../foundation/nearest-name.js'
import {UserError} from '../foundation/user-error.js'
import {shippedNames} from '../spec/catalogue.js'

const outFolder = 'out'
const storeName = 'points.db'

/** The store that a person means: a file, the name of a study that was swept here, or the only one that there is. */
export function findStore(written: string | undefined): string {
  if (written === undefined) return onlyStore()
  const isFile = /[\\/]|\.(db|sqlite3?)$/i.test(written) || existsSync(written)
  const file = isFile ? written : path.join(outFolder, written, storeName)
  if (existsSync(file)) return file
  const study = isFile ? studyOfStore(file) : nearestName(written, shippedNames('study'))
  const command = study === undefined && isFile ? `ridge sweep STUDY --store ${file}` : `ridge sweep ${study ?? 'STUDY'}`
  throw new UserError(`there is no store ${file}`, {
    code: 'STORE_MISSING',
    suggestions: [`${command} makes one`, ...(sweptStudies().length === 0 ? [] : [`swept here: ${sweptStudies().join(', ')}`])],
  })
}

/** The shipped study that a sweep puts into this file by default. */
function studyOfStore(file: string): string | undefined {
  return shippedNames('study').find((name) => path.normalize(file) === path.join(outFolder, name, storeName))
}

function onlyStore(): string {
  const studies = sweptStudies()
  if (studies.length === 1) return path.join(outFolder, studies[0]!, storeName)
  throw new UserError(studies.length === 0 ? `nothing was swept into ${outFolder}${path.sep} yet` : 'more than one study was swept here', {
    code: 'STORE_MISSING',
    suggestions: studies.length === 0 ? ['ridge sweep quickstart makes a store'] : [`name one of ${studies.join(', ')}`],
  })
}

/** Studies whose points stand where a sweep puts them by default. */
function sweptStudies(): string[] {
  if (!existsSync(outFolder)) return []
  return readdirSync(outFolder)
    .filter((name) => existsSync(path.join(outFolder, name, storeName)))
    .sort()
}
