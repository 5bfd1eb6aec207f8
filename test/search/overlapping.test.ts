import {expect, it} from 'vitest'
import {parseHierarchy} from '../../src/accelerator/load-hierarchy.js'
import {hierarchyConstraints} from '../../src/mapping/hierarchy-constraints.js'
import {findMapping} from '../../src/search/find-mapping.js'
import {parseProblem} from '../../src/workload/load-problem.js'
import {smallHierarchy} from '../support/small-hierarchy.js'

it('claims no proof where tiles of results overlap, as in a transposed convolution', async () => {
  const problem = parseProblem(
    'transposed.yaml',
    'dtype: int8\ndimensions: {M: 3, K: 4}\ntensors:\n  w: {indices: [M]}\n  i: {indices: [K]}\n  o: {indices: [M + 2*K], output: true}\n',
  )
  const hierarchy = parseHierarchy('small.yaml', smallHierarchy)
  const budget = {evaluationCount: 5000}
  const found = await findMapping(problem, hierarchy, hierarchyConstraints(problem, hierarchy), {
    aim: ['edp'],
    seed: '0',
    budget,
    threadCount: 1,
  })
  expect(found).toMatchObject({kind: 'found', isProved: false})
})
