import {claimOf} from './claim.js'
import type {Constraint} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {dimensionsOf, fillAlong, searchDimensionsOf} from './dimension.js'
import {designArchive} from './optimizers/archive.js'
import {drawsOf} from './optimizers/draws.js'
import {optimizers} from './optimizers/optimizers.js'
import {optimizerOptions} from './optimizers/options.js'
import {placement} from './placement.js'
import {axesOf} from './space-identity.js'
import {earlyColumns} from './static-results.js'

const problem = {objectiveCount: 0, evaluationCount: 20_000}
const blockRows = 1024

/**
 * Looks for a design that meets all constraints that need no timing, ever nearer to those that are least far beyond them: designs that few
 * of a sample stand near are found all the same. That none is found does not show that there is none.
 */
export function isFeasibleFound(space: DesignSpace, early: readonly Constraint[]): boolean {
  const dimensions = searchDimensionsOf(space)
  const {objectiveCount, evaluationCount} = problem
  const archive = designArchive(dimensions, objectiveCount, evaluationCount)
  const options = optimizerOptions('narrowing', {}, {...problem, dimensionCount: dimensions.length})
  const search = optimizers.narrowing.search(archive, drawsOf('feasible'), options as Parameters<typeof optimizers.narrowing.search>[2])
  const violations = violationsOf(space, early)
  let toldCount = 0
  for (let isDone = false; !isDone; ) {
    isDone = search.next().done === true
    while (toldCount < archive.rowCount()) {
      const end = Math.min(toldCount + blockRows, archive.rowCount())
      const violationRatios = violations(
        archive.shareColumns.map((column) => column.subarray(toldCount, end)),
        end - toldCount,
      )
      if (violationRatios.includes(0)) return true
      archive.tell({objectives: [], violationRatios}, end - toldCount)
      toldCount = end
    }
  }
  return false
}

/** How far designs are beyond constraints, by where they lie along each dimension, up to a block at a time. */
function violationsOf(
  space: DesignSpace,
  early: readonly Constraint[],
): (shares: readonly Float64Array[], rowCount: number) => Float64Array {
  const [axes, dimensions] = [axesOf(space), dimensionsOf(space)]
  const {columnOf, settle} = placement(axes, space.accelerator.parameters, blockRows, false)
  const {named, fill} = earlyColumns(space, axes, early, columnOf, blockRows)
  const claims = early.map((each) => claimOf(each, named, blockRows))
  const columns = axes.map(() => new Float64Array(blockRows))
  return (shares, rowCount) => {
    for (const [index, dimension] of dimensions.entries()) fillAlong(dimension, shares[index]!, rowCount, columns[dimension.axisIndex]!)
    settle(columns, rowCount)
    fill(rowCount, columns)
    const violationRatios = new Float64Array(rowCount)
    for (const claim of claims) claim.addViolation(violationRatios, rowCount)
    return violationRatios
  }
}
