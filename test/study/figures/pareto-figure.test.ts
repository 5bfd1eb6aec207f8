import path from 'node:path'
import {expect, it} from 'vitest'
import type {ParetoInput} from '../../../src/report/charts/pareto-scene.js'
import {checkReport} from '../../../src/study/check-report.js'
import {runStudySweep} from '../../../src/study/run-sweep.js'
import {studyReport} from '../../../src/study/study-report.js'
import {loadStudy} from '../../../src/sweep/study.js'
import {temporaryFolder, writeStudy} from '../../sweep/studies.js'
import {figureStudy} from '../studies.js'

const study = (figures: readonly string[]): string => `title: t
spaces:
  - accelerator: ./machine.yaml
    axes: {sms: [140, 100, 132], hbmBandwidth: {distribution: uniform, from: 2 TB/s, to: 4 TB/s}}
  - accelerator: a100-sxm-80gb
    axes: {clock: [1.05 GHz, 1.41 GHz]}
workloads:
  - {model: gpt2, phase: decode, contextTokens: 512}
  - {model: gpt2, phase: prefill, promptTokens: 512}
axes: {dtype: [fp16, bf16], batch: [1, 2]}
sampler: {kind: sobol, points: 24}
objectives: [latency, energyPerToken]
report:
  figures:
${figures.map((each, index) => `    - {name: f${index}, chart: pareto, title: T, ${each}}`).join('\n')}
`

const decode = 'workloads: [{model: gpt2, phase: decode}], x: latency, y: energyPerToken'
const both = 'workloads: [{model: gpt2, phase: prefill}, {model: gpt2, phase: decode}], x: prefill latency, y: decode latency'

it('colours a front by any axis, of one workload and of several', async () => {
  const file = writeStudy(
    study([
      `${decode}, colour: sms`,
      `${decode}, colour: hbmBandwidth`,
      `${both}, colour: dtype`,
      `${decode}, colour: accelerator`,
      `${decode}, colour: clock`,
      `${decode}, colour: clockHertz`,
      decode,
    ]),
  )
  const loaded = loadStudy(file)
  checkReport(loaded)
  const {points} = await runStudySweep(loaded, {storeFile: path.join(temporaryFolder(), 'points.db')})
  const {sections} = studyReport({study: loaded, points, validation: undefined})
  const inputs = sections[0]!.figures!.map((figure) => figure.input as ParetoInput)
  expect(inputs.map(({colour}) => colour)).toEqual([
    {field: 'sms', title: 'sms', levels: [100, 132, 140]},
    {field: 'hbmBandwidth', title: 'hbmBandwidth', unit: 'bytesPerSecond'},
    {field: 'dtype', title: 'dtype', levels: ['fp16', 'bf16']},
    {field: 'accelerator', title: 'accelerator', levels: expect.arrayContaining(['machine', 'a100-sxm-80gb'])},
    {field: 'clock', title: 'clock', unit: 'hertz', levels: [1.05e9, 1.41e9]},
    {field: 'clockHertz', title: 'Core clock', unit: 'hertz'},
    undefined,
  ])
  const [bySms, , byDtype] = inputs
  expect(new Set(bySms!.points.map((point) => point['sms']))).toEqual(new Set([100, 132, 140, undefined]))
  expect(bySms!.points).toHaveLength(inputs.at(-1)!.points.length)
  expect(new Set(byDtype!.points.map((point) => point['dtype']))).toEqual(new Set(['fp16', 'bf16']))
})

it('says of a colour that is neither axis nor result what there is, the nearest first', () => {
  const refused = figureStudy(
    '{name: one, chart: pareto, title: One, workloads: [{model: gpt2, phase: decode}], x: latency, y: energy, colour: smss}',
  )
  try {
    checkReport(refused)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({code: 'UNKNOWN_NAME', exitCode: 3})
    const {message, suggestions} = error as {message: string; suggestions: readonly string[]}
    expect(message).toMatch(/small\.yaml:\d+:\d+ \/report\/figures\/0\/colour\n.*"smss" is neither a result nor an axis here/)
    expect(suggestions[0]).toBe('did you mean sms')
    expect(suggestions[1]).toBe('axes: accelerator, batch, sms, clock')
    expect(suggestions[2]).toMatch(/^results: latencySeconds, .*averageWatts/)
  }
})
