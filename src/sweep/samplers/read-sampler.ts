import type {SpecSource} from '../../spec/yaml-source.js'
import {type SampleKind, type Sampler, samplerKinds} from './sampler.js'
import {sobolPointCount} from './sobol.js'

/** How a study says which points of its spaces to take. */
interface RawSampler {
  readonly kind: (typeof samplerKinds)[number]
  readonly points?: number
  readonly seed?: number
}

/** Reads the sampler of a study: the whole grid unless told. */
export function readSampler(source: SpecSource, raw: RawSampler = {kind: 'grid'}): Sampler {
  const {kind, points, seed} = raw
  if (kind === 'grid') {
    const said = points !== undefined ? 'points' : seed !== undefined ? 'seed' : undefined
    if (said === undefined) return {kind}
    throw source.error(`/sampler/${said}`, `a grid has all of its points, and no ${said}`, [
      `leave ${said} out, or choose ${samplerKinds.slice(1).join(', ')}`,
    ])
  }
  if (points === undefined)
    throw source.error('/sampler/points', `${kind} needs a number of points`, ['write it as in {kind: sobol, points: 10000}'])
  if (kind === 'sobol' && points > sobolPointCount)
    throw source.error('/sampler/points', `a Sobol sequence of 32 bits has ${sobolPointCount} points, not ${points}`, ['take fewer points'])
  return {kind: kind satisfies SampleKind, pointCount: points, seedIndex: seed ?? 0}
}
