import {UserError} from '../foundation/user-error.js'
import type {SpecSource} from '../spec/yaml-source.js'

/** Names the place in a study where something that it refers to fails. */
export function atPlace<T>(source: SpecSource, pointer: string, build: () => T): T {
  try {
    return build()
  } catch (error) {
    if (error instanceof UserError && error.name === 'UserError') throw source.error(pointer, error.message, error.suggestions, error.code)
    throw error
  }
}
