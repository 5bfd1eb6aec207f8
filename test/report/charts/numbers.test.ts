import {describe, expect, it} from 'vitest'
import {axisRange, axisShare, axisValue} from '../../../src/report/charts/axis-range.js'
import {breakdownPanels} from '../../../src/report/charts/breakdown.js'
import {decadeTicks} from '../../../src/report/charts/chart.js'
import {clockMarks, dvfs} from '../../../src/report/charts/dvfs.js'
import {pareto} from '../../../src/report/charts/pareto.js'
import {cornersOf, drawnIndices, frontOf, type Objective} from '../../../src/report/charts/pareto-front.js'
import {cornerLabels, paretoScene} from '../../../src/report/charts/pareto-scene.js'
import {boxAround, placeLabels} from '../../../src/report/charts/place-labels.js'
import {bandRatios, classShapes, predictedMeasured, ratioTicks} from '../../../src/report/charts/predicted-measured.js'
import {comparedPoints} from '../../../src/report/charts/predicted-measured-points.js'
import {ridgePoints, rooflineScene} from '../../../src/report/charts/roofline-scene.js'
import {rangeWords, shownBars, tornado} from '../../../src/report/charts/tornado.js'
import {waterfall, waterfallBars} from '../../../src/report/charts/waterfall.js'
import {textWidth} from '../../../src/report/font.js'
import {bandedDvfsInput, paretoInput, predictedMeasuredInput, tornadoInput, waterfallInput} from '../sample-inputs.js'

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

  it('draws one point of each spot, every outlier, and the whole front', () => {
    const cloud = Array.from({length: 5000}, (_, index) => ({a: 500 + (index % 50), b: 500 + Math.floor(index / 50) / 2}))
    const all = [...cloud, {a: 900, b: 100}, {a: 10, b: 990}]
    const places = {xPixels: Float64Array.from(all, ({a}) => a), yPixels: Float64Array.from(all, ({b}) => b), widthPixels: 1000}
    const front = [cloud[0]!, cloud[1]!]
    const drawn = drawnIndices(all, front, places, 3000)
    const spots = new Set(drawn.map((index) => `${Math.floor(all[index]!.a)} ${Math.floor(all[index]!.b)}`))
    expect(spots.size).toBe(50 * 50 + 2)
    expect(drawn.length).toBeLessThanOrEqual(50 * 50 + 2 + front.length)
    expect(drawn).toEqual(expect.arrayContaining([0, 1, 5000, 5001]))
  })

  it('keeps a crowded figure under its limit without losing one of the front', () => {
    const {points: placed, front, drawnRows: drawn} = paretoScene(paretoInput(), {theme: 'screen', span: 'page', interactive: false})
    expect(drawn.length).toBeLessThanOrEqual(3000)
    const shown = new Set(drawn.map((index) => placed[index]))
    for (const point of front) expect(shown).toContain(point)
  })

  it('says of a sample how many designs there were, and what the table lists of them', () => {
    const notes = (sample: {designCount: number; holdsFront: boolean}, interactive: boolean): unknown =>
      pareto.spec({points, x, y, sample}, {theme: 'screen', span: 'page', interactive}).usermeta?.['notes']
    expect(notes({designCount: 9000, holdsFront: true}, false)).toEqual([
      '6 of 9,000 designs drawn: the whole front, and one of those whose marks would coincide',
    ])
    expect(notes({designCount: 9000, holdsFront: false}, true)).toEqual([
      expect.stringMatching(/^6 of 9,000 designs drawn: the front of a sample, .*; the table lists 6, the front and an even sample$/),
    ])
    expect(pareto.spec({points, x, y}, {theme: 'screen', span: 'page', interactive: true}).usermeta?.['notes']).toEqual([])
  })

  it('gives corners that touch one name, and keeps every name in the plot', () => {
    const style = {theme: 'screen', span: 'column', interactive: false} as const
    const near = [
      {a: 1, b: 100},
      {a: 99.9, b: 0.9007},
      {a: 100, b: 0.9},
      {a: 5, b: 200},
    ]
    const input = {points: near, x, y}
    const scene = paretoScene(input, style)
    const {rows, labels} = cornerLabels(input, scene, style)
    expect(rows).toHaveLength(3)
    expect(labels.map(({text}) => text).sort()).toEqual(['least energy and least product', 'least latency'])
    for (const {text, xValue, yValue} of labels) {
      const left = axisShare(scene.x, xValue) * scene.widthPixels
      expect(left).toBeGreaterThanOrEqual(0)
      expect(left + textWidth(text, 12)).toBeLessThanOrEqual(scene.widthPixels)
      expect(axisShare(scene.y, yValue)).toBeGreaterThan(0)
      expect(axisShare(scene.y, yValue)).toBeLessThan(1)
    }
  })
})

describe('axes', () => {
  it('reach little further than their data, in round numbers of the unit that is shown', () => {
    const {domain, tickValues: ticks, isLog} = axisRange(0.0046, 0.028, 1000, 10)
    expect(isLog).toBe(false)
    expect(domain[0]).toBeLessThanOrEqual(0.0046)
    expect(domain[1]).toBeGreaterThanOrEqual(0.028)
    expect((domain[1] - domain[0]) / (0.028 - 0.0046)).toBeLessThan(1.1)
    expect(ticks.map((tick) => Math.round(tick * 1e6) / 1e6)).toEqual([0.005, 0.01, 0.015, 0.02, 0.025])
  })

  it('name 1, 2 and 5 of a decade on log axes that end beside the data, and decades alone where those would crowd', () => {
    const short = axisRange(0.047, 2.7, 1, 8)
    expect(short).toEqual({isLog: true, domain: [0.04, 3], tickValues: [0.05, 0.1, 0.2, 0.5, 1, 2]})
    expect(axisRange(1e-6, 1, 1, 8).tickValues).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1])
  })

  it.each([
    [1, 1000],
    [3, 7],
  ])('place values and read them back: %d to %d', (low, high) => {
    const range = axisRange(low, high, 1, 6)
    expect(axisShare(range, axisValue(range, 0.3))).toBeCloseTo(0.3, 12)
    expect(axisValue(range, axisShare(range, low))).toBeCloseTo(low, 12)
  })

  it('stand around a single value', () => {
    const {domain} = axisRange(5, 5, 1, 6)
    expect(domain[0]).toBeLessThan(5)
    expect(domain[1]).toBeGreaterThan(5)
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

  it('gives parts one order, and so one colour, in every panel where it is asked for', () => {
    const configurations = [
      {
        name: 'dram',
        latencyParts: [],
        trafficParts: ['inputs', 'weights'].map((name, index) => ({name, trafficBytes: 1 + index})),
        energyParts: ['weights', 'inputs', 'arithmetic'].map((name, index) => ({name, energyJoules: 3 - index})),
      },
    ]
    const panels = breakdownPanels({configurations, partOrder: ['inputs', 'weights']})
    expect(panels.map(({title, partNames}) => [title, partNames])).toEqual([
      ['Traffic', ['inputs', 'weights']],
      ['Energy', ['inputs', 'weights', 'arithmetic']],
    ])
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
    expect(clockMarks({curves})).toMatchObject([{name: 'a', sweetSpot: {clockHertz: 1.2e9}, throttleOnset: {clockHertz: 1.5e9}}])
    expect(clockMarks({curves: [{name: 'b', points: [point(1e9, 5, false)]}]})[0]).not.toHaveProperty('throttleOnset')
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

it('tells fifty operator classes apart by colour and shape together', () => {
  const pairs = classShapes(50, 8).map((shape, index) => `${index % 8} ${shape}`)
  expect(new Set(pairs).size).toBe(50)
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

describe('waterfall', () => {
  const [kernel] = waterfallInput().kernels
  const bars = waterfallBars(kernel!)

  it('goes from the ideal time to the predicted one, each bar from where the last one ended', () => {
    expect(bars[0]).toMatchObject({kind: 'total', fromSeconds: 0, toSeconds: 80e-6})
    for (let index = 1; index < bars.length - 1; index++) expect(bars[index]!.fromSeconds).toBe(bars[index - 1]!.toSeconds)
    expect(bars.at(-1)).toMatchObject({kind: 'total', label: 'predicted', fromSeconds: 0})
    expect(bars.at(-1)!.toSeconds).toBeCloseTo(100e-6, 12)
    expect(bars.at(-2)!.toSeconds).toBeCloseTo(100e-6, 12)
  })

  it('tells time saved from time lost, and has steps under half a percent in one bar', () => {
    expect(bars.map(({kind}) => kind)).toEqual(['total', 'gain', 'loss', 'loss', 'loss', 'total'])
    expect(bars[4]!.label).toBe('2 smaller steps')
    expect(bars[4]!.toSeconds - bars[4]!.fromSeconds).toBeCloseTo(0.4e-6, 12)
  })

  it('leaves a lone small step as it is', () => {
    const steps = kernel!.steps.filter(({name}) => name !== 'store')
    expect(waterfallBars({...kernel!, steps}).map(({label}) => label)).toContain('the reduction that follows a split')
  })

  it('writes every step with its meaning, and what was predicted and measured', () => {
    const rows = waterfall.rows({kernels: [kernel!]})
    expect(rows.map(({step}) => step)).toEqual([...kernel!.steps.map(({name}) => name), 'predicted', 'measured'])
    expect(rows.at(-1)).toMatchObject({seconds: 104e-6})
    expect(Number(rows.at(-2)!['seconds'])).toBeCloseTo(100e-6, 12)
  })
})

describe('tornado', () => {
  const [pass] = tornadoInput().passes

  it('draws ten bars at the most, and none that hardly moves the energy', () => {
    expect(shownBars(pass!)).toEqual(pass!.bars.slice(0, 10))
    const few = {...pass!, bars: [pass!.bars[0]!, pass!.bars[12]!]}
    expect(shownBars(few)).toEqual([pass!.bars[0]])
  })

  it.each([
    ['x2', '×/÷ 2'],
    ['×1.5', '×/÷ 1.5'],
    ['±0.1 V', '±0.1 V'],
    ['[0.42 pJ/op, 0.54 pJ/op]', '0.42 to 0.54 pJ/op'],
    ['[800 mW, 2 W]', '800 mW to 2 W'],
    ['[2, 3]', '2 to 3'],
  ])('writes the range %s as %s', (stated, written) => {
    expect(rangeWords(stated)).toBe(written)
  })

  it('has every bar in its rows, after the band of all', () => {
    const rows = tornado.rows({passes: [pass!]})
    expect(rows).toHaveLength(14)
    expect(rows[0]).toMatchObject({constant: 'all', lowEndJoules: 2.2, highEndJoules: 3.6, energyJoules: 2.7})
    expect(rows[1]).toMatchObject({
      constant: 'l2 energy per byte',
      range: 'x2',
      lowEndJoules: expect.closeTo(2.4, 9),
      highEndJoules: expect.closeTo(3, 9),
    })
  })
})

describe('bands over the clock', () => {
  it('lie within the axis of their panel, and in the rows', () => {
    const {vconcat} = dvfs.spec(bandedDvfsInput(), {theme: 'paper', span: 'page', interactive: false}) as unknown as {
      vconcat: {layer: {mark: {type: string}; encoding: {y: {field: string; scale: {domain: [number, number]}}}}[]}[]
    }
    const areas = vconcat.map(({layer}) => layer.find(({mark}) => mark.type === 'area')?.encoding.y)
    expect(areas.slice(0, 3).map((y) => y?.field)).toEqual([undefined, 'p5Joules', 'p5Watts'])
    const points = bandedDvfsInput().curves.flatMap((curve) => curve.points)
    expect(areas[1]!.scale.domain[1]).toBeGreaterThan(Math.max(...points.map(({p95Joules}) => p95Joules!)))
    expect(areas[1]!.scale.domain[0]).toBeLessThan(Math.min(...points.map(({p5Joules}) => p5Joules!)))
    expect(dvfs.rows(bandedDvfsInput())[0]).toHaveProperty('p95Watts')
  })
})

describe('predicted against measured by class', () => {
  const input = predictedMeasuredInput()

  it('has a panel a class, whose marks tell devices apart', () => {
    const points = comparedPoints({...input, panels: 'class'})
    expect(new Set(points.map(({panel}) => panel)).size).toBe(6)
    expect(new Set(points.map(({mark}) => mark))).toEqual(new Set(['a100-sxm-80gb', 'h100-sxm', 'a40']))
  })

  it('tells formats apart where all is of one device', () => {
    if (input.quantity !== 'latency') throw new Error('the sample is of latencies')
    const points = input.points
      .filter(({device}) => device === 'a40')
      .map((point, index) => ({...point, dtype: ['bf16', 'fp8'][index % 2]!}))
    expect(new Set(comparedPoints({...input, points, panels: 'class'}).map(({mark}) => mark))).toEqual(new Set(['bf16', 'fp8']))
  })

  it.each([
    [1 / 1.5, 1.5, [0.7, 1, 1.4]],
    [0.3, 3.3, [0.5, 1, 2]],
    [0.005, 200, [0.01, 0.1, 1, 10, 100]],
  ])('marks ratios from %f to %f at %j', (low, high, ticks) => {
    expect(ratioTicks(low, high)).toEqual(ticks)
  })
})

describe('ticks of a log axis', () => {
  it('are powers of ten, every n-th where there are too many', () => {
    expect(decadeTicks([0.5, 2000], 9)).toEqual([1, 10, 100, 1000])
    expect(decadeTicks([1, 1e6], 4)).toEqual([1, 100, 10_000, 1_000_000])
  })

  it('are also twice and five times those in a range of less than three of them, if there is room', () => {
    expect(decadeTicks([37, 390], 6)).toEqual([50, 100, 200])
    expect(decadeTicks([1e-3, 0.03], 6)).toEqual([1e-3, 2e-3, 5e-3, 0.01, 0.02])
    expect(decadeTicks([1e-3, 0.03], 3)).toEqual([1e-3, 0.01])
  })
})
