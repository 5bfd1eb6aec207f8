import type {PointQuery} from '../store/resolve-query.js'
import {spaceHash} from '../store/space-definition.js'
import type {DesignSpace} from '../sweep/design-space.js'
import {axesOf, sampleName, spaceIdentity, storable} from '../sweep/space-identity.js'

/** Which stored points are a study's own: a store may hold more levels of an axis, or a longer sample, than the study names. */
export function ownPoints(space: DesignSpace): PointQuery {
  const {sampler} = space
  const levels = axesOf(space).filter(({kind}) => kind === 'level')
  return {
    space: spaceHash(spaceIdentity(space)),
    among: Object.fromEntries(levels.map(({name, values}) => [name, values.map(storable)])),
    ...(sampler.kind === 'grid' ? {} : {where: [`${sampleName} < ${sampler.pointCount}`]}),
  }
}
