import {describe, expect, it} from 'vitest'
import {breakdownPanels} from '../../../src/report/charts/breakdown.js'
import {clockMarks} from '../../../src/report/charts/dvfs.js'
import {cornersOf, frontOf, type Objective, thinnedPoints} from '../../../src/report/charts/pareto-front.js'
import {boxAround, placeLabels} from '../../../src/report/charts/place-labels.js'
import {bandRatios, predictedMeasured} from '../../../src/report/charts/predicted-measured.js'
import {ridgePoints, rooflineScene} from '../../../src/report/charts/roofline-scene.js'
import {paretoInput} from '../sample-inputs.js'

describe('roofline', () => {
  const machine = {
    computeRoofs: [
      {name: 'bf16', flopsPerSecond: 100e12},
      {name: 'fp16', flopsPerSecond: 100e12},
      {name: 'fp32', flopsPerSecond: 10e12},
    ],
    memoryRoofs: [
      {name: 'L2', bytesPerSecond: 5e12},
      {name: 'HBM', bytesPerSecond: 1e12},
    ],
  }
  const operator = {name: 'gemm', memory: 'HBM', flopsPerByte: 200, flopsPerSecond: 80e12, latencySeconds: 1e-3, boundBy: 'matrix'}

  it('has its ridges at flops over bandwidth', () => {
    const ridges = ridgePoints(machine).map(({memory, compute, flopsPerByte}) => [memory, compute, flopsPerByte])
    expect(ridges).toContainEqual(['HBM', 'bf16', 100])
    expect(ridges).toContainEqual(['L2', 'bf16', 20])
    expect(ridges).toContainEqual(['HBM', 'fp32', 10])
    expect(ridges).toHaveLength(6)
  })

  it('draws memory roofs as bandwidth times intensity up to the highest compute roof, and equal roofs once', () => {
    const {lines} = rooflineScene({...machine, operators: [operator]})
    const memory = lines.find((line) => line.roof === 'HBM 1 TB/s')!
    expect(memory.start.flopsPerSecond / memory.start.flopsPerByte).toBeCloseTo(1e12, 0)
    expect(memory.end).toEqual({flopsPerByte: 100, flopsPerSecond: 100e12})
    expect(lines.map((line) => line.roof)).toEqual(['L2 5 TB/s', 'HBM 1 TB/s', 'bf16, fp16 100 TFLOP/s', 'fp32 10 TFLOP/s'])
  })

  it('shows every operator within its ranges', () => {
    const low = {...operator, flopsPerByte: 0.01, flopsPerSecond: 1e6}
    const {intensityRange, rateRange} = rooflineScene({...machine, operators: [operator, low]})
    expect(intensityRange[0]).toBeLessThan(0.01)
    expect(rateRange[0]).toBeLessThan(1e6)
    expect(rateRange[1]).toBeGreaterThan(100e12)
  })
})

describe('pareto', () => {
  const x: Objective = {field: 'a', title: 'Latency', unit: 'seconds', better: 'less'}
  const y: Objective = {field: 'b', title: 'Energy', unit: 'joules', better: 'less'}
  const points = [
    {a: 1, b: 9},
    {a: 2, b: 4},
    {a: 2, b: 5},
    {a: 3, b: 4},
    {a: 8, b: 2},
    {a: 9, b: 9},
  ]

  it('keeps what no other point beats', () => {
    expect(frontOf(points, x, y)).toEqual([points[0], points[1], points[4]])
    expect(frontOf(points, x, {...y, better: 'more'})).toEqual([points[0]])
    expect(frontOf(points, {...x, better: 'more'}, y)).toEqual([points[5], points[4]])
  })

  it('names the ends, and the least product between them', () => {
    const corners = cornersOf(frontOf(points, x, y), x, y).map(({label, row}) => [label, row['a']])
    expect(corners).toEqual([
      ['least latency', 1],
      ['least energy', 8],
      ['least product', 2],
    ])
  })

  it('thins ten thousand points to four thousand without losing one of the front', () => {
    const input = paretoInput()
    const front = frontOf(input.points, input.x, input.y)
    const {drawn, isWhole} = thinnedPoints(input.points, front, input.x, 4000)
    expect(isWhole).toBe(false)
    expect(new Set(drawn).size).toBe(4000)
    for (const point of front) expect(drawn).toContain(point)
  })
})

describe('breakdown', () => {
  it('folds parts past the eighth into one and loses nothing', () => {
    const latencyParts = Array.from({length: 11}, (_, index) => ({name: `part ${index}`, latencySeconds: 11 - index}))
    const [panel] = breakdownPanels({configurations: [{name: 'one', latencyParts, energyParts: []}]})
    expect(panel!.partNames).toHaveLength(8)
    expect(panel!.partNames.at(-1)).toBe('other (4)')
    expect(panel!.segments.find((segment) => segment.part === 'other (4)')!.value).toBe(4 + 3 + 2 + 1)
    expect(panel!.segments.reduce((sum, segment) => sum + segment.value, 0)).toBe(66)
  })
})

describe('dvfs', () => {
  it('marks the clock of least energy and the lowest throttled clock', () => {
    const point = (clockHertz: number, energyJoules: number, throttled: boolean) => ({
      clockHertz,
      energyJoules,
      throttled,
      latencySeconds: 1,
      averageWatts: energyJoules,
    })
    const curves = [{name: 'a', points: [point(1e9, 5, false), point(1.2e9, 4, false), point(1.6e9, 7, true), point(1.5e9, 6, true)]}]
    expect(clockMarks({curves})).toMatchObject([{name: 'a', sweetSpot: {clockHertz: 1.2e9}, throttleOnsetHertz: 1.5e9}])
    expect(clockMarks({curves: [{name: 'b', points: [point(1e9, 5, false)]}]})[0]).not.toHaveProperty('throttleOnsetHertz')
  })
})

describe('predicted against measured', () => {
  it('draws bands of ten and twenty percent around the identity', () => {
    const points = [{device: 'a', operatorClass: 'gemm', measuredSeconds: 1e-3, predictedSeconds: 1.1e-3}]
    const spec = JSON.stringify(predictedMeasured.spec({quantity: 'latency', points}, {theme: 'screen', span: 'page', interactive: false}))
    const bands = [...spec.matchAll(/\{"measured":([\d.e-]+),"low":([\d.e-]+),"high":([\d.e-]+)\}/g)]
    const ratios = bands.map(([, measured, low, high]) => [Number(low) / Number(measured), Number(high) / Number(measured)])
    expect(bandRatios).toEqual([0.2, 0.1])
    for (const [index, [low, high]] of [
      [0.8, 1.2],
      [0.8, 1.2],
      [0.9, 1.1],
      [0.9, 1.1],
    ].entries()) {
      expect(ratios[index]![0]).toBeCloseTo(low!, 9)
      expect(ratios[index]![1]).toBeCloseTo(high!, 9)
    }
    expect(spec).toContain('MAPE 10 %, n = 1')
  })
})

describe('labels', () => {
  const plot = {widthPixels: 100, heightPixels: 100, fontPixels: 10}
  const wish = {text: 'gemm', xPixels: 50, yPixels: 50, radiusPixels: 3, widthPixels: 30}

  it('stand to the right of their mark, or to its left where the right is taken', () => {
    expect(placeLabels([wish], [], plot)[0]!.xPixels).toBeGreaterThan(50)
    expect(placeLabels([wish], [boxAround(70, 50, 8)], plot)[0]!.xPixels).toBeLessThan(20)
  })

  it('are left out where no side is free', () => {
    expect(placeLabels([wish], [boxAround(50, 50, 49)], plot)).toEqual([])
  })
})
