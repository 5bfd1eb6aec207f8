import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {acceleratorSummary} from '../../../src/cost/accelerator-summary.js'
import {clockCurve} from '../../../src/cost/clock-curve.js'
import {evaluate} from '../../../src/cost/evaluate.js'
import {clockMarks} from '../../../src/report/charts/dvfs.js'
import type {ChartInput, ChartKindName} from '../../../src/report/charts/table.js'
import {checkReport} from '../../../src/study/check-report.js'
import {metricTitle} from '../../../src/study/figures/metric-title.js'
import {loadStudy} from '../../../src/sweep/study.js'
import {loadWorkload} from '../../../src/workload/load-workload.js'
import {smallStudy, writeStudy} from '../../sweep/studies.js'
import {figureStudy, onlyFigure} from '../studies.js'

const decode = '{model: gpt2, phase: decode, contextTokens: 512, batch: 8}'
const prefill = '{model: gpt2, phase: prefill, promptTokens: 512}'

function inputOf<Kind extends ChartKindName>(kind: Kind, fields: string): ChartInput<Kind> {
  const figure = onlyFigure(figureStudy(`{name: one, chart: ${kind}, title: One, ${fields}}`))
  expect(figure.kind).toBe(kind)
  return figure.input as ChartInput<Kind>
}

describe('a roofline of a study', () => {
  const input = () => inputOf('roofline', `accelerators: [h100-sxm], workloads: [${decode}]`)

  it('has the peaks and the bandwidths of the accelerator as its roofs', () => {
    const {units, memories} = acceleratorSummary(loadAccelerator('h100-sxm'))
    const peaks = new Map(
      units.flatMap(({name, peaks: each}) => each.map(({dtype, flopsPerSecond}) => [`${name} ${dtype}`, flopsPerSecond])),
    )
    const {computeRoofs, memoryRoofs} = input()
    expect(computeRoofs.length).toBeGreaterThan(1)
    for (const {name, flopsPerSecond} of computeRoofs) expect(flopsPerSecond).toBe(peaks.get(name))
    for (const {name, bytesPerSecond} of memoryRoofs)
      expect(bytesPerSecond).toBe(memories.find((memory) => memory.name === name)!.readBytesPerSecond)
  })

  it('puts no operator above a roof: neither its rate above the peak nor its traffic above a bandwidth', () => {
    const {computeRoofs, memoryRoofs, operators} = input()
    const peak = Math.max(...computeRoofs.map(({flopsPerSecond}) => flopsPerSecond))
    expect(operators.length).toBeGreaterThan(5)
    for (const {memory, flopsPerByte, flopsPerSecond} of operators) {
      const {bytesPerSecond} = memoryRoofs.find(({name}) => name === memory)!
      expect(flopsPerSecond).toBeLessThanOrEqual(peak * (1 + 1e-9))
      expect(flopsPerSecond / flopsPerByte).toBeLessThanOrEqual(bytesPerSecond * (1 + 1e-9))
    }
  })
})

it('a breakdown of a study sums to the time and the energy of each pass', () => {
  const {configurations} = inputOf('breakdown', `accelerators: [h100-sxm, a100-sxm-80gb], workloads: [${decode}, ${prefill}]`)
  expect(configurations.map(({name}) => name)).toEqual([
    'h100-sxm, gpt2 decode, batch 8',
    'a100-sxm-80gb, gpt2 decode, batch 8',
    'h100-sxm, gpt2 prefill, batch 1',
    'a100-sxm-80gb, gpt2 prefill, batch 1',
  ])
  const passes = [
    loadWorkload('gpt2', {phase: 'decode', contextTokens: 512, batch: 8}),
    loadWorkload('gpt2', {phase: 'prefill', promptTokens: 512}),
  ]
  const expected = passes.flatMap((pass) => ['h100-sxm', 'a100-sxm-80gb'].map((name) => evaluate(loadAccelerator(name), pass)))
  for (const [index, {latencyParts, energyParts}] of configurations.entries()) {
    expect(latencyParts.reduce((sum, {latencySeconds}) => sum + latencySeconds, 0) / expected[index]!.latencySeconds).toBeCloseTo(1, 9)
    expect(energyParts.reduce((sum, {energyJoules}) => sum + energyJoules, 0) / expected[index]!.energyJoules).toBeCloseTo(1, 9)
  }
})

describe('clock curves of a study', () => {
  it('mark the clock that brute force finds to take the least energy', () => {
    const {curves, powerLimitWatts} = inputOf('dvfs', `accelerators: [h100-sxm], workloads: [${prefill}]`)
    const states = clockCurve(loadAccelerator('h100-sxm'), loadWorkload('gpt2', {phase: 'prefill', promptTokens: 512}))
    const least = Math.min(...states.map(({energyJoules}) => energyJoules))
    const [mark] = clockMarks({curves})
    expect(mark!.sweetSpot.energyJoules).toBe(least)
    expect(mark!.sweetSpot.clockHertz).toBe(states.find(({energyJoules}) => energyJoules === least)!.clockHertz)
    expect(powerLimitWatts).toBe(700)
  })

  it('stand at what a pass takes once the power limit acts, and beside the power limits', () => {
    const workload = 'workloads: [{model: opt-1.3b, phase: prefill, batch: 4, promptTokens: 1024}]'
    const [curve] = inputOf('dvfs', `accelerators: [a100-pcie-40gb], ${workload}`).curves
    const accelerator = loadAccelerator('a100-pcie-40gb')
    const held = evaluate(accelerator, loadWorkload('opt-1.3b', {phase: 'prefill', batch: 4, promptTokens: 1024}))
    const highest = curve!.points.at(-1)!
    expect(highest).toMatchObject({clockHertz: 1.41e9, throttled: true})
    for (const name of ['latencySeconds', 'energyJoules', 'averageWatts'] as const) expect(highest[name] / held[name]).toBeCloseTo(1, 9)
    expect(highest.averageWatts).toBeLessThan(accelerator.machine.power.limitWatts)
    expect(curve!.limits!.map(({powerLimitWatts}) => powerLimitWatts)).toEqual([100, 125, 150, 175, 200, 225, 250])
    expect(highest.p5Watts).toBeLessThanOrEqual(highest.averageWatts)
  })

  it('are named by what tells them apart, and bear no limit where accelerators differ in it', () => {
    const one = inputOf('dvfs', `accelerators: [h100-sxm], workloads: [${decode}, ${prefill}]`)
    expect(one.curves.map(({name}) => name)).toEqual(['gpt2 decode, batch 8', 'gpt2 prefill, batch 1'])
    const two = inputOf('dvfs', `accelerators: [h100-sxm, a100-sxm-80gb], workloads: [${decode}]`)
    expect(two.curves.map(({name}) => name)).toEqual(['h100-sxm', 'a100-sxm-80gb'])
    expect(two).not.toHaveProperty('powerLimitWatts')
  })
})

describe('limits over an axis that has no levels of its own say why, and what to do', () => {
  const refusalOf = (x: string, y: string): {message: string; code: string; suggestions: readonly string[]} => {
    const space = `  - accelerator: ./machine.yaml
    axes:
      sms: [100, 132]
      hbmBandwidth: {distribution: uniform, from: 2 TB/s, to: 4 TB/s}
      l2: {with: sms, values: [40 MiB, 50 MiB]}
      powerLimit: {is: "sms * 4 W + 100 W"}
  - accelerator: a100-sxm-80gb
    axes:
      clock: [1.05 GHz, 1.41 GHz]
`
    const text = smallStudy.replace(/ {2}- accelerator[\s\S]*(?=workloads:)/, space)
    const figure = `{name: one, chart: limits, title: One, workloads: [{model: gpt2, phase: decode}], x: ${x}, y: ${y}}`
    const study = loadStudy(writeStudy(`${text}sampler: {kind: sobol, points: 8}\nreport:\n  figures:\n    - ${figure}\n`))
    try {
      checkReport(study)
    } catch (error) {
      return error as ReturnType<typeof refusalOf>
    }
    throw new Error('the figure was accepted')
  }
  const others = 'axes with levels: batch, sms, clock'

  it.each([
    [
      'hbmBandwidth',
      'it is drawn from anywhere in its range',
      'give it levels, as in `hbmBandwidth: {from: …, to: …, count: 5}`, or a list',
    ],
    ['l2', 'it moves place by place with sms', 'name sms in its place'],
    ['powerLimit', 'it follows from `sms * 4 W + 100 W`', 'name an axis that it follows from: sms'],
  ])('%s: %s', (name, reason, remedy) => {
    const {message, code, suggestions} = refusalOf(name, 'batch')
    expect(message).toMatch(/small\.yaml:\d+:\d+ \/report\/figures\/0\/x\n/)
    expect(message).toContain(`${name} has no levels of its own: ${reason}`)
    expect([code, ...suggestions]).toEqual(['SPEC_INVALID', remedy, others])
  })

  it('two axes that no space has together', () => {
    const {message, suggestions} = refusalOf('sms', 'clock')
    expect(message).toContain('/report/figures/0/y\n')
    expect(message).toContain('no space has both sms and clock')
    expect(suggestions).toEqual(['beside sms name one of: batch'])
  })
})

describe('a figure that cannot be drawn says where and why', () => {
  const gpt2 = 'workloads: [{model: gpt2, phase: decode}]'

  it.each([
    ['an unknown chart', 'chart: paretto, title: t', 'UNKNOWN_NAME', '/report/figures/0/chart', '"paretto" is not known here', 'pareto'],
    [
      'a front without x',
      `chart: pareto, title: t, ${gpt2}, y: energy`,
      'FIGURE_INCOMPLETE',
      '/report/figures/0/x',
      'a pareto needs `x`',
      'add x',
    ],
    [
      'an unknown metric',
      `chart: pareto, title: t, ${gpt2}, x: latencie, y: energy`,
      'UNKNOWN_NAME',
      '/report/figures/0/x',
      '"latencie"',
      'latency',
    ],
    [
      'measurements that the study does not name',
      'chart: predicted-measured, title: t, quantity: latency',
      'FIGURE_INCOMPLETE',
      '/report/figures/0',
      'a predicted-measured needs measurements',
      'add `validate: {traces: [file.csv]}` to the study',
    ],
    [
      'a workload that the study does not sweep',
      'chart: pareto, title: t, workloads: [{model: gpt2, phase: prefill}], x: latency, y: energy',
      'UNKNOWN_NAME',
      '/report/figures/0/workloads',
      '"gpt2 prefill" is not known here',
      'gpt2 decode',
    ],
    [
      'a setting that the study does not sweep',
      'chart: pareto, title: t, workloads: [{model: gpt2, phase: decode, contextTokens: 99}], x: latency, y: energy',
      'UNKNOWN_NAME',
      '/report/figures/0/workloads/0',
      'the study has no gpt2 decode with these settings',
      '"contextTokens":512',
    ],
    [
      'limits over what is no axis',
      `chart: limits, title: t, ${gpt2}, x: smss, y: clock`,
      'UNKNOWN_NAME',
      '/report/figures/0/x',
      '"smss" is not known here',
      'sms',
    ],
    [
      'limits over one axis twice',
      `chart: limits, title: t, ${gpt2}, x: clock, y: clock`,
      'SPEC_INVALID',
      '/report/figures/0/y',
      'x and y are both clock',
      'name two axes',
    ],
    [
      'sensitivities at what is no value of an axis',
      `chart: sensitivity, title: t, ${gpt2}, set: {sms: 3 GiB}`,
      'QUANTITY_INVALID',
      '/report/figures/0/set',
      '"3 GiB"',
      '',
    ],
    [
      'an unknown accelerator',
      `chart: roofline, title: t, accelerators: [h100-smx], ${gpt2}`,
      'UNKNOWN_NAME',
      '/report/figures/0/accelerators/0',
      'h100-smx',
      'h100-sxm',
    ],
  ])('%s', (_, fields, code, pointer, message, hint) => {
    const study = figureStudy(`{name: one, ${fields}}`)
    try {
      onlyFigure(study)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({code, exitCode: 3})
      const {message: text, suggestions} = error as {message: string; suggestions: readonly string[]}
      expect(text).toContain(`${pointer}\n`)
      expect(text).toMatch(/small\.yaml:\d+:\d+ /)
      expect(text).toContain(message)
      expect(suggestions.join('\n')).toContain(hint)
    }
  })
})

it.each([
  ['latencySeconds', 'Latency'],
  ['energyJoules', 'Energy'],
  ['joulesPerToken', 'Energy per token'],
  ['deviceDollars', 'Device cost'],
  ['matrixJoules', 'Matrix energy'],
  ['fitsInMemory', 'Fits in memory'],
  ['holdsPowerLimit', 'Holds power limit'],
] as const)('%s reads "%s"', (metric, title) => {
  expect(metricTitle(metric)).toBe(title)
})

describe('bands of a study', () => {
  it('stand around energy and power of every clock, and around the energy of a breakdown', () => {
    const [curve] = inputOf('dvfs', `accelerators: [h100-sxm], workloads: [${decode}]`).curves
    for (const {energyJoules, averageWatts, p5Joules, p95Joules, p5Watts, p95Watts} of curve!.points) {
      expect([p5Joules! < energyJoules, energyJoules < p95Joules!]).toEqual([true, true])
      expect([p5Watts! < averageWatts, averageWatts < p95Watts!]).toEqual([true, true])
    }
    const [configuration] = inputOf('breakdown', `accelerators: [h100-sxm], workloads: [${decode}]`).configurations
    expect(configuration).toEqual(expect.objectContaining({p5Joules: expect.any(Number), p95Joules: expect.any(Number)}))
  })

  it('are of the same passes as the tornado, whose bars its accelerator names in words', () => {
    const {passes} = inputOf('tornado', `accelerators: [h100-sxm, a100-sxm-80gb], workloads: [${decode}]`)
    expect(passes.map(({name}) => name)).toEqual(['h100-sxm, gpt2 decode, batch 8', 'a100-sxm-80gb, gpt2 decode, batch 8'])
    const [{energyJoules, p5Joules, p95Joules, bars}] = passes as [(typeof passes)[number]]
    const workload = loadWorkload('gpt2', {phase: 'decode', contextTokens: 512, batch: 8})
    expect(energyJoules).toBeCloseTo(evaluate(loadAccelerator('h100-sxm'), workload).energyJoules, 9)
    expect([p5Joules < energyJoules, energyJoules < p95Joules]).toEqual([true, true])
    expect(bars.map(({name}) => name)).toEqual(expect.arrayContaining(['hbm energy per byte', 'core voltage floor']))
  })
})
