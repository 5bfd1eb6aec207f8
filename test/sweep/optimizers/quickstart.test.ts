import {beforeAll, describe, expect, it} from 'vitest'
import {frontScale, hypervolumeRatio} from '../../../src/frontier/hypervolume.js'
import {designTarget} from '../../../src/sweep/design-target.js'
import {optimize} from '../../../src/sweep/optimize.js'
import {optimizerKinds} from '../../../src/sweep/optimizers/optimizers.js'
import {loadStudy} from '../../../src/sweep/study.js'
import {teamOf} from '../../../src/sweep/team.js'
import {gapRatio, type KnownSpace, knownSpace, medianGapRatio} from '../../bench/known-space.js'

const engine = {optimize, frontScale, hypervolumeRatio}
const study = loadStudy('quickstart')
const families = study.spaces.filter(({machineAxes}) => machineAxes.length > 0)

describe.each(families.map((space) => [String(space.pass.phase), space] as const))('the family around the H100 in %s', (_, space) => {
  let known: KnownSpace
  let randomGapRatio: number
  beforeAll(async () => {
    known = await knownSpace(engine, designTarget(study, study.spaces.indexOf(space), teamOf(study, {workerCount: 1})))
    randomGapRatio = await medianGapRatio(engine, known, 'random')
  })

  it('misses nothing with all of its 63,000 designs', async () => {
    expect(known.pointCount).toBe(63_000)
    expect(await gapRatio(engine, known, 'random', known.pointCount, 1)).toBe(0)
  })

  it.each(optimizerKinds.filter((kind) => kind !== 'random'))(
    '%s finds 0.95 of its hypervolume with a hundredth of the evaluations, and misses at most a third of what random search misses',
    async (kind) => {
      const missedRatio = await medianGapRatio(engine, known, kind)
      expect(missedRatio).toBeGreaterThan(0)
      expect(missedRatio).toBeLessThanOrEqual(0.05)
      expect(missedRatio).toBeLessThanOrEqual(randomGapRatio / 3)
    },
  )
})
