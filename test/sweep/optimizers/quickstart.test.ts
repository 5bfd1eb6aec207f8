import {beforeAll, describe, expect, it} from 'vitest'
import {type FrontScale, frontScale, hypervolumeRatio} from '../../../src/frontier/hypervolume.js'
import type {ObjectiveColumn} from '../../../src/frontier/pareto-front.js'
import {designTarget} from '../../../src/sweep/design-target.js'
import {optimize, type SearchTarget} from '../../../src/sweep/optimize.js'
import {designCount, type Results} from '../../../src/sweep/optimizers/archive.js'
import {type OptimizerKind, optimizerKinds} from '../../../src/sweep/optimizers/optimizers.js'
import {loadStudy} from '../../../src/sweep/study.js'

/** A space with every one of its designs evaluated once, so that searches of it only look up. */
interface KnownSpace {
  readonly target: SearchTarget
  readonly scale: FrontScale
  readonly volume: number
  readonly pointCount: number
}

function feasibleColumns({objectives, violationRatios}: Results): ObjectiveColumn[] {
  const rows = Array.from({length: violationRatios.length}, (_, row) => row).filter((row) => violationRatios[row] === 0)
  return objectives.map((values) => ({values: Float64Array.from(rows, (row) => values[row]!), goal: 'min'}))
}

async function knownSpace(target: SearchTarget): Promise<KnownSpace> {
  const {dimensions} = target
  const pointCount = designCount(dimensions)
  const strides = dimensions.map((_, index) => designCount(dimensions.slice(index + 1)))
  const shares = dimensions.map(({levelCount}, index) =>
    Float64Array.from({length: pointCount}, (_, row) => ((Math.floor(row / strides[index]!) % levelCount) + 0.5) / levelCount),
  )
  const all = await target.evaluate(shares, pointCount)
  const columns = feasibleColumns(all)
  const scale = frontScale(columns)!
  const lookUp = (asked: readonly Float64Array[], rowCount: number): Results => {
    const rows = Int32Array.from({length: rowCount}, (_, row) =>
      dimensions.reduce((sum, {levelCount}, index) => sum + Math.floor(asked[index]![row]! * levelCount) * strides[index]!, 0),
    )
    return {
      objectives: all.objectives.map((values) => Float64Array.from(rows, (row) => values[row]!)),
      violationRatios: Float64Array.from(rows, (row) => all.violationRatios[row]!),
    }
  }
  return {target: {...target, evaluate: lookUp}, scale, volume: hypervolumeRatio(columns, scale), pointCount}
}

/** How much of the volume of the whole space's front is missed with one evaluation in a hundred: the median of ten seeds. */
async function medianGapRatio({target, scale, volume, pointCount}: KnownSpace, kind: OptimizerKind): Promise<number> {
  const gaps: number[] = []
  for (let seed = 1; seed <= 10; seed++) {
    const archive = await optimize(target, {kind, evaluationCount: pointCount / 100, seed})
    const found = feasibleColumns({objectives: archive.objectives(), violationRatios: archive.violationRatios})
    gaps.push(1 - hypervolumeRatio(found, scale) / volume)
  }
  gaps.sort((a, b) => a - b)
  return (gaps[4]! + gaps[5]!) / 2
}

const study = loadStudy('quickstart')
const families = study.spaces.filter(({machineAxes}) => machineAxes.length === 4)

describe.each(families.map((space) => [String(space.pass.phase), space] as const))('the family around the H100 in %s', (_, space) => {
  let known: KnownSpace
  let randomGapRatio: number
  beforeAll(async () => {
    known = await knownSpace(designTarget(space, study, 16_384))
    randomGapRatio = await medianGapRatio(known, 'random')
  })

  it('misses nothing with all of its 63,000 designs', async () => {
    const {target, scale, volume, pointCount} = known
    expect(pointCount).toBe(63_000)
    const all = await optimize(target, {kind: 'random', evaluationCount: pointCount, seed: 1})
    expect(hypervolumeRatio(feasibleColumns({objectives: all.objectives(), violationRatios: all.violationRatios}), scale)).toBe(volume)
  })

  it.each(optimizerKinds.filter((kind) => kind !== 'random'))(
    '%s finds 0.95 of its hypervolume with a hundredth of the evaluations, and misses at most a third of what random search misses',
    async (kind) => {
      const gapRatio = await medianGapRatio(known, kind)
      expect(gapRatio).toBeGreaterThan(0)
      expect(gapRatio).toBeLessThanOrEqual(0.05)
      expect(gapRatio).toBeLessThanOrEqual(randomGapRatio / 3)
    },
  )
})
