import type {Column} from '../accelerator/machine.js'
import {isStatic, stageOf} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {designEvaluator} from './evaluator.js'
import {walkBlocks} from './grid.js'
import {missingOf} from './missing-prices.js'
import type {Objective} from './objective.js'
import {placesOf} from './point-set.js'
import {type Sample, shareFills} from './samplers/sampler.js'
import {axesOf} from './space-identity.js'
import {staticResults} from './static-results.js'
import type {Study} from './study.js'

/** Designs that an objective is tried on: both ends of all axes, and what lies between at random. */
const tried: Sample = {kind: 'random', pointCount: 4096, seedIndex: 0}
/** Passes among them, since each is compiled. */
const passCount = 4

/** Refuses an objective that is no finite number at any of some designs spread over all spaces; a time as it stands always is. */
export function checkObjectives(study: Study): void {
  const unknown = new Set(study.objectives.filter(({text, columnNames}) => text !== undefined || stageOf(columnNames) === 'static'))
  for (const space of study.spaces) {
    if (unknown.size === 0) return
    for (const objective of knownIn(space, [...unknown])) unknown.delete(objective)
  }
  const [objective] = unknown
  if (objective === undefined) return
  const causes = [...new Set(study.spaces.flatMap((space) => missingOf(objective.columnNames, space.accelerator)))]
  const isDescribed = causes.length === 0
  throw study.source.error(
    `/objectives/${study.objectives.indexOf(objective)}`,
    `${objective.text ?? objective.name} is no finite number at any of ${tried.pointCount} designs spread over each space${isDescribed ? '' : `: ${causes.join('; ')}`}`,
    [isDescribed ? 'look for a division by zero or a root of less than zero in it' : 'describe that, or leave this objective out'],
    'OBJECTIVE_UNKNOWN',
  )
}

/** The objectives that are finite somewhere in a space. Mapped times take long to find: what is made of them is believed to be. */
function knownIn(space: DesignSpace, objectives: readonly Objective[]): readonly Objective[] {
  const isTimed = ({columnNames}: Objective): boolean => stageOf(columnNames) === 'timed'
  const timed = objectives.filter(isTimed)
  const early = objectives.filter((each) => !isTimed(each))
  return [...knownEarly(space, early), ...(space.fidelity === 'mapped' ? timed : knownTimed(space, timed))]
}

function knownEarly(space: DesignSpace, objectives: readonly Objective[]): readonly Objective[] {
  if (objectives.length === 0) return []
  const axes = axesOf(space)
  const finite = new Set<Objective>()
  walkBlocks(
    axes,
    space.accelerator.parameters,
    tried.pointCount,
    placesOf({...space, sampler: tried}),
    (columnOf, rowCapacity) => {
      const statics = staticResults(space, axes, columnOf, rowCapacity)
      const goals = objectives.map(({column}) => column((name) => (isStatic(name) ? statics.columns[name] : columnOf(name)), rowCapacity))
      return (rowCount, _, columns) => {
        statics.fill(rowCount, columns)
        for (const [index, goal] of goals.entries())
          if (goal(rowCount).subarray(0, rowCount).some(Number.isFinite)) finite.add(objectives[index]!)
      }
    },
    false,
  )
  return [...finite]
}

function knownTimed(space: DesignSpace, objectives: readonly Objective[]): readonly Objective[] {
  if (objectives.length === 0) return []
  const {dimensions, evaluate} = designEvaluator(space, [], tried.pointCount, objectives)
  const fills = shareFills(
    tried,
    dimensions.map(({name}) => name),
  )
  const shares = dimensions.map(({axisIndex}, index): Column => {
    const column = new Float64Array(tried.pointCount)
    fills[index]!(0, tried.pointCount, column)
    column[0] = 0
    column[1] = 1 - 2 ** -32
    return axisIndex < space.passAxes.length ? column.map((_, row) => column[row % passCount]!) : column
  })
  const {objectives: columns} = evaluate(shares, tried.pointCount)
  return objectives.filter((_, index) => columns[index]!.some(Number.isFinite))
}
