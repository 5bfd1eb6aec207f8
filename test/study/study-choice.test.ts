import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {PointRow} from '../../src/store/space-reader.js'
import {studyChoice} from '../../src/study/study-choice.js'
import {type Swept, servingStudy, swept} from './answers.js'

let given: Swept
beforeAll(async () => {
  given = await swept()
})
afterAll(() => given.close())

/** By design, the least value of a result over the points that agree in some axes; infinite where a workload has none. */
function leastByDesign(result: string, axes: readonly string[], isWanted = (_: PointRow) => true): Map<string, number[]> {
  const designs = new Map<string, number[]>()
  for (const [index, feasible] of given.feasible.entries())
    for (const point of feasible.filter(isWanted)) {
      const key = axes.map((name) => point[name]).join()
      const least = designs.get(key) ?? given.feasible.map(() => Number.POSITIVE_INFINITY)
      least[index] = Math.min(least[index]!, Number(point[result]))
      designs.set(key, least)
    }
  return designs
}

const parameters = ['sms', 'hbmBandwidth', 'l2']

describe('studyChoice', () => {
  it('judges each design at the best settings of each workload, as a search through all points does', () => {
    const least = leastByDesign('joulesPerToken', parameters)
    const serving = [...least.values()].filter((each) => each.every(Number.isFinite))
    const bests = [0, 1].map((index) => Math.min(...[...least.values()].map((each) => each[index]!)))
    const regrets = serving.map((each) => Math.max(...each.map((value, index) => value / bests[index]! - 1)))
    const choice = studyChoice(given.study, given.store, {objective: 'energyPerToken', limit: 1000})
    expect(choice).toMatchObject({
      by: 'regret',
      designCount: 36,
      servingCount: serving.length,
      objective: {name: 'joulesPerToken', goal: 'min'},
    })
    expect(choice.workloads.map(({name}) => name)).toEqual(['prefill', 'decode'])
    for (const [index, {bestValue}] of choice.workloads.entries()) expect(bestValue).toBeCloseTo(bests[index]!, 12)
    for (const [rank, regret] of regrets.toSorted((a, b) => a - b).entries())
      expect(choice.designs[rank]!.scoreValue).toBeCloseTo(regret, 9)
    for (const {design, workloads} of choice.designs) {
      const own = least.get(parameters.map((name) => design[name]).join())!
      for (const [index, {resultValue, settings}] of workloads.entries()) {
        expect(resultValue).toBe(own[index])
        expect(Object.keys(settings)).toEqual(['batch', 'clock'])
        const at = given.feasible[index]!.find((point) =>
          Object.entries({...design, ...settings}).every(([name, value]) => point[name] === value),
        )
        expect(at?.['joulesPerToken']).toBe(resultValue)
      }
    }
  })

  it('counts designs once where axes move together, follow others, or vary under a condition', async () => {
    const text = (l2: string) => `title: t
fidelity: roofline
spaces:
  - accelerator: ./machine.yaml
    axes: {sms: [100, 120, 132], l2: ${l2}, hbmBandwidth: {is: "sms * 25 GB/s"}}
workloads: [{model: gpt2, phase: decode}, {model: gpt2, phase: prefill, promptTokens: 64}]
axes: {batch: [1, 8]}
objectives: [latency]
`
    const countsOf = async (l2: string) => {
      const own = await swept(text(l2))
      const {designCount, servingCount} = studyChoice(own.study, own.store)
      own.close()
      return [designCount, servingCount]
    }
    expect(await countsOf('{with: sms, values: [30 MiB, 40 MiB, 50 MiB]}')).toEqual([3, 3])
    expect(await countsOf('{values: [30 MiB, 40 MiB], when: "sms >= 120", otherwise: 16 MiB}')).toEqual([5, 5])
    expect(await countsOf('{values: [30 MiB, 40 MiB], when: "batch >= 8", otherwise: 16 MiB}')).toEqual([9, 9])
  })

  it('puts the cheaper of equally good designs first, then the smaller, and says what each number is in', () => {
    const choice = studyChoice(given.study, given.store, {by: 'worst', limit: 1000})
    const pairs = choice.designs.slice(1).map((design, index) => [choice.designs[index]!, design] as const)
    const alike = pairs.filter(([one, other]) => other.scoreValue - one.scoreValue <= 1e-9 * one.scoreValue)
    expect(alike.length).toBeGreaterThan(0)
    for (const [one, other] of alike) {
      expect(one.deviceDollars!).toBeLessThanOrEqual(other.deviceDollars!)
      if (one.deviceDollars === other.deviceDollars) expect(one.dieSquareMillimetres!).toBeLessThanOrEqual(other.dieSquareMillimetres!)
    }
    expect(choice.workloads.map(({unit}) => unit)).toEqual(['s', 's'])
    expect(choice.designs[0]).toMatchObject({scoreUnit: 's', workloads: [{unit: 's'}, {unit: 's'}]})
    expect(studyChoice(given.study, given.store, {by: 'regret'}).designs[0]).toMatchObject({
      scoreUnit: '',
      workloads: [{unit: 's'}, {unit: 's'}],
    })
  })

  it('holds settings where it is told, so that all workloads share them', () => {
    const axes = ['batch', ...parameters, 'clock']
    const least = leastByDesign('latencySeconds', axes)
    const serving = [...least.values()].filter((each) => each.every(Number.isFinite))
    const {designs, servingCount} = studyChoice(given.study, given.store, {by: 'worst', hold: ['clock', 'batch']})
    expect(servingCount).toBe(serving.length)
    expect(designs[0]!.scoreValue).toBe(Math.min(...serving.map((each) => Math.max(...each))))
    expect(Object.keys(designs[0]!.design)).toEqual(axes)
    expect(designs[0]!.workloads[0]!.settings).toEqual({})
  })

  it('weighs the results by how often workloads run', () => {
    const least = [...leastByDesign('latencySeconds', parameters).values()].filter((each) => each.every(Number.isFinite))
    const {designs, workloads} = studyChoice(given.study, given.store, {by: 'weighted', weights: {decode: '9'}})
    expect(workloads.map(({weightValue}) => weightValue)).toEqual([1, 9])
    expect(designs[0]!.scoreValue).toBeCloseTo(Math.min(...least.map(([prefill, decode]) => (prefill! + 9 * decode!) / 10)), 12)
  })

  it('marks the designs that no other beats on one workload without losing on another', () => {
    const least = [...leastByDesign('latencySeconds', parameters).values()].filter((each) => each.every(Number.isFinite))
    const isBeaten = ([a, b]: readonly number[]) => least.some(([c, d]) => c! <= a! && d! <= b! && (c! < a! || d! < b!))
    const {designs, frontCount} = studyChoice(given.study, given.store, {limit: 1000})
    for (const {workloads, isOnFront} of designs) if (isOnFront) expect(isBeaten(workloads.map(({resultValue}) => resultValue))).toBe(false)
    expect(designs.filter(({isOnFront}) => isOnFront)).toHaveLength(frontCount!)
    expect(frontCount).toBe(new Set(least.filter((each) => !isBeaten(each)).map((each) => each.join())).size)
  })

  it('ranks what is to be large the other way round', () => {
    const {designs, objective} = studyChoice(given.study, given.store, {by: 'worst', objective: '-throughput', limit: 1000})
    expect(objective).toEqual({name: 'tokensPerSecond', unit: '1/s', goal: 'max'})
    const worst = designs.map(({workloads}) => Math.min(...workloads.map(({resultValue}) => resultValue)))
    expect(worst).toEqual(worst.toSorted((a, b) => b - a))
  })

  it.each([
    {options: {objective: 'latence'}, code: 'UNKNOWN_NAME'},
    {options: {hold: ['clok']}, code: 'UNKNOWN_NAME'},
    {options: {by: 'weighted' as const, weights: {encode: '1'}}, code: 'UNKNOWN_NAME'},
    {options: {by: 'weighted' as const, weights: {decode: '-1'}}, code: 'USAGE'},
    {options: {by: 'weighted' as const, weights: {decode: '0', prefill: '0'}}, code: 'USAGE'},
    {options: {weights: {decode: '2'}}, code: 'USAGE'},
  ])('refuses $options', ({options, code}) => {
    expect(() => studyChoice(given.study, given.store, options)).toThrow(expect.objectContaining({code}))
  })
})

it('takes the designs of a sample whole, which are the same for all workloads', async () => {
  const sampled = await swept(servingStudy.replace('constraints:', 'sampler: {kind: random, points: 60}\nconstraints:'))
  const [prefill, decode] = sampled.feasible.map((points) => new Map(points.map((point) => [point['sample'], point])))
  const both = [...prefill!.keys()].filter((sample) => decode!.has(sample))
  const worst = both.map((sample) => Math.max(...[prefill!, decode!].map((points) => Number(points.get(sample)!['latencySeconds']))))
  const {designs, designCount, servingCount} = studyChoice(sampled.study, sampled.store, {by: 'worst'})
  expect({designCount, servingCount}).toEqual({designCount: 60, servingCount: both.length})
  expect(designs[0]!.scoreValue).toBe(Math.min(...worst))
  expect(prefill!.get(both[worst.indexOf(Math.min(...worst))]!)).toMatchObject(designs[0]!.design)
  expect(designs[0]!.workloads.map(({settings}) => settings)).toEqual([{}, {}])
  sampled.close()
})
