import type {Constraint} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {dimensionsOf} from './dimension.js'
import type {Objective} from './objective.js'
import {evaluationCounts, type OptimizerChoice} from './optimizer-choice.js'
import {optimizerOptions} from './optimizers/options.js'

/** What an optimizer learns from. */
interface Question {
  readonly constraints: readonly Constraint[]
  readonly objectives: readonly Objective[]
}

/**
 * The spaces of a study as an optimizer searches them: one with an axis without levels knows its points by their place in the search, the
 * others theirs by levels, as in a sweep.
 */
export function searchedSpaces(
  spaces: readonly DesignSpace[],
  choice: OptimizerChoice,
  {constraints, objectives}: Question,
): readonly DesignSpace[] {
  const {kind, seed: seedIndex, options} = choice
  const counts = evaluationCounts(
    choice,
    spaces.map(({pointCount}) => pointCount),
  )
  return spaces.map((space, index) => {
    if (Number.isFinite(space.pointCount)) return space
    const evaluationCount = counts[index]!
    const problem = {dimensionCount: dimensionsOf(space).length, objectiveCount: objectives.length, evaluationCount}
    return {
      ...space,
      sampler: {
        kind: 'searched',
        pointCount: evaluationCount,
        seedIndex,
        optimizer: kind,
        options: optimizerOptions(kind, options, problem),
        constraints: constraints.map(({text}) => text),
        objectives: objectives.map(({name, goal, text = '', targetValue}) => [
          name,
          goal,
          text,
          ...(targetValue === undefined ? [] : [targetValue]),
        ]),
      },
    }
  })
}
