import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {palette} from '../../src/cli/colour.js'
import type {Metric} from '../../src/cost/metrics.js'
import type {PointRow} from '../../src/store/space-reader.js'
import {frontAnswer} from '../../src/study/front-answer.js'
import {savingOf} from '../../src/study/nearest-design.js'
import {frontText} from '../../src/view/front-view.js'
import {type Swept, servingStudy, swept} from './answers.js'

const metrics: readonly Metric[] = ['latencySeconds', 'joulesPerToken', 'dieSquareMillimetres']
const axes = ['batch', 'sms', 'hbmBandwidth', 'l2', 'clock']
const of = (point: PointRow, name: string): number => Number(point[name])

let given: Swept
beforeAll(async () => {
  given = await swept()
})
afterAll(() => given.close())

describe('frontAnswer', () => {
  it('counts each front, and names the best of it in each objective', () => {
    const {workloads} = frontAnswer(given.study, given.store)
    expect(workloads.map(({phase}) => phase)).toEqual(['prefill', 'decode'])
    for (const [index, {frontCount, feasibleCount, pointCount, designs}] of workloads.entries()) {
      const feasible = given.feasible[index]!
      const isBeaten = (point: PointRow) =>
        feasible.some((other) => metrics.every((m) => of(other, m) <= of(point, m)) && metrics.some((m) => of(other, m) < of(point, m)))
      expect(pointCount).toBe(216)
      expect(feasibleCount).toBe(feasible.length)
      const front = feasible.filter((point) => !isBeaten(point))
      expect(frontCount).toBe(new Set(front.map((point) => metrics.map((m) => point[m]).join())).size)
      for (const metric of metrics) {
        const corner = designs.find(({names}) => names.includes(`least ${metric}`))
        expect(corner?.point[metric]).toBe(Math.min(...feasible.map((point) => of(point, metric))))
      }
      const knee = designs.find(({names}) => names.includes('knee'))
      const ends = metrics.map((m) => [Math.min(...front.map((p) => of(p, m))), Math.max(...front.map((p) => of(p, m)))] as const)
      const depth = (point: PointRow) => metrics.reduce((sum, m, i) => sum + (of(point, m) - ends[i]![0]) / (ends[i]![1] - ends[i]![0]), 0)
      for (const point of front) expect(depth(knee!.point)).toBeLessThanOrEqual(depth(point) + 1e-12)
    }
  })

  it('measures the hypervolume between nothing and the whole box', () => {
    for (const {hypervolumeRatio, scale} of frontAnswer(given.study, given.store).workloads) {
      expect(hypervolumeRatio).toBeGreaterThan(0)
      expect(hypervolumeRatio).toBeLessThan(1)
      for (const [index, ideal] of scale!.idealValues.entries()) expect(ideal).toBeLessThan(scale!.nadirValues[index]!)
    }
  })

  it('says of which accelerators no constant states a range, and draws nothing where that are all', async () => {
    const text = (others: string) => `title: t
spaces:
  - accelerator: ./tiny.yaml
    axes: {cores: [50, 100]}
${others}workloads: [{model: gpt2, phase: decode}]
axes: {batch: [1, 8]}
objectives: [latency, energy]
fidelity: roofline
`
    const ofStudy = async (others: string) => {
      const own = await swept(text(others))
      const answer = frontAnswer(own.study, own.store, {samples: 20})
      own.close()
      return {front: answer.workloads[0]!, words: frontText(answer, palette({}))}
    }
    const fixed = await ofStudy('')
    expect(fixed.front).toMatchObject({rangelessAccelerators: ['tiny'], comparedCount: null})
    expect(fixed.front.designs.map(({uncertainty}) => uncertainty)).toEqual(fixed.front.designs.map(() => null))
    expect(fixed.words).not.toContain('stays on the front')
    expect(fixed.words).toContain('no constant of tiny that acts on time or energy states a range: no uncertainty can be drawn')
    const mixed = await ofStudy('  - accelerator: ./machine.yaml\n')
    expect(mixed.front.rangelessAccelerators).toEqual(['tiny'])
    expect(mixed.front.comparedCount).toBeGreaterThan(0)
    expect(mixed.words).toContain('stays on the front')
    expect(mixed.words).toContain('states a range: it stays as it is in every sample')
    expect(frontAnswer(given.study, given.store).workloads[0]!.rangelessAccelerators).toBe(null)
    expect(frontAnswer(given.study, given.store, {samples: 20}).workloads[0]!.rangelessAccelerators).toEqual([])
  })

  it('says what bounds a design and how close it comes to each bound, the closest first', () => {
    const [{designs}] = frontAnswer(given.study, given.store).workloads as [ReturnType<typeof frontAnswer>['workloads'][0]]
    for (const {point, limits} of designs) {
      const margins = new Map(limits.margins.map(({text, marginRatio}) => [text, marginRatio]))
      expect(limits.boundBy).toBe(point['boundBy'])
      expect([...margins.values()]).toEqual([...margins.values()].toSorted((a, b) => a - b))
      expect(margins.get('averageWatts <= 450 W')).toBeCloseTo(1 - of(point, 'averageWatts') / 450, 12)
      expect(margins.get('dieSquareMillimetres <= 850 mm^2')).toBeCloseTo(1 - of(point, 'dieSquareMillimetres') / 850, 9)
      expect(margins.has('fitsInMemory == 1')).toBe(false)
    }
  })

  it('knows how close a design comes to a bound on a parameter that no axis moves', async () => {
    const own = await swept(servingStudy.replace('fitsInMemory == 1]', 'fitsInMemory == 1, "residentBytes / hbmCapacity <= 0.9"]'))
    const [{designs}] = frontAnswer(own.study, own.store).workloads as [ReturnType<typeof frontAnswer>['workloads'][0]]
    own.close()
    for (const {point, limits} of designs) {
      const {marginRatio} = limits.margins.find(({text}) => text.includes('hbmCapacity'))!
      expect(marginRatio).toBeCloseTo(1 - of(point, 'residentBytes') / (80 * 2 ** 30) / 0.9, 9)
    }
  })

  it('finds the nearest design that saves a result and keeps the others within a share, as a search through all does', () => {
    const saving = savingOf(given.study, 'area', 0.1)!
    const {workloads} = frontAnswer(given.study, given.store, {saving, at: {sms: '132', l2: '50 MiB', batch: '16'}})
    const places: Readonly<Record<string, readonly number[]>> = {
      batch: [1, 16],
      sms: [84, 108, 132, 156],
      hbmBandwidth: [1.5e12, 3e12, 4.5e12],
      l2: [16, 50, 96].map((mebibytes) => mebibytes * 2 ** 20),
      clock: [990e6, 1485e6, 1980e6],
    }
    const wayBetween = (a: PointRow, b: PointRow) =>
      Math.hypot(
        ...axes.map((name) => (places[name]!.indexOf(of(a, name)) - places[name]!.indexOf(of(b, name))) / (places[name]!.length - 1)),
      )
    let foundCount = 0
    for (const [index, {designs}] of workloads.entries()) {
      for (const {point, cheaper} of designs) {
        const allowed = given.feasible[index]!.filter(
          (other) =>
            of(other, 'dieSquareMillimetres') < of(point, 'dieSquareMillimetres') * (1 - 1e-9) &&
            of(other, 'latencySeconds') <= 1.1 * of(point, 'latencySeconds') &&
            of(other, 'joulesPerToken') <= 1.1 * of(point, 'joulesPerToken'),
        )
        if (cheaper === null) {
          expect(allowed).toEqual([])
          continue
        }
        foundCount++
        expect(wayBetween(cheaper.point, point)).toBeCloseTo(Math.min(...allowed.map((other) => wayBetween(other, point))), 12)
        expect(cheaper.changes.map(({axis}) => axis)).toEqual(axes.filter((name) => cheaper.point[name] !== point[name]))
        for (const metric of metrics) expect(cheaper.lossRatios[metric]).toBeCloseTo(of(cheaper.point, metric) / of(point, metric) - 1, 12)
      }
    }
    expect(foundCount).toBeGreaterThan(2)
  })

  it('shows the stored design nearest to one that is asked for', () => {
    const {workloads} = frontAnswer(given.study, given.store, {at: {sms: '110', hbmBandwidth: '2.9 TB/s', clock: '990 MHz', batch: '16'}})
    const asked = workloads[1]!.designs.find(({names}) => names.includes('nearest to asked'))
    // L2 as described: 50 MiB.
    expect(asked?.point).toMatchObject({sms: 108, hbmBandwidth: 3e12, clock: 990e6, batch: 16, l2: 50 * 2 ** 20})
  })

  it('says that a design is the one asked for only where all that was named is stored', () => {
    const named = (sms: string) => frontAnswer(given.study, given.store, {at: {sms}}).workloads[1]!.designs.flatMap(({names}) => names)
    expect(named('108')).toContain('asked for')
    expect(named('108')).not.toContain('nearest to asked')
    expect(named('110')).toContain('nearest to asked')
    expect(named('110')).not.toContain('asked for')
  })

  it('refuses an axis and a metric that are not there, with the nearest names', () => {
    expect(() => frontAnswer(given.study, given.store, {at: {sm: '1'}})).toThrow(expect.objectContaining({code: 'UNKNOWN_NAME'}))
    expect(() => savingOf(given.study, 'aria')).toThrow(expect.objectContaining({code: 'UNKNOWN_NAME'}))
    expect(savingOf(given.study, '-throughput')).toMatchObject({metric: 'tokensPerSecond', goal: 'max', withinRatio: 0.05})
    expect(savingOf(given.study, undefined)).toBeUndefined()
  })
})

it('has an empty front, and no design, where no design meets the constraints', async () => {
  const none = await swept(servingStudy.replace('averageWatts <= 450 W', 'averageWatts <= 1 W'))
  for (const {frontCount, hypervolumeRatio, designs} of frontAnswer(none.study, none.store).workloads)
    expect({frontCount, hypervolumeRatio, designs}).toEqual({frontCount: 0, hypervolumeRatio: null, designs: []})
  none.close()
})

it('names the knee also where it is the best in an objective, and none where a front has one objective or one design', async () => {
  const namesOf = async (objectives: string): Promise<readonly string[]> => {
    const each = await swept(servingStudy.replace('[latency, energyPerToken, area]', objectives))
    const [first] = frontAnswer(each.study, each.store).workloads
    each.close()
    return first!.designs.map(({names}) => names.join(', '))
  }
  expect(await namesOf('[latency]')).toEqual(['least latencySeconds'])
  expect(await namesOf('[area, cost]')).toEqual(['least dieSquareMillimetres, least deviceDollars'])
  const names = await namesOf('[latency, {expression: "1 / averageWatts", name: draw}]')
  expect(names.filter((name) => name.includes('knee'))).toEqual([expect.stringMatching(/^least .*, knee$/)])
})
