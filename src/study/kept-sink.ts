import {chunkRowCount} from '../store/chunk-map.js'
import {spaceHash} from '../store/space-definition.js'
import type {Store} from '../store/store.js'
import {spaceIdentity} from '../sweep/space-identity.js'
import type {Study} from '../sweep/study.js'
import type {SweepOptions} from '../sweep/sweep.js'
import {spaceTally} from './space-tally.js'

/** Points that come between two tallies of a space: at least so many, and this share of those that it holds. */
const leastTallied = 16 * chunkRowCount
const talliedRatio = 0.05

/** The spaces of a store as a sweep writes to them: from time to time a commit takes what is new into the study's front. */
export function keptSinks(study: Study, store: Store): SweepOptions['sinkOf'] {
  const spaceOf = new Map(study.spaces.map((space) => [spaceHash(spaceIdentity(space)), space]))
  return (definition) => {
    const space = store.space(definition)
    let newCount = 0
    return {
      codes: (axisIndex, values) => space.codes(axisIndex, values),
      missingRows: (points) => space.missingRows(points),
      write: (batch) =>
        store.commit(() => {
          const addedCount = space.write(batch)
          newCount += addedCount
          if (newCount >= leastTallied && newCount >= talliedRatio * space.pointCount()) {
            spaceTally(study, store, spaceOf.get(space.hash)!)
            newCount = 0
          }
          return addedCount
        }),
    }
  }
}
