import {seedOf} from '../../foundation/random.js'
import {shareOf, threefry} from '../../foundation/threefry.js'
import {latinShare} from '../../uncertainty/latin-hypercube.js'
import type {ShareFill} from './share-fill.js'
import {sobolFill} from './sobol.js'

/** So many points drawn from a space. */
export interface Sample {
  readonly kind: SampleKind
  readonly pointCount: number
  readonly seedIndex: number
}

/** So many points that an optimizer asks for one after the other, and everything that decides which they are. */
export interface Search {
  readonly kind: 'searched'
  readonly pointCount: number
  readonly seedIndex: number
  readonly optimizer: string
  readonly options: Readonly<Record<string, number>>
  /** What it learns from: the study's constraints and objectives. */
  readonly constraints: readonly string[]
  readonly objectives: readonly (readonly (string | number)[])[]
}

/** How the points of a space are chosen: all combinations of levels, a sample, or by an optimizer where levels are missing. */
export type Sampler = {readonly kind: 'grid'} | Sample | Search

type Fills = (sample: Sample, dimensionNames: readonly string[]) => readonly ShareFill[]

const random: Fills = ({seedIndex}, names) =>
  names.map((name) => {
    const key = [seedIndex, seedOf(name)] as const
    const words = new Uint32Array(2)
    return (first, count, out) => {
      for (let row = 0; row < count; row++) {
        const index = first + row
        threefry(key, index | 0, Math.floor(index / 2 ** 32), words)
        out[row] = shareOf(words)
      }
    }
  })

const latinHypercube: Fills = ({seedIndex, pointCount}, names) =>
  names.map((name) => {
    const share = latinShare(name, seedIndex, pointCount)
    return (first, count, out) => {
      for (let row = 0; row < count; row++) out[row] = share(first + row)
    }
  })

const sobol: Fills = ({seedIndex}, names) => names.map((_, index) => sobolFill(index, seedIndex))

const samples = {random, 'latin-hypercube': latinHypercube, sobol} satisfies Record<string, Fills>

export type SampleKind = keyof typeof samples

export const samplerKinds = ['grid', ...(Object.keys(samples) as SampleKind[])] as const

/** How to fill the shares of each dimension of a sample. */
export function shareFills(sample: Sample, dimensionNames: readonly string[]): readonly ShareFill[] {
  return samples[sample.kind](sample, dimensionNames)
}
