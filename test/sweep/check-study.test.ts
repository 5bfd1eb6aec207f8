import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {UserError} from '../../src/foundation/user-error.js'
import {checkStudy} from '../../src/sweep/check-study.js'
import {earlyCounts} from '../../src/sweep/early-counts.js'
import {designEvaluator} from '../../src/sweep/evaluator.js'
import {pointBatch, pointSet} from '../../src/sweep/point-set.js'
import type {Study} from '../../src/sweep/study.js'
import {onlySpace, type SweptPoint, studyOf, sweptPoints} from './studies.js'

const text = (
  constraints: readonly string[],
  axes = '{sms: {from: 60, to: 160, step: 20}, l2: [16 MiB, 50 MiB, 90 MiB], clock: [1.2 GHz, 1.9 GHz]}',
  more = '',
) => `title: t
spaces:
  - accelerator: ./machine.yaml
    axes: ${axes}
workloads: [{model: gpt2, phase: decode}]
axes: {batch: [1, 64], tensorParallel: {values: [1, 2, 4], when: "batch >= 64", otherwise: 1}}
constraints: ${JSON.stringify(constraints)}
objectives: [latency]
fidelity: roofline
${more}`

const refused = (study: Study): UserError => {
  try {
    checkStudy(study)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('the study was accepted')
}

interface Claim {
  readonly text: string
  readonly holds: (point: SweptPoint) => boolean
}
const claims: readonly Claim[] = [
  {text: 'sms * clock <= 200e9 Hz', holds: ({sms, clock}) => Number(sms) * Number(clock) <= 200e9},
  {text: 'l2 / (1 MiB) + sms >= 120', holds: ({l2, sms}) => Number(l2) / 2 ** 20 + Number(sms) >= 120},
  {text: 'tensorParallel != 2', holds: ({tensorParallel}) => tensorParallel !== 2},
  {text: 'dieSquareMillimetres <= 700 mm^2', holds: ({dieSquareMillimetres}) => Number(dieSquareMillimetres) <= 700},
  {text: 'cost * batch <= 5000 USD', holds: ({deviceDollars, batch}) => Number(deviceDollars) * Number(batch) <= 5000},
]

describe('early constraints', () => {
  it('leave the points, and count what judging every swept point one by one counts, whatever constraints there are', async () => {
    const points = await sweptPoints(studyOf(text([])))
    expect(points).toHaveLength(6 * 3 * 2 * 4)
    for (const chosen of [[0], [3], [0, 1, 2], [3, 4], [0, 1, 2, 3, 4]].map((places) => places.map((place) => claims[place]!))) {
      const study = studyOf(text(chosen.map((claim) => claim.text)))
      const failed = (point: SweptPoint): readonly Claim[] => chosen.filter(({holds}) => !holds(point))
      const kept = points.filter((point) => failed(point).length === 0)
      const {pointCount, keptCount, sampledCount, counts} = earlyCounts(onlySpace(study), study.constraints)
      expect({pointCount, keptCount, sampledCount}).toEqual({pointCount: points.length, keptCount: kept.length, sampledCount: undefined})
      expect(counts).toEqual(
        chosen.map((claim) => ({
          text: claim.text,
          ofCount: points.length,
          removedCount: points.filter((point) => !claim.holds(point)).length,
          removedAloneCount: points.filter((point) => failed(point).length === 1 && failed(point)[0] === claim).length,
        })),
      )
      expect(await sweptPoints(study)).toEqual(kept)
    }
  }, 30_000)

  it('are judged of a sample point by point', async () => {
    const sampler = 'sampler: {kind: latin-hypercube, points: 40, seed: 2}\n'
    const axes = '{sms: {from: 60, to: 160, step: 20}, l2: {from: 16 MiB, to: 90 MiB}, clock: [1.2 GHz, 1.9 GHz]}'
    const points = await sweptPoints(studyOf(text([], axes, sampler)))
    const study = studyOf(
      text(
        claims.map((claim) => claim.text),
        axes,
        sampler,
      ),
    )
    const kept = points.filter((point) => claims.every(({holds}) => holds(point)))
    expect(kept.length).toBeGreaterThan(0)
    expect(await sweptPoints(study)).toEqual(kept)
    expect(earlyCounts(onlySpace(study), study.constraints)).toMatchObject({pointCount: 40, keptCount: kept.length})
  })

  it('are estimated by a sample where they would take too long', () => {
    const study = studyOf(text(['sms >= 100', 'sms * l2 / (1 MiB) <= 9000']))
    const {pointCount, sampledCount, counts} = earlyCounts(onlySpace(study), study.constraints, 3)
    expect(sampledCount).toBe(pointCount)
    expect(pointCount).toBeGreaterThan(50_000)
    expect(Math.abs(counts[0]!.removedCount / pointCount - 1 / 3)).toBeLessThan(0.01)
  })
})

describe('early constraints of many passes', () => {
  const many = (constraint: string) =>
    studyOf(
      text([constraint])
        .replace('batch: [1, 64]', 'batch: {from: 1, to: 200, step: 1}, contextTokens: {from: 1000, to: 1199, step: 1}')
        .replace(', tensorParallel: {values: [1, 2, 4], when: "batch >= 64", otherwise: 1}', ''),
    )

  it('are judged by a sample of them, as each is compiled, unless more is asked for', () => {
    const study = many('residentBytes <= 5 GB')
    expect(earlyCounts(onlySpace(study), study.constraints, 500_000).sampledCount).toBe(10_000)
    expect(earlyCounts(onlySpace(study), study.constraints, 5_000_000)).toMatchObject({sampledCount: undefined, pointCount: 36 * 40_000})
  })

  it('are counted one by one where they need no pass', () => {
    const study = many('batch * contextTokens <= 100000')
    expect(earlyCounts(onlySpace(study), study.constraints, 500_000)).toMatchObject({sampledCount: undefined, pointCount: 36 * 40_000})
  })
})

describe('pointSet', () => {
  it('fills any stretch of indices as it fills all of them', () => {
    const study = studyOf(text(['sms * clock <= 200e9 Hz']))
    const space = onlySpace(study)
    const set = pointSet(space, study.constraints, 512)
    const rowsIn = (first: number, count: number): string[] => {
      const batch = pointBatch(space, 512)
      set.fill(first, count, batch)
      return Array.from({length: batch.rowCount}, (_, row) => [batch.indices[row], ...batch.columns.map((column) => column[row])].join(' '))
    }
    const all = rowsIn(0, set.indexCount)
    fc.assert(
      fc.property(fc.nat(set.indexCount - 1), fc.nat(set.indexCount - 1), (a, b) => {
        const [first, end] = [Math.min(a, b), Math.max(a, b) + 1]
        const own = all.filter((row) => Number(row.split(' ')[0]) >= first && Number(row.split(' ')[0]) < end)
        expect(rowsIn(first, end - first)).toEqual(own)
      }),
    )
  })
})

describe('checkStudy', () => {
  it('lets pass what leaves something, and what only a timing can tell', () => {
    checkStudy(studyOf(text(['sms <= 100', 'averageWatts <= 1 W'])))
  })

  it('names the one constraint that leaves nothing', () => {
    const error = refused(studyOf(text(['sms >= 60', 'dieSquareMillimetres <= 10 mm^2'])))
    expect(error).toMatchObject({code: 'SPACE_EMPTY', exitCode: 3})
    expect(error.message).toContain('small.yaml:7:')
    expect(error.message).toContain('/constraints/1')
    expect(error.message).toContain(
      'no point of machine with gpt2 meets dieSquareMillimetres <= 10 mm^2:\n    dieSquareMillimetres <= 10 mm^2 removes 144 of 144',
    )
    expect(error.suggestions).toEqual(['loosen it, or widen the axes behind dieSquareMillimetres'])
  })

  it('names two that contradict each other, and how many points each removes', () => {
    const error = refused(studyOf(text(['clock >= 1 GHz', 'sms >= 120', 'sms <= 100'])))
    expect(error.message).toContain('no point of machine with gpt2 meets sms >= 120 and sms <= 100 together:')
    expect(error.message).toContain('sms >= 120 removes 72 of 144')
    expect(error.message).toContain('sms <= 100 removes 72 of 144')
    expect(error.suggestions).toEqual(['loosen one of them, or widen the axes behind sms'])
  })

  it('names all of them where no two contradict each other', () => {
    const error = refused(
      studyOf(text(['sms + clock / (20 MHz) <= 140', 'sms >= 80', 'clock >= 1.5 GHz'], '{sms: [60, 80], clock: [1.2 GHz, 1.5 GHz]}')),
    )
    expect(error.message).toContain('meets sms + clock / (20 MHz) <= 140, sms >= 80 and clock >= 1.5 GHz together')
  })

  it('says so where it looked at a sample only', () => {
    const axes =
      '{sms: {from: 1, to: 200, step: 1}, l2: {from: 1 MiB, to: 200 MiB, step: 1 MiB}, hbmBandwidth: {from: 1 TB/s, to: 3 TB/s, count: 200}}'
    const error = refused(studyOf(text(['sms * l2 * hbmBandwidth < 0 B^2/s'], axes)))
    expect(error.message).toContain('no point of machine with gpt2 was found that meets')
    expect(error.message).toMatch(/removes \d+ of \d+ points sampled/)
  })

  it.each([
    ['in a corner', ['sms >= 200', 'l2 >= 200 MiB', 'hbmBandwidth >= 3 TB/s']],
    ['in the middle', ['sms == 77', 'l2 == 123 MiB', 'hbmBandwidth < 1.5 TB/s', 'hbmBandwidth > 1.49 TB/s']],
    ['on a slope', ['sms * hbmBandwidth >= 595 TB/s', 'dieSquareMillimetres >= 100 mm^2', 'l2 <= 1 MiB']],
  ])('lets pass a few designs among millions, %s, that no sample holds', (_, constraints) => {
    const axes =
      '{sms: {from: 1, to: 200, step: 1}, l2: {from: 1 MiB, to: 200 MiB, step: 1 MiB}, hbmBandwidth: {from: 1 TB/s, to: 3 TB/s, count: 200}}'
    const study = studyOf(text(constraints, axes))
    expect(earlyCounts(onlySpace(study), study.constraints, 3).keptCount).toBe(0)
    checkStudy(study)
  })

  it.each(['', 'latencySeconds / (1 s) + '])('lets pass an objective that is finite at one design in a thousand: %s…', (before) => {
    const axes = '{sms: {from: 60, to: 160, step: 1}, l2: {from: 1 MiB, to: 90 MiB, step: 1 MiB}}'
    const root = `${before}sqrt(2 - abs(sms - 111) - abs(l2 / (1 MiB) - 40))`
    checkStudy(studyOf(text([], axes).replace('[latency]', `[{expression: "${root}", name: near}]`)))
  })

  it('takes a space without points for an answer while another has some', () => {
    const both = text(['sms >= 100']).replace('spaces:\n', 'spaces:\n  - {accelerator: ./machine.yaml, set: {sms: 40}}\n')
    checkStudy(studyOf(both))
  })

  it('refuses a grid over an axis without end, at its place', () => {
    const error = refused(studyOf(text([], '{l2: {from: 16 MiB, to: 90 MiB}}')))
    expect(error).toMatchObject({code: 'AXIS_ENDLESS', exitCode: 3})
    expect(error.message).toContain('small.yaml:4:16 /spaces/0/axes/l2\n  a grid has no end of values of l2')
    expect(error.suggestions.join(' ')).toMatch(/a step or a count.*choose a sampler/)
  })

  it.each([
    [
      'a price that no file states',
      '[latency, cost]',
      '/objectives/1',
      /deviceDollars is no finite number .*: tiny describes no dies, no memoryPrice/,
      /describe that/,
    ],
    [
      'a root of less than zero',
      '[{expression: "sqrt(1 - 2)", name: root}]',
      '/objectives/0',
      /sqrt\(1 - 2\) is no finite number/,
      /division by zero/,
    ],
    [
      'what divides by nothing',
      '[{expression: "energyJoules / (batch - batch)", name: odd}]',
      '/objectives/0',
      /is no finite number at any of 4096 designs/,
      /division by zero/,
    ],
  ])('refuses an objective that is never finite: %s', (_, objectives, place, reason, hint) => {
    const study = studyOf(`title: t
spaces: [{accelerator: ./tiny.yaml}]
workloads: [{model: gpt2, phase: decode}]
axes: {batch: [1, 2]}
objectives: ${objectives}
`)
    const error = refused(study)
    expect(error).toMatchObject({code: 'OBJECTIVE_UNKNOWN', exitCode: 3})
    expect(error.message).toContain(place)
    expect(error.message).toMatch(reason)
    expect(error.suggestions.join(' ')).toMatch(hint)
  })

  it('accepts an objective that some designs know', () => {
    checkStudy(
      studyOf(
        text([], '{sms: [100, 132]}', '').replace(
          '[latency]',
          '[{expression: "sqrt(batch - 2) * energyJoules", name: odd}, cost, {metric: power, target: 300 W}]',
        ),
      ),
    )
  })
})

describe('objectives', () => {
  it('are results, expressions and distances to targets, each with its column', () => {
    const study = studyOf(
      text([], '{sms: [100, 132]}').replace(
        '[latency]',
        '[{metric: throughput, goal: max}, {metric: power, target: 0.3 kW}, {expression: "energyJoules * latencySeconds / sms", name: edp, goal: max}, {expression: "l2 / (1 MiB)", name: cache, target: 40}]',
      ),
    )
    expect(study.objectives).toMatchObject([
      {name: 'tokensPerSecond', metric: 'tokensPerSecond', goal: 'max', unit: '1/s'},
      {name: 'averageWattsDistance', goal: 'min', unit: 'W', targetValue: 300, text: 'averageWatts'},
      {name: 'edp', goal: 'max', text: 'energyJoules * latencySeconds / sms'},
      {name: 'cache', goal: 'min', unit: '', targetValue: 40},
    ])
    const evaluator = designEvaluator(onlySpace(study), [], 2, study.objectives)
    const {metrics, objectives} = evaluator.evaluate(
      evaluator.dimensions.map(() => Float64Array.of(0, 0.9)),
      2,
    )
    for (const [row, sms] of [100, 132].entries()) {
      const of = (name: 'tokensPerSecond' | 'averageWatts' | 'energyJoules' | 'latencySeconds'): number => metrics[name][row]!
      expect(objectives[0]![row]).toBe(of('tokensPerSecond'))
      expect(objectives[1]![row]).toBeCloseTo(Math.abs(of('averageWatts') - 300), 9)
      expect(objectives[2]![row]).toBeCloseTo((of('energyJoules') * of('latencySeconds')) / sms, 12)
      expect(objectives[3]![row]).toBe(10)
    }
  })
})
