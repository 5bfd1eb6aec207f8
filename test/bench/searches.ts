import {frontScale, hypervolumeRatio} from '#ridge/frontier/hypervolume.js'
import {designTarget} from '#ridge/sweep/design-target.js'
import {optimize} from '#ridge/sweep/optimize.js'
import {type OptimizerKind, optimizerKinds} from '#ridge/sweep/optimizers/optimizers.js'
import {loadStudy} from '#ridge/sweep/study.js'
import {teamOf} from '#ridge/sweep/team.js'
import {knownSpace, medianGapRatio} from './known-space.js'

const engine = {optimize, frontScale, hypervolumeRatio}

export interface SearchedSpace {
  readonly name: string
  readonly pointCount: number
  /** What each optimizer misses of the hypervolume of the whole front. */
  readonly gaps: readonly {readonly kind: OptimizerKind; readonly gapRatio: number; readonly ofRandomRatio: number}[]
}

/** The family of designs of the quickstart in each of its passes, searched by every optimizer with 1 % of the evaluations. */
export async function searchedSpaces(): Promise<SearchedSpace[]> {
  const study = loadStudy('quickstart')
  const searched: SearchedSpace[] = []
  for (const space of study.spaces.filter(({machineAxes}) => machineAxes.length > 0)) {
    const known = await knownSpace(engine, designTarget(study, study.spaces.indexOf(space), teamOf(study, {workerCount: 1})))
    const randomRatio = await medianGapRatio(engine, known, 'random')
    const gaps: SearchedSpace['gaps'][number][] = []
    for (const kind of optimizerKinds) {
      const gapRatio = await medianGapRatio(engine, known, kind)
      gaps.push({kind, gapRatio, ofRandomRatio: gapRatio / randomRatio})
    }
    searched.push({name: `${space.label}, ${String(space.pass.phase)}`, pointCount: known.pointCount, gaps})
  }
  return searched
}
