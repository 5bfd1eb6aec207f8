import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {compileNest, evaluateNest} from '../../src/mapping/nest-program.js'
import type {Best} from '../../src/search/best.js'
import {isBeaten, offer} from '../../src/search/best.js'
import {boundOf, boundPartial} from '../../src/search/bound.js'
import {explore, explorerOf, type Tally} from '../../src/search/branch.js'
import {mapspaceOf} from '../../src/search/mapspace.js'
import type {Aim} from '../../src/search/objectives.js'
import {liftDimension, partialFault, partialNest, placeDimension} from '../../src/search/partial-nest.js'
import {regionsOf} from '../../src/search/regions.js'
import {everyMapping} from '../support/every-mapping.js'
import {type MapspaceCase, mapspaceCases} from '../support/random-mapspaces.js'

const small = mapspaceCases.filter(({problem, hierarchy, constraints}) => {
  const {mappingCount} = mapspaceOf(problem, hierarchy, constraints)
  return mappingCount > 0 && mappingCount < (constraints.allowsImperfect ? 600 : 6000)
})

function bruteForce({problem, hierarchy, constraints}: MapspaceCase, aim: Aim): {best: Best; mappingCount: number} {
  const program = compileNest(problem, hierarchy)
  const best: Best = {aim, candidates: []}
  let mappingCount = 0
  for (const nest of everyMapping(mapspaceOf(problem, hierarchy, constraints))) {
    mappingCount++
    if (evaluateNest(program, nest) === 0) offer(best, program.counts.cycles, program.counts.energyJoules, nest)
  }
  return {best, mappingCount}
}

function explored({problem, hierarchy, constraints}: MapspaceCase, aim: Aim): {best: Best; tally: Tally; total: number; removed: number} {
  const program = compileNest(problem, hierarchy)
  const explorer = explorerOf(program, boundOf(program, constraints.allowsImperfect))
  const space = mapspaceOf(problem, hierarchy, constraints)
  const regions = regionsOf(space)!
  const best: Best = {aim, candidates: []}
  const tally: Tally = {
    cuts: {fanoutCount: 0, capacityCount: 0, boundCount: 0},
    evaluatedCount: 0,
    boundedCount: 0,
    spentCount: 0,
    leafCount: 0,
  }
  for (let index = 0; index < regions.count; index++)
    expect(explore(explorer, regions.at(index), best, tally, Number.POSITIVE_INFINITY, () => false)).toBe(true)
  const {fanoutCount, capacityCount, boundCount} = tally.cuts
  expect(fanoutCount + capacityCount + boundCount + tally.leafCount).toBe(regions.mappingCount)
  return {best, tally, total: space.mappingCount, removed: regions.equalOrderCount + regions.equalLoopCount + regions.mappingCount}
}

const aims: readonly Aim[] = [['energy'], ['latency'], ['edp'], ['latency', 'energy'], 'frontier']

describe('branch and bound', () => {
  it.each(aims)('finds what trying every mapping finds, for %s', (aim) => {
    fc.assert(
      fc.property(small, (tiny) => {
        const {best, mappingCount} = bruteForce(tiny, aim)
        const found = explored(tiny, aim)
        expect(found.total).toBe(mappingCount)
        expect(found.removed).toBe(mappingCount)
        const values = ({candidates}: Best) => candidates.map(({latencySeconds, energyJoules}) => [latencySeconds, energyJoules])
        if (aim === 'frontier') expect(values(found.best)).toEqual(values(best))
        else if (best.candidates.length === 0) expect(found.best.candidates).toEqual([])
        else {
          const {latencySeconds, energyJoules} = found.best.candidates[0]!
          expect(isBeaten(best, latencySeconds, energyJoules)).toBe(true)
          expect(isBeaten(found.best, best.candidates[0]!.latencySeconds, best.candidates[0]!.energyJoules)).toBe(true)
        }
      }),
      {numRuns: 60},
    )
  })

  it('bounds every completion of every partial mapping from below, and forbids none that can run', () => {
    fc.assert(
      fc.property(small, fc.integer({min: 0, max: 7}), ({problem, hierarchy, constraints}, placed) => {
        const program = compileNest(problem, hierarchy)
        const bound = boundOf(program, constraints.allowsImperfect)
        const partial = partialNest(program)
        const levelCount = hierarchy.levels.length
        for (const nest of everyMapping(mapspaceOf(problem, hierarchy, constraints))) {
          if (evaluateNest(program, nest) !== 0) continue
          partial.keeps = nest.keeps
          partial.orders = constraints.allowsImperfect
            ? hierarchy.levels.map(() => undefined)
            : hierarchy.levels.map((_, level) => nest.order.subarray(level * 3, level * 3 + 3))
          for (let dimension = 0; dimension < 3; dimension++) {
            liftDimension(partial, dimension)
            if (((placed >> dimension) & 1) === 0) continue
            const row = Int32Array.from({length: 3 * levelCount}, (_, slot) => nest.counts[slot * 3 + dimension]!)
            placeDimension(partial, problem.dimensions[dimension]!.size, dimension, row, 0)
          }
          expect(partialFault(program, partial)).toBe(0)
          boundPartial(program, partial, bound)
          const joules = bound.tensorJoules.reduce((total, each) => total + each, bound.fixedJoules)
          if (joules > program.counts.energyJoules * (1 + 1e-9) || bound.cycles > program.counts.cycles * (1 + 1e-9))
            throw new Error(
              `${[...nest.counts]} ${[...nest.order]} ${[...nest.keeps]}: ${joules} > ${program.counts.energyJoules} or ${bound.cycles} > ${program.counts.cycles}`,
            )
        }
      }),
      {numRuns: 80},
    )
  })
})
