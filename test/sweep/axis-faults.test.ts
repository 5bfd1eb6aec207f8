import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {loadStudy} from '../../src/sweep/study.js'
import {refusal, temporaryFolder, writeStudy} from './studies.js'

/** Axes of the machine stand in line 5, settings of the pass in line 7, the sampler in line 9. */
const study = (machine: string, pass = '{}', sampler = '{kind: grid}', objectives = '[latency]'): string => `title: t
spaces:
  - accelerator: ./machine.yaml
    axes:
      ${machine}
workloads: [{model: gpt2, phase: decode}]
axes: ${pass}
objectives: ${objectives}
sampler: ${sampler}
`

type Case = readonly [claim: string, text: string, place: string, reason: RegExp, hint: RegExp, code?: string]

const cases: readonly Case[] = [
  ['nothing said', study('l2: {when: "sms > 1"}'), ':5:11 /spaces/0/axes/l2', /says nothing of where it lies/, /write a list/],
  [
    'keys of two kinds',
    study('l2: {is: "16 MiB", step: 1 MiB}'),
    ':5:32 /spaces/0/axes/l2/step',
    /step says nothing of an axis with is/,
    /when, otherwise/,
  ],
  ['an unknown key', study('l2: {form: 16 MiB}'), ':5:18 /spaces/0/axes/l2/form', /"form" is not a key here/, /did you mean from/],
  [
    'an unknown distribution',
    study('l2: {distribution: norm}'),
    '/spaces/0/axes/l2/distribution',
    /"norm" is not one of/,
    /did you mean normal/,
  ],
  [
    'a distribution without its numbers',
    study('l2: {distribution: normal, mean: 50 MiB}'),
    '/spaces/0/axes/l2/deviation',
    /"deviation" is missing/,
    /add deviation/,
  ],
  [
    'numbers of another distribution',
    study('l2: {distribution: normal, mean: 50 MiB, deviation: 5 MiB, sigma: 1}'),
    '/spaces/0/axes/l2/sigma',
    /sigma says nothing of a normal distribution/,
    /mean, deviation/,
  ],
  [
    'a number of another unit',
    study('l2: {distribution: normal, mean: 50 W, deviation: 5 MiB}'),
    ':5:40 /spaces/0/axes/l2/mean',
    /"50 W" is a power, but l2 is an amount of data/,
    /such as B/,
    'QUANTITY_INVALID',
  ],
  [
    'a step that passes over the whole distribution',
    study('sms: {distribution: uniform, from: 97, to: 103, step: 8}'),
    ':5:61 /spaces/0/axes/sms/step',
    /no whole multiple of 8 lies within/,
    /a smaller step/,
  ],
  [
    'a distribution without width',
    study('l2: {distribution: lognormal, median: 50 MiB, sigma: 0}'),
    '/spaces/0/axes/l2/sigma',
    /must be more than zero/,
    /check the numbers/,
  ],
  [
    'a deviation below zero',
    study('l2: {distribution: normal, mean: 50 MiB, deviation: -1 MiB}'),
    '/spaces/0/axes/l2/deviation',
    /must be more than zero/,
    /check/,
  ],
  [
    'a median of nothing',
    study('l2: {distribution: lognormal, median: 0 B, sigma: 1}'),
    '/spaces/0/axes/l2/median',
    /must be more than zero/,
    /check/,
  ],
  [
    'a peak outside',
    study('l2: {distribution: triangular, from: 1 MiB, peak: 9 MiB, to: 4 MiB}'),
    '/spaces/0/axes/l2/peak',
    /between the start and the end/,
    /check/,
  ],
  ['a range upside down', study('l2: {from: 8 MiB, to: 4 MiB}'), '/spaces/0/axes/l2/to', /must lie above its start/, /check/],
  ['a log range from zero', study('l2: {from: 0 MiB, to: 4 MiB, scale: log}'), '/spaces/0/axes/l2/from', /starts above zero/, /check/],
  [
    'a cut upside down',
    study('l2: {from: 8 MiB, to: 40 MiB, distribution: uniform, least: 20 MiB, most: 10 MiB}'),
    '/spaces/0/axes/l2/most',
    /must lie above least/,
    /least below most/,
  ],
  [
    'a distribution of designs that are none',
    study('l2: {distribution: normal, mean: 1 MiB, deviation: 50 MiB}'),
    ':5:11 /spaces/0/axes/l2',
    /more than zero is expected/,
    /give l2 a step/,
    'VALUE_OUT_OF_RANGE',
  ],
  [
    'a distribution beyond what can be set',
    study('powerLimit: {from: 100 W, to: 500 W}'),
    '/spaces/0/axes/powerLimit',
    /100 W can't be set/,
    /between 200 W and 700 W/,
    'POWER_LIMIT_OUT_OF_RANGE',
  ],
  [
    'a link to no axis',
    study('l2: {with: sm, values: [16 MiB]}\n      sms: [100]'),
    ':5:18 /spaces/0/axes/l2/with',
    /"sm" is not an axis of this space/,
    /did you mean sms/,
    'UNKNOWN_NAME',
  ],
  [
    'a link of another length',
    study('l2: {with: sms, values: [16 MiB]}\n      sms: [100, 132]'),
    '/spaces/0/axes/l2/values',
    /l2 has 1 values, but sms, which it moves with, has 2/,
    /a value for each/,
  ],
  [
    'a link to an axis without a list',
    study('l2: {with: hbmBandwidth, values: [16 MiB]}\n      hbmBandwidth: {from: 2 TB/s, to: 4 TB/s}'),
    '/spaces/0/axes/l2/with',
    /hbmBandwidth has no list of values/,
    /give hbmBandwidth a step or a count/,
  ],
  [
    'a circle',
    study('l2: {is: "sms * 1 MiB"}\n      sms: {is: "l2 / (1 MiB)"}'),
    ':5:11 /spaces/0/axes/l2',
    /follow each other in a circle: l2 → sms → l2/,
    /stand on its own/,
    'AXIS_CYCLE',
  ],
  [
    'an axis derived from an unknown name',
    study('l2: {is: "smss * 1 MiB"}'),
    ':5:16 /spaces/0/axes/l2/is',
    /"smss" in "smss \* 1 MiB" is neither/,
    /did you mean sms/,
    'QUANTITY_INVALID',
  ],
  [
    'an axis derived in another unit',
    study('l2: {is: "sms * 1 W"}'),
    ':5:16 /spaces/0/axes/l2/is',
    /is a power, but l2 is an amount of data/,
    /check the units/,
    'QUANTITY_INVALID',
  ],
  [
    'a condition that claims nothing',
    study('l2: {values: [16 MiB], when: sms, otherwise: 8 MiB}'),
    '/spaces/0/axes/l2/when',
    /"sms" claims nothing/,
    /batch >= 64/,
  ],
  [
    'a condition without otherwise',
    study('l2: {values: [16 MiB], when: "sms > 2"}'),
    '/spaces/0/axes/l2/otherwise',
    /"otherwise" is missing/,
    /add otherwise/,
  ],
  [
    'otherwise without a condition',
    study('l2: {values: [16 MiB], otherwise: 8 MiB}'),
    '/spaces/0/axes/l2/otherwise',
    /there is none/,
    /add `when`/,
  ],
  [
    'a condition on values that never are',
    study('l2: {values: [16 MiB], when: {batch: 3}, otherwise: 8 MiB}', '{batch: [1, 2]}'),
    '/spaces/0/axes/l2/when/batch',
    /batch never is 3/,
    /its values: 1, 2/,
  ],
  [
    'a condition on no axis',
    study('l2: {values: [16 MiB], when: {bach: 1}, otherwise: 8 MiB}', '{batch: [1, 2]}'),
    '/spaces/0/axes/l2/when/bach',
    /"bach" is not an axis/,
    /did you mean batch/,
    'UNKNOWN_NAME',
  ],
  [
    'a continuous setting of the pass',
    study('sms: [100]', '{batch: {from: 1, to: 8}}'),
    ':7:15 /axes/batch',
    /batch takes a list of values/,
    /a step or a count/,
  ],
  [
    'a setting of the pass derived without end',
    study('l2: {from: 8 MiB, to: 16 MiB}', '{batch: {is: "l2 / (1 MiB)"}}'),
    ':7:20 /axes/batch/is',
    /has no end of them/,
    /few levels/,
  ],
  [
    'a sampler without points',
    study('sms: [100]', '{}', '{kind: sobol}'),
    ':9:10 /sampler/points',
    /sobol needs a number of points/,
    /points: 10000/,
  ],
  [
    'a grid with points',
    study('sms: [100]', '{}', '{kind: grid, points: 8}'),
    ':9:31 /sampler/points',
    /a grid has all of its points/,
    /random, latin-hypercube, sobol/,
  ],
  [
    'more points than the sequence tells apart',
    study('sms: [100]', '{}', '{kind: sobol, points: 5000000000}'),
    '/sampler/points',
    /has 4294967296 points/,
    /take fewer/,
  ],
  [
    'an unknown sampler',
    study('sms: [100]', '{}', '{kind: sobel, points: 8}'),
    '/sampler/kind',
    /"sobel" is not one of grid/,
    /did you mean sobol/,
  ],
  [
    'an objective of two kinds',
    study('sms: [100]', '{}', '{kind: grid}', '[{metric: latency, expression: "sms"}]'),
    ':8:14 /objectives/0',
    /either a metric or an expression/,
    /name: edp/,
  ],
  [
    'an expression without a name',
    study('sms: [100]', '{}', '{kind: grid}', '[{expression: "energyJoules * latencySeconds"}]'),
    '/objectives/0/name',
    /needs a name/,
    /name: edp/,
  ],
  [
    'a name that is taken',
    study('sms: [100]', '{}', '{kind: grid}', '[{expression: "energyJoules * 2", name: sms}]'),
    '/objectives/0/name',
    /"sms" names something else/,
    /another name/,
  ],
  [
    'a name of two words',
    study('sms: [100]', '{}', '{kind: grid}', '[{expression: "energyJoules * 2", name: twice energy}]'),
    '/objectives/0/name',
    /can't name an objective/,
    /letters and digits/,
  ],
  [
    'another name for a metric',
    study('sms: [100]', '{}', '{kind: grid}', '[{metric: latency, name: wait}]'),
    '/objectives/0/name',
    /keeps its own name, latencySeconds/,
    /leave name out/,
  ],
  [
    'the same objective twice',
    study('sms: [100]', '{}', '{kind: grid}', '[latency, energy, latencySeconds]'),
    ':8:31 /objectives/2',
    /two objectives are called latencySeconds/,
    /leave one out/,
  ],
  [
    'a goal beside a target',
    study('sms: [100]', '{}', '{kind: grid}', '[{metric: power, goal: max, target: 3 W}]'),
    '/objectives/0/goal',
    /either a goal or a target/,
    /one of the two/,
  ],
  [
    'a target of another unit',
    study('sms: [100]', '{}', '{kind: grid}', '[{metric: power, target: 3 J}]'),
    '/objectives/0/target',
    /"3 J" is an energy, but this objective is a power/,
    /such as W/,
    'QUANTITY_INVALID',
  ],
  [
    'an objective over unknown names',
    study('sms: [100]', '{}', '{kind: grid}', '[{expression: "energyJouls * 2", name: twice}]'),
    '/objectives/0',
    /"energyJouls"/,
    /energyJoules/,
    'QUANTITY_INVALID',
  ],
]

describe('an axis, a sampler or an objective that cannot be used is refused with the place, the reason and a hint:', () => {
  for (const [claim, text, place, reason, hint, code = 'SPEC_INVALID'] of cases)
    it(claim, () => {
      const error = refusal(text)
      expect(error.message).toContain(`${path.sep}small.yaml${place.startsWith(':') ? place : ':'}`)
      expect(error.message).toContain(place)
      expect(error.message).toMatch(reason)
      expect(error.suggestions.join('\n')).toMatch(hint)
      expect({code: error.code, exitCode: error.exitCode}).toEqual({code, exitCode: 3})
    })
})

describe('layered studies', () => {
  const base = `title: base
spaces:
  - accelerator: ./machine.yaml
    axes: {sms: [100, 132]}
workloads: [{model: gpt2, phase: decode}]
axes: {batch: [1, 2, 4], contextTokens: [64, 128]}
objectives: [latency]
`
  const layered = (derived: string, of = base): string => {
    const below = writeStudy(of, undefined, 'base')
    return writeStudy(derived.replace('BASE', JSON.stringify(below)), temporaryFolder(), 'derived')
  }

  it('merge maps key by key, replace lists, remove by null, and keep paths relative to the file that says them', () => {
    const file = layered('extends: BASE\ntitle: derived\naxes: {batch: [8], contextTokens: null}\n')
    const study = loadStudy(file)
    expect(study).toMatchObject({name: 'derived', title: 'derived'})
    const [space] = study.spaces
    expect(space!.passAxes.map(({name, values}) => [name, values])).toEqual([['batch', [8]]])
    expect(space!.machineAxes[0]!.values).toEqual([100, 132])
    expect(space!.accelerator.name).toBe('machine')
  })

  it('name the file and line of the layer that said what is wrong', () => {
    expect(() => loadStudy(layered('extends: BASE\naxes: {batch: [0]}\n'))).toThrow(/derived\.yaml:2:16 \/axes\/batch\/0/)
    expect(() => loadStudy(layered('extends: BASE\ntitle: derived\n', base.replace('[64, 128]', '[64, 0]')))).toThrow(
      /base\.yaml:6:46 \/axes\/contextTokens\/1/,
    )
  })

  it('refuse a base that is not there, a circle, and what is no name', () => {
    const ranged = 'extends: BASE\naxes: {batch: {from: 1, to: 100, count: 5, scale: log}}\n'
    expect(() => loadStudy(layered(ranged))).toThrow(/derived\.yaml:2:15 \/axes\/batch/)
    const missing = layered('extends: ./nowhere.yaml\ntitle: t\n')
    expect(() => loadStudy(missing)).toThrow(/derived\.yaml:1:10 \/extends\n {2}\.\/nowhere\.yaml: there is no such file/)
    const itself = layered('extends: ./derived.yaml\ntitle: t\n')
    expect(() => loadStudy(itself)).toThrow(/studies extend each other in a circle: .*derived\.yaml → .*derived\.yaml/)
    expect(() => loadStudy(layered('extends: [a, b]\n'))).toThrow(/extends names one study/)
    expect(() => loadStudy(layered('extends: quickstrat\n'))).toThrow(/"quickstrat" is not a shipped study/)
  })

  it('extend what is shipped by name', () => {
    const study = loadStudy(layered('extends: quickstart\naxes: {batch: [1]}\n'))
    expect(study.spaces[0]!.pointCount).toBe(1)
    expect(study.title).toBe(loadStudy('quickstart').title)
  })
})
