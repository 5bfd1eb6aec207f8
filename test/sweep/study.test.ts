import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {namedObjective} from '../../src/study/named-objective.js'
import {loadStudy} from '../../src/sweep/study.js'
import {onlySpace, refusal, smallStudy, studyOf, writeStudy} from './studies.js'

const edited = (from: string, to: string): string => {
  expect(smallStudy).toContain(from)
  return smallStudy.replace(from, to)
}
const sms = (axis: string): string => edited('[100, 132, 140]', axis)
const values = (text: string, name = 'sms') => onlySpace(studyOf(text)).machineAxes.find((axis) => axis.name === name)?.values

describe('loadStudy', () => {
  it('reads ranges by step and by count, on a linear and on a log scale', () => {
    expect(values(sms('{from: 84, to: 100, step: 8}'))).toEqual([84, 92, 100])
    expect(values(sms('{from: 84, to: 99, step: 8}'))).toEqual([84, 92])
    expect(values(sms('{from: 100, to: 140, count: 5}'))).toEqual([100, 110, 120, 130, 140])
    expect(values(sms('{from: 25, to: 100, count: 3, scale: log}'))).toEqual([25, 50, 100])
  })

  it('converts quantities to the unit of their parameter', () => {
    const l2 = edited('sms: [100, 132, 140]', 'l2: [1 MiB, 1000 kB, 8 b]')
    expect(values(l2, 'l2')).toEqual([1_048_576, 1_000_000, 1])
    expect(values(smallStudy, 'clock')).toEqual([1.41e9, 1.98e9])
  })

  it('counts the points of every space, and names a study by its file or its folder', () => {
    const study = studyOf(smallStudy)
    expect(study.spaces.map(({pointCount}) => pointCount)).toEqual([12])
    expect(study.name).toBe('small')
    expect(loadStudy('quickstart').name).toBe('quickstart')
    expect(loadStudy('quickstart').spaces.reduce((sum, {pointCount}) => sum + pointCount, 0)).toBeGreaterThanOrEqual(10_000)
  })

  it('lets the axis of a space stand in for the same axis of all spaces', () => {
    const study = studyOf(edited('axes:\n  batch: [1, 8]', 'axes:\n  batch: [1, 8]\n  sms: [50, 60]'))
    expect(onlySpace(study).machineAxes.find(({name}) => name === 'sms')?.values).toEqual([100, 132, 140])
    expect(onlySpace(study).pointCount).toBe(12)
  })

  it('takes short names of metrics and goals', () => {
    const study = studyOf(edited('[latency, energyPerToken]', '[cost, {metric: throughput, goal: max}]'))
    expect(study.objectives).toMatchObject([
      {metric: 'deviceDollars', goal: 'min'},
      {metric: 'tokensPerSecond', goal: 'max'},
    ])
  })

  it('makes large what has a minus before it, as the command line does', () => {
    const [first, second] = studyOf(edited('[latency, energyPerToken]', '[-throughput, cost]')).objectives
    expect([first, second]).toMatchObject([
      {metric: 'tokensPerSecond', goal: 'max'},
      {metric: 'deviceDollars', goal: 'min'},
    ])
    expect(namedObjective({objectives: [second!]}, '-cost')).toMatchObject({metric: 'deviceDollars', goal: 'max'})
    expect(namedObjective({objectives: [first!]}, 'throughput')).toMatchObject({metric: 'tokensPerSecond', goal: 'max'})
  })

  it('finds accelerators and models by paths that are relative to the study', () => {
    const file = writeStudy(edited('model: gpt2', 'model: ./other.yaml'))
    expect(() => loadStudy(file)).toThrow(/other\.yaml: there is no such file/)
    expect(onlySpace(studyOf(smallStudy)).accelerator.name).toBe('machine')
  })
})

describe('a study that cannot be used is refused with the place, the reason and a hint:', () => {
  const cases: readonly [claim: string, text: string, place: string, reason: RegExp, hint: RegExp | undefined, code: string][] = [
    [
      'unknown key',
      edited('objectives:', 'objektives: [latency]\nobjectives:'),
      '11:13 /objektives',
      /objektives/,
      /objectives/,
      'SPEC_INVALID',
    ],
    [
      'an axis that is no parameter',
      edited('sms:', 'smss:'),
      '5:13 /spaces/0/axes/smss',
      /neither a parameter of machine/,
      /did you mean sms/,
      'UNKNOWN_NAME',
    ],
    [
      'wrong dimension',
      edited('1410 MHz', '1410 MB/s'),
      '6:15 /spaces/0/axes/clock/0',
      /"1410 MB\/s" is a rate of data, but clock is a frequency/,
      /Hz/,
      'QUANTITY_INVALID',
    ],
    ['no unit', edited('1410 MHz', '1410'), '6:15 /spaces/0/axes/clock/0', /"1410" is a plain number/, /Hz/, 'QUANTITY_INVALID'],
    ['a value twice', sms('[100, 132, 100]'), '5:23 /spaces/0/axes/sms/2', /the value 100 twice/, undefined, 'SPEC_INVALID'],
    [
      'a value twice in other words',
      edited('[1410 MHz, 1980 MHz]', '[1.41 GHz, 1410 MHz]'),
      '6:25 /spaces/0/axes/clock/1',
      /the value 1410000000 twice/,
      undefined,
      'SPEC_INVALID',
    ],
    [
      'an empty range',
      sms('{from: 140, to: 100, step: 8}'),
      '5:28 /spaces/0/axes/sms/to',
      /must lie above its start/,
      undefined,
      'SPEC_INVALID',
    ],
    ['an empty list', sms('[]'), '5:12 /spaces/0/axes/sms', /./, undefined, 'SPEC_INVALID'],
    ['a step of zero', sms('{from: 84, to: 100, step: 0}'), '5:38 /spaces/0/axes/sms/step', /more than zero/, undefined, 'SPEC_INVALID'],
    [
      'a step beyond the end',
      sms('{from: 84, to: 100, step: 800}'),
      '5:38 /spaces/0/axes/sms/step',
      /leads beyond the end/,
      undefined,
      'SPEC_INVALID',
    ],
    ['a negative step', sms('{from: 84, to: 100, step: -8}'), '5:38 /spaces/0/axes/sms/step', /more than zero/, undefined, 'SPEC_INVALID'],
    [
      'a range without step of what is counted',
      sms('{from: 84, to: 100}'),
      '5:12 /spaces/0/axes/sms',
      /sms is 84\.25, but a whole number is expected/,
      /give sms a step/,
      'VALUE_OUT_OF_RANGE',
    ],
    [
      'a range with step and count',
      sms('{from: 84, to: 100, step: 8, count: 3}'),
      '5:12 /spaces/0/axes/sms',
      /either a step or a count/,
      /from, to, step/,
      'SPEC_INVALID',
    ],
    [
      'a log range from zero',
      sms('{from: 0, to: 100, count: 3, scale: log}'),
      '5:19 /spaces/0/axes/sms/from',
      /starts above zero/,
      undefined,
      'SPEC_INVALID',
    ],
    [
      'a log range with a step',
      sms('{from: 1, to: 100, step: 3, scale: log}'),
      '/spaces/0/axes/sms/scale',
      /log scale has a count/,
      /count/,
      'SPEC_INVALID',
    ],
    [
      'a range beyond count',
      sms('{from: 1, to: 1e9, step: 1}'),
      '5:12 /spaces/0/axes/sms',
      /more than 10000000/,
      undefined,
      'SPEC_INVALID',
    ],
    [
      'a count that is not whole between whole ends',
      sms('{from: 100, to: 140, count: 4}'),
      '5:12 /spaces/0/axes/sms',
      /\/units\/tensor\/count: 4 \* sms is 453\.3\d*, but a whole number is expected at a point of this study/,
      /keep to whole values on the axes of sms/,
      'VALUE_OUT_OF_RANGE',
    ],
    [
      'a clock that the machine cannot run at',
      edited('1980 MHz]', '2980 MHz]'),
      '6:25 /spaces/0/axes/clock/1',
      /a core clock of 2980 MHz is outside of what machine runs at/,
      /between 345 MHz and 1980 MHz/,
      'CLOCK_OUT_OF_RANGE',
    ],
    [
      'a power limit that cannot be set',
      edited('clock: [1410 MHz, 1980 MHz]', 'powerLimit: [100 W]'),
      '/spaces/0/axes/powerLimit/0',
      /a power limit of 100 W can't be set on machine/,
      /between 200 W and 700 W/,
      'POWER_LIMIT_OUT_OF_RANGE',
    ],
    [
      'a batch that is fixed and an axis',
      edited('contextTokens: 512', 'batch: 4'),
      '8:41 /workloads/0/batch',
      /both fixed here and an axis/,
      /remove one/,
      'SPEC_INVALID',
    ],
    [
      'a setting that is no setting',
      edited('contextTokens: 512', 'kontextTokens: 512'),
      '/workloads/0/kontextTokens',
      /not a setting of a pass/,
      /did you mean contextTokens/,
      'UNKNOWN_NAME',
    ],
    ['a value that no pass takes', edited('[1, 8]', '[1, 0]'), '/axes/batch/1', /batch/, undefined, 'BAD_VALUE'],
    [
      'an unknown objective',
      edited('[latency,', '[latenzy,'),
      '/objectives/0',
      /"latenzy" is not a metric/,
      /did you mean latency/,
      'UNKNOWN_NAME',
    ],
    ['an unknown goal', edited('[latency,', '[{metric: latency, goal: least},'), '/objectives/0', /./, undefined, 'SPEC_INVALID'],
    ['an unknown model', edited('model: gpt2', 'model: gtp2'), '8:13 /workloads/0/model', /gtp2/, /did you mean gpt2/, 'UNKNOWN_NAME'],
    [
      'an unknown accelerator',
      edited('./machine.yaml', 'h100-sxn'),
      '3:18 /spaces/0/accelerator',
      /h100-sxn/,
      /did you mean h100-sxm/,
      'UNKNOWN_NAME',
    ],
    [
      'a set of an unknown field',
      edited('    axes:\n', '    set: {hbn: 3}\n    axes:\n'),
      '/spaces/0/accelerator',
      /"hbn" is neither/,
      /hbm/,
      'UNKNOWN_NAME',
    ],
    [
      'an unknown fidelity',
      `${smallStudy}fidelity: ruffline\n`,
      '/fidelity',
      /"ruffline" is not a known fidelity/,
      /did you mean roofline/,
      'UNKNOWN_NAME',
    ],
    [
      'a setting that the phase does not use',
      edited('contextTokens: 512}', 'contextTokens: 512, recompute: full}'),
      '/workloads/0',
      /recompute does nothing in decode/,
      /recompute acts in train/,
      'SETTING_UNUSED',
    ],
    [
      'an unknown phase before the settings that hang on it',
      edited('phase: decode, contextTokens: 512}', 'phase: decoding, recompute: full}'),
      '/workloads/0/phase',
      /"decoding" is not a phase/,
      /did you mean decode/,
      'UNKNOWN_NAME',
    ],
    [
      'a number format that nothing on the machine computes, at the value that names it',
      edited('batch: [1, 8]', 'batch: [1, 8]\n  dtype: [bf16, int4]'),
      '/axes/dtype/1',
      /no matrix or vector unit of machine computes int4/,
      /choose a dtype that it computes/,
      'UNSUPPORTED_DTYPE',
    ],
    [
      'an axis that the model does not use',
      edited('batch: [1, 8]', 'expertDistribution: [balanced, random]'),
      '/axes/expertDistribution/0',
      /expertDistribution does nothing to gpt2, which has no experts/,
      /leave expertDistribution out/,
      'SETTING_UNUSED',
    ],
    [
      'a constraint that claims nothing',
      `${smallStudy}constraints: [averageWatts]\n`,
      '/constraints/0',
      /claims nothing/,
      /<= 500 W/,
      'SPEC_INVALID',
    ],
    [
      'a constraint with an unknown name',
      `${smallStudy}constraints: [averageWats <= 5 W]\n`,
      '/constraints/0',
      /averageWats/,
      /averageWatts/,
      'QUANTITY_INVALID',
    ],
    [
      'a constraint that compares two dimensions',
      `${smallStudy}constraints: [averageWatts <= 5 J]\n`,
      '/constraints/0',
      /a power beside/,
      /same kind of unit/,
      'QUANTITY_INVALID',
    ],
    [
      'a constraint that holds two comparisons in one',
      `${smallStudy}constraints: [100 <= sms <= 120]\n`,
      '/constraints/0',
      /"100 <= sms <= 120" compares 3 values at once/,
      /write a comparison of two each: `100 <= sms` and `sms <= 120`/,
      'QUANTITY_INVALID',
    ],
    [
      'a constraint on a parameter that one accelerator lacks',
      `${edited('workloads:', '  - accelerator: ./tiny.yaml\nworkloads:')}constraints: [sms <= 120]\n`,
      '/constraints/0',
      /"sms" in "sms <= 120" is known of machine and not of tiny, and every space must know it/,
      /narrow the axes of machine instead, under its own space\nor put machine into a study of its own/,
      'QUANTITY_INVALID',
    ],
    [
      'an objective over an axis that one space lacks',
      edited('axes:\n  batch: [1, 8]\nobjectives: [', 'objectives: [{expression: batch / latency, name: pace}, ').replace(
        'workloads:',
        '      batch: [1, 8]\n  - accelerator: ./tiny.yaml\nworkloads:',
      ),
      '/objectives/0',
      /"batch" in "batch \/ latency" is known of machine and not of tiny/,
      /give tiny the axis as well, under its own space; one value is enough/,
      'QUANTITY_INVALID',
    ],
    [
      'a constraint that cannot be read',
      `${smallStudy}constraints: ["averageWatts <= <= 5 W"]\n`,
      '/constraints/0',
      /can't be read/,
      undefined,
      'QUANTITY_INVALID',
    ],
  ]
  it.each(cases)('%s', (_, text, place, reason, hint, code) => {
    const error = refusal(text)
    expect(error.message).toContain(`${path.sep}small.yaml:`)
    expect(error.message).toContain(place)
    expect(error.message).toMatch(reason)
    if (hint !== undefined) expect(error.suggestions.join('\n')).toMatch(hint)
    expect({code: error.code, exitCode: error.exitCode}).toEqual({code, exitCode: 3})
  })

  it('an accelerator that extends itself in a circle', () => {
    const folder = path.dirname(writeStudy(smallStudy))
    writeStudy('extends: ./b.yaml\ntitle: a\n', folder, 'a')
    writeStudy('extends: ./a.yaml\ntitle: b\n', folder, 'b')
    const file = writeStudy(edited('./machine.yaml', './a.yaml'), folder)
    expect(() => loadStudy(file)).toThrow(/extend each other in a circle: .*a\.yaml → .*b\.yaml → .*a\.yaml/)
  })

  it('a file that is not there', () => {
    expect(() => loadStudy('./nowhere.yaml')).toThrow(/there is no such file/)
    expect(() => loadStudy('quickstrat')).toThrow(/not a shipped study/)
  })
})
