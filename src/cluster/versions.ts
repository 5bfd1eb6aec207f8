import {readFileSync} from 'node:fs'
import path from 'node:path'
import {modelVersion} from '../cost/model-version.js'
import {packageRoot} from '../spec/catalogue.js'

/** Versions whose points may stand in one store. */
export interface Versions {
  readonly ridgepoint: string
  readonly model: string
}

/** The versions of this installation. */
export function ownVersions(): Versions {
  const {version} = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {version: string}
  return {ridgepoint: version, model: modelVersion}
}
