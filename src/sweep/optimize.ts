import {type Archive, type DesignKey, designArchive, type Results, type SearchDimension} from './optimizers/archive.js'
import {drawsOf} from './optimizers/draws.js'
import type {Optimizer} from './optimizers/optimizer.js'
import {type OptimizerKind, optimizers} from './optimizers/optimizers.js'
import {optimizerOptions} from './optimizers/options.js'

/** Designs to search, by where they lie along each dimension. */
export interface SearchTarget {
  readonly dimensions: readonly SearchDimension[]
  readonly objectiveCount: number
  /** Tells designs apart where their levels alone do not. */
  readonly keyOf?: DesignKey | undefined
  /** `shares[dimension][row]` lies in [0, 1). */
  readonly evaluate: (shares: readonly Float64Array[], rowCount: number) => Results | Promise<Results>
}

export interface OptimizeOptions {
  readonly kind: OptimizerKind
  /** Of the optimizer, by name; the usual ones where nothing is said. */
  readonly options?: Readonly<Record<string, number>>
  /** Different designs that may be evaluated; all where there are no more. */
  readonly evaluationCount: number
  readonly seed: number
}

/**
 * Searches for designs whose objectives are small: every design that was evaluated, in the order in which it was asked for. That order and
 * all results follow from the target, the options and the seed; however many workers share an evaluation changes neither.
 */
export async function optimize(target: SearchTarget, {kind, options = {}, evaluationCount, seed}: OptimizeOptions): Promise<Archive> {
  const {dimensions, objectiveCount, keyOf} = target
  const archive = designArchive(dimensions, objectiveCount, evaluationCount, keyOf)
  const optimizer: Optimizer = optimizers[kind]
  const chosen = optimizerOptions(kind, options, {dimensionCount: dimensions.length, objectiveCount, evaluationCount})
  const search = optimizer.search(archive, drawsOf(`${seed} ${kind}`), chosen)
  let toldCount = 0
  for (let isDone = false; !isDone; ) {
    isDone = search.next().done === true
    const [first, rowCount] = [toldCount, archive.rowCount() - toldCount]
    if (rowCount === 0) continue
    const shares = archive.shareColumns.map((column) => column.subarray(first, first + rowCount))
    archive.tell(await target.evaluate(shares, rowCount), rowCount)
    toldCount += rowCount
  }
  return archive
}
