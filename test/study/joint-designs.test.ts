import {describe, expect, it} from 'vitest'
import type {PointRow} from '../../src/store/space-reader.js'
import {jointDesigns, jointField, namedDesigns} from '../../src/study/joint-designs.js'
import type {WorkloadPoints} from '../../src/study/study-points.js'
import {metricObjective} from '../../src/sweep/objective.js'

const points = (phase: string, feasible: readonly PointRow[], feasibleCount = feasible.length): WorkloadPoints => ({
  workload: 'gpt2',
  phase,
  settings: '',
  fidelities: [],
  pointCount: feasibleCount,
  storedCount: feasibleCount,
  describedCount: null,
  feasibleCount,
  feasible,
  constraints: [],
  front: new Int32Array(0),
})
const row = (cores: number, latencySeconds: number | null, deviceDollars: number): PointRow => ({
  accelerator: 'chip',
  cores,
  latencySeconds,
  deviceDollars,
})
const objectives = (['latencySeconds', 'deviceDollars'] as const).map((metric) => metricObjective(metric, 'min'))

const prefill = points('prefill', [row(1, 8, 100), row(2, 4, 200), row(3, 3, 300), row(4, 3.5, 400)])
const decode = points('decode', [row(4, 1, 400), row(2, 3, 200), row(1, 5, 100), row(5, 0.1, 500), row(3, null, 300)])

describe('designs that serve several workloads', () => {
  const joint = jointDesigns([prefill, decode], ['cores'], objectives)

  it('are those that each of them has, at the same values of every axis', () => {
    expect(joint.designs.map(({points: each}) => each.map((point) => point['cores']))).toEqual([
      [1, 1],
      [2, 2],
      [4, 4],
    ])
  })

  it('have a result of each workload, and one that all agree on once', () => {
    expect(joint.workloads).toEqual(['prefill', 'decode'])
    expect(joint.results.map(({field, title}) => [field, title])).toEqual([
      ['prefillLatencySeconds', 'Latency of prefill'],
      ['decodeLatencySeconds', 'Latency of decode'],
      ['deviceDollars', 'Device cost'],
    ])
    expect(joint.designs[1]!.results).toEqual({prefillLatencySeconds: 4, decodeLatencySeconds: 3, deviceDollars: 200})
  })

  it('are on the front where no other beats them in every result', () => {
    expect([...joint.front].toSorted()).toEqual([0, 1, 2])
    const dearer = points('decode', [row(1, 5, 100), row(2, 6, 200), row(4, 7, 400)])
    expect([
      ...jointDesigns([points('prefill', [row(1, 8, 100), row(2, 9, 200), row(4, 9, 400)]), dearer], ['cores'], objectives).front,
    ]).toEqual([0])
  })

  it('have a front of five results at most, the first ones, as every front has', () => {
    const three = (['latencySeconds', 'energyJoules', 'averageWatts'] as const).map((metric) => metricObjective(metric, 'min'))
    const both = (['prefill', 'decode'] as const).map((phase, workload) =>
      points(
        phase,
        [1, 2, 3].map((cores) => ({
          ...row(cores, cores + workload, 1),
          energyJoules: 5 + workload,
          averageWatts: workload === 0 ? 7 : 7 - cores,
        })),
      ),
    )
    const wide = jointDesigns(both, ['cores'], three)
    expect(wide.results).toHaveLength(6)
    expect([...wide.front]).toEqual([0])
  })

  it('are named by what they are best at, one design by all of its names, and the knee by the least sum of scaled results', () => {
    // Scaled to the front: cores 1 is (1, 1, 0), cores 2 is (0.11, 0.5, 0.33), cores 4 is (0, 0, 1): the least sum is 0.94.
    const named = namedDesigns(joint).map(({name, isKnee, design}) => [name, isKnee, design.points[0]!['cores']])
    expect(named).toEqual([
      ['least latency of prefill and least latency of decode', false, 4],
      ['least device cost', false, 1],
      ['knee', true, 2],
    ])
  })

  it('say whether they were joined from samples', () => {
    expect(joint.isWhole).toBe(true)
    expect(jointDesigns([prefill, points('decode', decode.feasible, 99)], ['cores'], objectives).isWhole).toBe(false)
  })
})

it('one workload has its results under their own names, whatever its axes', () => {
  const joint = jointDesigns([prefill], [], objectives)
  expect(joint.designs).toHaveLength(4)
  expect(joint.results.map(({field}) => field)).toEqual(['latencySeconds', 'deviceDollars'])
  expect([...joint.front].map((index) => joint.designs[index]!.points[0]!['cores'])).toEqual([3, 2, 1])
})

it('no designs have neither a front nor names', () => {
  const joint = jointDesigns([points('prefill', []), decode], ['cores'], objectives)
  expect([joint.designs, [...joint.front], namedDesigns(joint)]).toEqual([[], [], []])
})

it.each([
  ['decode', 'decodeLatencySeconds'],
  ['llama-3.1-8b decode', 'llama318bDecodeLatencySeconds'],
])('the latency of %s is kept as %s, which no dot or space breaks', (label, field) => {
  expect(jointField(label, 'latencySeconds').toLowerCase()).toBe(field.toLowerCase())
  expect(jointField(label, 'latencySeconds')).toMatch(/^[a-zA-Z0-9]+$/)
})
