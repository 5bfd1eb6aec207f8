import type {MappingComparison} from '../../mapping/mapping-comparison.js'
import type {Figure} from '../../report/report.js'

/** Energy and traffic of each candidate by level, the outermost first; the caption names those that do not fit. */
export function mapComparisonFigure({accelerator, problem, candidates, levels}: MappingComparison): Figure {
  const configurations = candidates.flatMap((candidate, index) => {
    if (!candidate.fits) return []
    const energyParts = levels.map(({level, joulesByCandidate}) => ({name: level, energyJoules: joulesByCandidate[index]!}))
    const trafficParts = candidate.levels.map(({name, trafficBytes}) => ({name, trafficBytes}))
    return [{name: candidate.name, latencyParts: [], energyParts, trafficParts}]
  })
  const leftOut = candidates.filter(({fits}) => !fits).map(({name}) => `${name} does not fit, and has no bar.`)
  return {
    name: 'mappings',
    title: `Mappings of ${problem} on ${accelerator}, level by level`,
    caption: ['Energy of the memory levels and the multiply-adders, without what leaks or idles.', ...leftOut].join(' '),
    kind: 'breakdown',
    input: {barTitle: 'Mapping', partOrder: levels.map(({level}) => level), configurations},
  }
}
