import {expect, it} from 'vitest'
import {sweepText} from '../../src/view/sweep-view.js'

it('says of each constraint how many designs it removes, also where it removes none', () => {
  const text = sweepText({
    study: 'small',
    storeFile: 'points.db',
    askedFidelity: null,
    objectives: [],
    axes: [],
    pointCount: 9,
    computedCount: 0,
    removedCount: 0,
    optimizer: null,
    describedCount: 9,
    workloads: [
      {
        workload: 'gpt2',
        phase: 'decode',
        settings: 'contextTokens 512',
        fidelities: [{accelerator: 'h100-sxm', fidelity: 'roofline'}],
        pointCount: 9,
        feasibleCount: 6,
        frontCount: 2,
        corners: [],
        constraints: [
          {text: 'averageWatts <= 500 W', removedCount: 3, removedAloneCount: 3, ofCount: 12},
          {text: 'fitsInMemory == 1', removedCount: 0, removedAloneCount: 0, ofCount: 12},
        ],
      },
    ],
  })
  expect(text.split('\n').slice(2)).toEqual([
    'gpt2 decode, contextTokens 512: 6 of 9 designs meet every constraint, 2 are on the front',
    '  fidelity roofline',
    '  averageWatts <= 500 W removes 3 of 12, 3 of them alone',
    '  fitsInMemory == 1 removes none',
  ])
})
