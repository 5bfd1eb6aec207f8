import path from 'node:path'
import {expect, it} from 'vitest'
import {runStudySweep} from '../../src/study/run-sweep.js'
import {loadStudy} from '../../src/sweep/study.js'
import {temporaryFolder} from '../sweep/studies.js'

it('the quickstart study has limits that each turn away designs that no other limit does', {timeout: 120_000}, async () => {
  const {summary} = await runStudySweep(loadStudy('quickstart'), {storeFile: path.join(temporaryFolder(), 'points.db'), sampleCount: 0})
  expect(summary.workloads.map(({phase}) => phase)).toEqual(['prefill', 'decode'])
  for (const {pointCount, feasibleCount, constraints} of summary.workloads) {
    expect(pointCount).toBeGreaterThanOrEqual(10_000)
    expect(feasibleCount).toBeGreaterThanOrEqual(pointCount / 10)
    expect(constraints).toHaveLength(3)
    for (const {removedAloneCount} of constraints) expect(removedAloneCount).toBeGreaterThan(0)
  }
})
