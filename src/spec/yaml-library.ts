import {createRequire} from 'node:module'
import type * as Yaml from 'yaml'

let loaded: typeof Yaml | undefined

/** The yaml library, loaded on first use: shipped files are parsed at build time. */
export function yaml(): typeof Yaml {
  loaded ??= createRequire(import.meta.url)('yaml') as typeof Yaml
  return loaded
}
