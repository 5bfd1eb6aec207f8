import {checkObjectives} from './check-objectives.js'
import type {Constraint} from './constraint.js'
import type {DesignSpace} from './design-space.js'
import {type EarlyCounts, earlyCounts} from './early-counts.js'
import {isFeasibleFound} from './feasible-search.js'
import {axesOf} from './space-identity.js'
import type {Study} from './study.js'

/** Combinations that are judged before anything runs; a space with more is judged by a sample. */
const mostRows = 500_000

/** Refuses a study whose points can't be listed, whose constraints leave nothing, or whose objectives nothing can know. */
export function checkStudy(study: Study): void {
  if (study.optimizer === undefined) for (const space of study.spaces) refuseEndless(study, space)
  refuseEmpty(study)
  checkObjectives(study)
}

function refuseEndless({source}: Study, space: DesignSpace): void {
  if (space.sampler.kind !== 'grid') return
  const endless = axesOf(space).find(({rule}) => rule.kind === 'drawn')
  if (endless === undefined) return
  throw source.error(
    endless.pointer,
    `a grid has no end of values of ${endless.name}`,
    [
      'give it a step or a count, as in {from, to, count: 8}',
      'or choose a sampler, as in `sampler: {kind: sobol, points: 10000}`',
      'or search it, as in `optimizer: {kind: nsga-2, evaluations: 2000}`',
    ],
    'AXIS_ENDLESS',
  )
}

/** A space that constraints empty is an answer while others are left; a study of nothing but such is not. */
function refuseEmpty(study: Study): void {
  const early = study.constraints.filter(({stage}) => stage !== 'timed')
  if (early.length === 0) return
  const judged: {space: DesignSpace; counts: EarlyCounts}[] = []
  for (const space of study.spaces) {
    const counts = earlyCounts(space, study.constraints, mostRows)
    if (counts.keptCount > 0 || (counts.sampledCount !== undefined && isFeasibleFound(space, early))) return
    judged.push({space, counts})
  }
  const blamed = judged.map(({counts}) => blamedIndices(counts))
  const [first] = blamed[0]!
  const lines = judged.flatMap(({space, counts}, index) => emptyLines(space, counts, blamed[index]!))
  const {pointer} = early[first!]!
  throw study.source.error(pointer, lines.join('\n  '), [loosened(early, blamed[0]!)], 'SPACE_EMPTY')
}

/** The constraints that leave nothing: one of them, or two, or all together. */
function blamedIndices({counts, keptByPair}: EarlyCounts): readonly number[] {
  const all = counts.map((_, index) => index)
  const alone = all.find((index) => keptByPair[index]![index] === 0)
  if (alone !== undefined) return [alone]
  for (const a of all) for (const b of all) if (b > a && keptByPair[a]![b] === 0) return [a, b]
  return all
}

function emptyLines(space: DesignSpace, {pointCount, sampledCount, counts}: EarlyCounts, blamed: readonly number[]): readonly string[] {
  const of = sampledCount === undefined ? `${pointCount}` : `${sampledCount} points sampled`
  const where = `${space.label} with ${space.model.name}`
  const texts = blamed.map((index) => counts[index]!.text)
  const wanted = texts.length === 1 ? texts[0]! : `${listed(texts)} together`
  const claim = sampledCount === undefined ? `no point of ${where} meets ${wanted}` : `no point of ${where} was found that meets ${wanted}`
  return [`${claim}:`, ...blamed.map((index) => `  ${counts[index]!.text} removes ${counts[index]!.removedCount} of ${of}`)]
}

function listed(texts: readonly string[]): string {
  return texts.length === 1 ? texts[0]! : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`
}

function loosened(early: readonly Constraint[], blamed: readonly number[]): string {
  const names = [...new Set(blamed.flatMap((index) => [...early[index]!.columnNames.values()]))]
  return `loosen ${blamed.length === 1 ? 'it' : 'one of them'}, or widen the axes behind ${names.join(', ')}`
}
