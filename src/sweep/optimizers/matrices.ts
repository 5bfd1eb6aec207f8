import {createRequire} from 'node:module'
import type * as Matrices from 'ml-matrix'

let loaded: typeof Matrices | undefined

/** Linear algebra, loaded when an optimizer first needs it: every study knows the optimizers by name. */
export function matrices(): typeof Matrices {
  loaded ??= createRequire(import.meta.url)('ml-matrix') as typeof Matrices
  return loaded
}
