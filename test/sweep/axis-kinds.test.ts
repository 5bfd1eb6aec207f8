import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {YamlSource} from '../../src/spec/yaml-source.js'
import {spaceHash} from '../../src/store/space-definition.js'
import {gridPointCount, walkGrid} from '../../src/sweep/grid.js'
import {readAxes} from '../../src/sweep/read-axes.js'
import type {RawAxis} from '../../src/sweep/read-axis.js'
import {spaceIdentity} from '../../src/sweep/space-identity.js'
import {buildWorkload} from '../../src/workload/load-workload.js'
import type {PassInput} from '../../src/workload/pass.js'
import {onlySpace, type SweptPoint, shippedAccelerator, studyOf, sweptPoints} from './studies.js'

const study = (machineAxes: string, axes = '{}', extra = ''): string => `title: t
spaces:
  - accelerator: ./machine.yaml
    axes: ${machineAxes}
workloads: [{model: gpt2, phase: decode}]
axes: ${axes}
objectives: [latency]
fidelity: roofline
${extra}`

const parameters = ['sms', 'l2', 'hbmBandwidth'] as const
const units = {sms: '', l2: ' B', hbmBandwidth: ' B/s'}
const settings = ['batch', 'tensorParallel', 'dtype', 'kvDtype', 'contextTokens'] as const

/** Every swept point has the numbers of a single evaluation of its design. */
async function expectEvaluated(text: string): Promise<readonly SweptPoint[]> {
  const {spaces} = studyOf(text)
  const points = await sweptPoints(studyOf(text))
  for (const point of points) {
    const set = parameters.filter((name) => point[name] !== undefined).map((name) => [name, `${point[name]}${units[name]}`])
    const pass = Object.fromEntries(settings.filter((name) => point[name] !== undefined).map((name) => [name, point[name]])) as PassInput
    const accelerator = loadAccelerator(shippedAccelerator('h100-sxm'), {set: Object.fromEntries(set)})
    const single = evaluate(accelerator, buildWorkload(spaces[0]!.model, {...spaces[0]!.pass, ...pass}), {
      fidelity: 'roofline',
      clockHertz: point['clock'] as number | undefined,
      powerLimitWatts: point['powerLimit'] as number | undefined,
    })
    for (const name of ['latencySeconds', 'energyJoules', 'residentBytes', 'dieSquareMillimetres'] as const)
      expect(Math.abs(Number(point[name]) / single[name]! - 1), `${name} of ${JSON.stringify(point)}`).toBeLessThan(1e-9)
  }
  return points
}

const valuesOf = (points: readonly SweptPoint[], name: string): unknown[] => points.map((point) => point[name])

describe('axes of every kind give designs that a single evaluation agrees with:', () => {
  it('linked, place by place', async () => {
    const points = await expectEvaluated(
      study('{hbmBandwidth: [2 TB/s, 3 TB/s, 4 TB/s], l2: {with: hbmBandwidth, values: [32 MiB, 48 MiB, 48 MiB]}}'),
    )
    expect(points.map(({hbmBandwidth, l2}) => [hbmBandwidth, l2])).toEqual([
      [2e12, 33_554_432],
      [3e12, 50_331_648],
      [4e12, 50_331_648],
    ])
  })

  it('derived from axes and from parameters of the accelerator, in any unit', async () => {
    const points = await expectEvaluated(study('{sms: [96, 132], powerLimit: {is: "sms * 4 W + l2 / (1 MiB) * 1 W"}, clock: [1.2 GHz]}'))
    expect(valuesOf(points, 'powerLimit')).toEqual([96 * 4 + 50, 132 * 4 + 50])
  })

  it('derived by way of each other, whatever the order in which they stand', async () => {
    const points = await expectEvaluated(
      study('{powerLimit: {is: "clock / (1 GHz) * 300 W"}, clock: {is: "sms * 10 MHz"}, sms: [100, 132]}'),
    )
    expect(points.map(({clock, powerLimit}) => [clock, powerLimit])).toEqual([
      [1e9, 300],
      [1.32e9, 396],
    ])
  })

  it('a setting of the pass derived from others, as a list of its values', async () => {
    const points = await expectEvaluated(study('{}', '{contextTokens: {is: "batch * 64"}, batch: [1, 2, 8]}'))
    expect(points.map(({batch, contextTokens}) => [batch, contextTokens])).toEqual([
      [1, 64],
      [2, 128],
      [8, 512],
    ])
  })

  it('conditional: by a claim, and by values of other axes', async () => {
    const points = await expectEvaluated(
      study(
        '{}',
        '{batch: [1, 64], tensorParallel: {values: [2, 4], when: "batch >= 64", otherwise: 1}, dtype: [bf16, fp8], kvDtype: {values: [bf16, fp8], when: {dtype: fp8}, otherwise: bf16}}',
      ),
    )
    expect(points.map(({batch, tensorParallel, dtype, kvDtype}) => `${batch} ${tensorParallel} ${dtype} ${kvDtype}`)).toEqual([
      '1 1 bf16 bf16',
      '1 1 fp8 bf16',
      '1 1 fp8 fp8',
      '64 2 bf16 bf16',
      '64 2 fp8 bf16',
      '64 2 fp8 fp8',
      '64 4 bf16 bf16',
      '64 4 fp8 bf16',
      '64 4 fp8 fp8',
    ])
  })

  it('continuous, on every kind of distribution, with what follows them', async () => {
    const points = await expectEvaluated(
      study(
        '{hbmBandwidth: {from: 2 TB/s, to: 6 TB/s, scale: log}, l2: {distribution: lognormal, median: 50 MiB, sigma: 0.3, most: 90 MiB}, sms: [96, 132], clock: {distribution: triangular, from: 1 GHz, peak: 1.5 GHz, to: 1.9 GHz}, powerLimit: {is: "sms * 5 W"}}',
        '{batch: {values: [1, 8], when: "hbmBandwidth > 4 TB/s", otherwise: 2}}',
        'sampler: {kind: sobol, points: 16, seed: 3}\n',
      ),
    )
    expect(points).toHaveLength(16)
    expect([...valuesOf(points, 'sample')].map(Number).sort((a, b) => a - b)).toEqual(Array.from({length: 16}, (_, index) => index))
    for (const {hbmBandwidth, l2, batch, sms, powerLimit} of points) {
      expect(Number(hbmBandwidth) >= 2e12 && Number(hbmBandwidth) < 6e12 && Number(l2) <= 90 * 2 ** 20).toBe(true)
      expect(batch === 2).toBe(Number(hbmBandwidth) <= 4e12)
      expect(powerLimit).toBe(Number(sms) * 5)
    }
  })
})

describe('pointCount', () => {
  const source = YamlSource.parse('{}', 'axes.yaml')
  const parameters = loadAccelerator('h100-sxm').parameters
  const upTo = (count: number): number[] => Array.from({length: count}, (_, index) => index + 1)
  const readAll = (raw: Readonly<Record<string, RawAxis>>) =>
    readAxes(
      source,
      Object.entries(raw).map(([name, each]) => ({name, raw: each, pointer: `/axes/${name}`, like: [], isCompiled: true})),
      parameters,
    )

  it('is what enumerating all combinations and leaving out repeats counts, for any axes with conditions', () => {
    const small = fc.integer({min: 1, max: 5})
    const limit = fc.integer({min: 0, max: 7})
    fc.assert(
      fc.property(small, small, small, small, limit, limit, (a, b, c, d, first, second) => {
        const axes = readAll({
          a: upTo(a),
          b: {values: upTo(b), when: `a >= ${first}`, otherwise: 1},
          free: upTo(d),
          c: {values: upTo(c), when: `a + b >= ${second}`, otherwise: 9},
          sum: {is: 'a + b + c'},
        })
        const seen = new Set<string>()
        for (const x of upTo(a))
          for (const y of upTo(b))
            for (const z of upTo(c)) {
              const held = x >= first ? y : 1
              seen.add(`${x} ${held} ${x + held >= second ? z : 9}`)
            }
        expect(gridPointCount(axes, parameters)).toBe(seen.size * d)
        const rows = new Set<string>()
        walkGrid(axes, parameters, () => (rowCount, isPoint, columns) => {
          for (let row = 0; row < rowCount; row++)
            if (isPoint[row] === 1) rows.add(axes.map(({values}, axis) => values[columns[axis]![row]!]).join(' '))
        })
        expect(rows.size).toBe(seen.size * d)
        for (const row of rows) {
          const [x, y, , z, sum] = row.split(' ').map(Number) as [number, number, number, number, number]
          expect(sum).toBe(x + y + z)
        }
      }),
    )
  })

  it('of a sample is what was asked for, or the grid where that has no more', () => {
    const sampled = (points: number) =>
      onlySpace(studyOf(study('{sms: [96, 132]}', '{batch: [1, 2, 4]}', `sampler: {kind: random, points: ${points}}\n`)))
    expect(sampled(5)).toMatchObject({pointCount: 5, sampler: {kind: 'random'}})
    expect(sampled(6)).toMatchObject({pointCount: 6, sampler: {kind: 'grid'}})
  })
})

describe('the identity of a sample', () => {
  const hash = (text: string): string => spaceHash(spaceIdentity(onlySpace(studyOf(text))))
  const sampled = (kind: string, points: number, axes = '{hbmBandwidth: {from: 2 TB/s, to: 4 TB/s}}', more = '') =>
    hash(study(axes, '{}', `sampler: {kind: ${kind}, points: ${points}${more}}\n`))

  it('stays with its length, but for a Latin hypercube, and changes with its seed, its kind and its axes', () => {
    expect(sampled('sobol', 10)).toBe(sampled('sobol', 99))
    expect(sampled('random', 10)).toBe(sampled('random', 99))
    expect(sampled('latin-hypercube', 10)).not.toBe(sampled('latin-hypercube', 99))
    const all = [
      sampled('sobol', 10),
      sampled('random', 10),
      sampled('sobol', 10, undefined, ', seed: 1'),
      sampled('sobol', 10, '{hbmBandwidth: {from: 2 TB/s, to: 5 TB/s}}'),
      sampled('sobol', 10, '{hbmBandwidth: {from: 2 TB/s, to: 4 TB/s, scale: log}}'),
    ]
    expect(new Set(all).size).toBe(all.length)
  })

  it('of a grid holds how derived axes follow, and no more than that', () => {
    const [linked, plain] = ['{with: sms, values: [16 MiB, 32 MiB]}', '[16 MiB, 32 MiB]'].map((l2) =>
      hash(study(`{sms: [96, 132], l2: ${l2}}`)),
    )
    expect(linked).toBe(plain)
    const derived = (expression: string) => hash(study(`{sms: [96, 132], powerLimit: {is: "${expression}"}}`))
    expect(derived('sms * 4 W')).not.toBe(derived('sms * 5 W'))
    const identity = spaceIdentity(onlySpace(studyOf(study('{sms: [96, 132]}'))))
    expect(Object.keys(identity.constants as object)).not.toContain('sample')
    expect(Object.keys(identity.constants as object)).not.toContain('derived')
    expect(identity.axes).toEqual([{name: 'sms', unit: ''}])
  })
})
