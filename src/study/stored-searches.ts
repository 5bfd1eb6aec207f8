import {UserError} from '../foundation/user-error.js'
import {spaceHash} from '../store/space-definition.js'
import type {Store} from '../store/store.js'
import type {DesignSpace} from '../sweep/design-space.js'
import type {Search} from '../sweep/samplers/sampler.js'
import {spaceIdentity} from '../sweep/space-identity.js'
import type {Study} from '../sweep/study.js'

/**
 * A study as a store holds it: a space with an axis without levels once for each search of it, whichever optimizer, constraints and
 * objectives led that. All else is as the study says.
 */
export function withStoredSearches(study: Study, store: Store): Study {
  if (study.spaces.every(({pointCount}) => Number.isFinite(pointCount))) return study
  const stored = store.spaces()
  const hashes = new Set(stored.map(({hash}) => hash))
  const searches = distinctSearches(stored.map(({definition}) => definition.constants as unknown as {readonly sample?: StoredSample}))
  const spaces = study.spaces.flatMap((space) => {
    if (Number.isFinite(space.pointCount)) return [space]
    const found = searches.map((sampler) => ({...space, sampler})).filter((each) => hashes.has(spaceHash(spaceIdentity(each))))
    if (found.length === 0) throw unsearched(study, store, space)
    return found
  })
  return {...study, spaces}
}

/** A search as the constants of a space hold it, or a sample. */
type StoredSample = (Search | {readonly kind: 'sample'}) & {readonly axes: unknown}

function distinctSearches(constants: readonly {readonly sample?: StoredSample}[]): readonly Search[] {
  const searches = constants.flatMap(({sample}) => {
    if (sample?.kind !== 'searched') return []
    const {axes: _, ...search} = sample
    return [[JSON.stringify(search), search] as const]
  })
  return [...new Map(searches).values()]
}

function unsearched({name}: Study, store: Store, {label, model}: DesignSpace): UserError {
  return new UserError(`${store.file} holds no search of ${label} with ${model.name}, and without one the study names no points`, {
    code: 'NO_POINTS',
    suggestions: [`search it first, as in: ridge sweep ${name} --optimizer nsga-2 --evaluations 2000`],
  })
}
