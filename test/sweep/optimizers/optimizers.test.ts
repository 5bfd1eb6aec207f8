import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {hypervolume} from '../../../src/frontier/hypervolume.js'
import {type OptimizeOptions, optimize, type SearchTarget} from '../../../src/sweep/optimize.js'
import {type Archive, designCount} from '../../../src/sweep/optimizers/archive.js'
import {type OptimizerKind, optimizerKinds} from '../../../src/sweep/optimizers/optimizers.js'
import {dtlz2, targetOf, zdt1} from './problems.js'

const searchers = optimizerKinds.filter((kind) => kind !== 'random')

function designsOf(archive: Archive): string[] {
  return Array.from({length: archive.rowCount()}, (_, row) => archive.designAt(row).join(' '))
}

/** Levels, some without order, with a corner that is not feasible and one that has no numbers. */
const anyTarget = fc
  .record({
    dimensions: fc.array(
      fc.record({levelCount: fc.oneof(fc.integer({min: 1, max: 6}), fc.constant(Number.POSITIVE_INFINITY)), isOrdered: fc.boolean()}),
      {minLength: 1, maxLength: 4},
    ),
    objectiveCount: fc.integer({min: 1, max: 5}),
    feasibleTo: fc.constantFrom(0, 0.5, 1, 2),
    knownTo: fc.constantFrom(0, 0.5, 1),
  })
  .map(({dimensions, objectiveCount, feasibleTo, knownTo}): SearchTarget => {
    const plain = targetOf(
      dimensions.map(({levelCount}) => levelCount),
      objectiveCount,
      (design) =>
        Array.from({length: objectiveCount}, (_, index) =>
          design.at(-1)! > knownTo ? Number.NaN : design.reduce((sum, share, axis) => sum + (share - ((index + axis) % 3) / 2) ** 2, 0),
        ),
      (design) => Math.max(0, design.reduce((sum, share) => sum + share, 0) - feasibleTo),
    )
    // What has no order has levels.
    return {...plain, dimensions: dimensions.map(({levelCount, isOrdered}) => ({levelCount, isOrdered: isOrdered || levelCount > 6}))}
  })

describe.each(optimizerKinds)('%s', (kind) => {
  it('spends its evaluations on different designs, all of them or as many as there are', async () => {
    await fc.assert(
      fc.asyncProperty(anyTarget, fc.integer({min: 1, max: 60}), fc.integer(), async (target, evaluationCount, seed) => {
        const archive = await optimize(target, {kind, evaluationCount, seed})
        expect(new Set(designsOf(archive)).size).toBe(archive.rowCount())
        expect(archive.rowCount()).toBe(Math.min(evaluationCount, designCount(target.dimensions)))
        for (const column of archive.shareColumns) for (const share of column) expect(share >= 0 && share < 1).toBe(true)
      }),
    )
  })

  it('asks for the same designs whoever evaluates them, in whatever order they are done', async () => {
    const {target} = dtlz2
    const options: OptimizeOptions = {kind, evaluationCount: 300, seed: 4}
    const alone = await optimize(target, options)
    const shared = await optimize(
      {
        ...target,
        // Three workers, each with every third row; the last to be asked is the first to answer.
        evaluate: async (shares, rowCount) => {
          const mine = (worker: number) => Array.from({length: rowCount}, (_, row) => row).filter((row) => row % 3 === worker)
          const out = dtlz2.reference.map(() => new Float64Array(rowCount))
          await Promise.all(
            [0, 1, 2].map(async (worker) => {
              await new Promise((resolve) => {
                setTimeout(resolve, 2 - worker)
              })
              const rows = mine(worker)
              const {objectives} = await target.evaluate(
                shares.map((column) => Float64Array.from(rows, (row) => column[row]!)),
                rows.length,
              )
              for (const [index, values] of objectives.entries())
                for (const [place, row] of rows.entries()) out[index]![row] = values[place]!
            }),
          )
          return {objectives: out, violationRatios: new Float64Array(rowCount)}
        },
      },
      options,
    )
    expect(designsOf(shared)).toEqual(designsOf(alone))
    expect(shared.objectives()).toEqual(alone.objectives())
  })
})

it.each(['nsga-2', 'nsga-3', 'cma-es', 'random'] as const)('%s asks for other designs with another seed', async (kind) => {
  const [one, other] = await Promise.all([1, 2].map((seed) => optimize(dtlz2.target, {kind, evaluationCount: 50, seed})))
  expect(designsOf(one!)).not.toEqual(designsOf(other!))
})

async function volumeRatio({target, reference, volume}: typeof zdt1, kind: OptimizerKind, evaluationCount: number): Promise<number> {
  const archive = await optimize(target, {kind, evaluationCount, seed: 1})
  return hypervolume(archive.objectives(), reference) / volume
}

describe('on problems whose fronts are known', () => {
  it('nsga-2 reaches 99 % of the volume of ZDT1 in 10,000 evaluations', async () => {
    expect(await volumeRatio(zdt1, 'nsga-2', 10_000)).toBeGreaterThan(0.99)
  })

  it.each([
    {kind: 'nsga-2', least: 0.94},
    {kind: 'nsga-3', least: 0.94},
    {kind: 'narrowing', least: 0.9},
  ] as const)('$kind reaches $least of the volume of DTLZ2 in 10,000 evaluations', async ({kind, least}) => {
    const ratio = await volumeRatio(dtlz2, kind, 10_000)
    expect(ratio).toBeGreaterThan(least)
    expect(ratio).toBeLessThan(1)
  })

  it('cma-es follows a valley that is a thousand times narrower than long to its end', async () => {
    // Hansen's ellipsoid: axes from 1 to 1000, turned so that no dimension is one of them.
    const turned = (design: readonly number[]): number[] => {
      const sum = design.reduce((total, share) => total + share - 0.3, 0)
      return design.map((share) => share - 0.3 - (2 * sum) / design.length)
    }
    const valley = targetOf(
      Array.from({length: 6}, () => Number.POSITIVE_INFINITY),
      1,
      (design) => [turned(design).reduce((sum, value, index) => sum + 1e6 ** (index / 5) * value * value, 0)],
    )
    const archive = await optimize(valley, {kind: 'cma-es', evaluationCount: 4500, seed: 1})
    expect(Math.min(...archive.objectives()[0]!)).toBeLessThan(1e-9)
  })

  // Two feasible levels in ten on each of six dimensions, 64 designs of a million; random search meets none of them.
  const needle = targetOf(
    Array.from({length: 6}, () => 10),
    2,
    ([x, y]) => [x!, 1 - y!],
    (design) => design.reduce((sum, share) => sum + Math.max(0, Math.abs(share - 0.7) - 0.1), 0),
  )
  it.each(searchers)('%s finds its way to feasible designs by how far others are from that', async (kind) => {
    const archive = await optimize(needle, {kind, evaluationCount: 1500, seed: 1})
    expect(archive.violationRatios.filter((violation) => violation === 0).length).toBeGreaterThan(0)
    const random = await optimize(needle, {kind: 'random', evaluationCount: 1500, seed: 1})
    expect(random.violationRatios.filter((violation) => violation === 0).length).toBe(0)
  })
})
