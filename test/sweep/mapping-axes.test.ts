import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {evaluate} from '../../src/cost/evaluate.js'
import {mappingChoice} from '../../src/sweep/mapping-axes.js'
import {spaceIdentity} from '../../src/sweep/space-identity.js'
import {loadStudy} from '../../src/sweep/study.js'
import {fusedWorkload} from '../../src/workload/fused-workload.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {selectedOperators} from '../../src/workload/selected-operators.js'
import {onlySpace, refusal, studyOf, sweptPoints, temporaryFolder, writeStudy} from './studies.js'

const mappedStudy = `title: Dataflows
fidelity: mapped
spaces:
  - accelerator: ./machine.yaml
workloads:
  - {model: gpt2, phase: decode, contextTokens: 64, operators: [mlp_up]}
axes:
  strategy: [weight-stationary, any]
  budget: [200]
  clock: [1200 MHz, 1980 MHz]
objectives: [latency, energy]
`
const edited = (from: string, to: string): string => {
  expect(mappedStudy).toContain(from)
  return mappedStudy.replace(from, to)
}

describe('axes of the mapping', () => {
  it('sweep beside those of the machine, each point as a single evaluation has it', async () => {
    const study = studyOf(mappedStudy)
    const points = await sweptPoints(study)
    expect(points.map(({strategy, clock}) => [strategy, clock])).toEqual([
      ['weight-stationary', 1.2e9],
      ['weight-stationary', 1.98e9],
      ['any', 1.2e9],
      ['any', 1.98e9],
    ])
    const {accelerator} = onlySpace(study)
    const workload = selectedOperators(loadWorkload('gpt2', {phase: 'decode', contextTokens: 64}), ['mlp_up'])
    for (const {strategy, clock, latencySeconds, energyJoules} of points) {
      const mapping = mappingChoice({strategy, budget: 200}, '.')
      const alone = evaluate(accelerator, workload, {fidelity: 'mapped', mapping, clockHertz: Number(clock)})
      expect(latencySeconds).toBe(alone.latencySeconds)
      expect(energyJoules).toBe(alone.energyJoules)
    }
  })

  it('say what runs together: with its activation a product saves what passes between them', async () => {
    const study = studyOf(
      edited('  strategy: [weight-stationary, any]', '  fusion: [none, epilogue]').replace('[mlp_up]', '[mlp_up, mlp_activation]'),
    )
    const {accelerator} = onlySpace(study)
    const workload = selectedOperators(loadWorkload('gpt2', {phase: 'decode', contextTokens: 64}), ['mlp_up', 'mlp_activation'])
    const points = await sweptPoints(study)
    expect(points.map(({fusion}) => fusion)).toEqual(['none', 'none', 'epilogue', 'epilogue'])
    for (const {fusion, clock, latencySeconds, energyJoules} of points) {
      const mapping = mappingChoice({fusion, budget: 200}, '.')
      const alone = evaluate(accelerator, fusedWorkload(workload, fusion), {fidelity: 'mapped', mapping, clockHertz: Number(clock)})
      expect(latencySeconds).toBe(alone.latencySeconds)
      expect(energyJoules).toBe(alone.energyJoules)
    }
    expect(Number(points[2]!['energyJoules'])).toBeLessThan(Number(points[0]!['energyJoules']))
  })

  it('fix counts of loops; a count that leaves no mapping is a point without numbers', async () => {
    const study = studyOf(
      edited('  strategy: [weight-stationary, any]', '  registers.temporal.K: [1, 7]').replace('gpt2,', 'gpt2, batch: 4,'),
    )
    const points = await sweptPoints(study)
    const latencies = points.map(({'registers.temporal.K': count, latencySeconds}) => [count, Number.isNaN(latencySeconds)])
    expect(latencies).toEqual([
      [1, false],
      [1, false],
      [7, true],
      [7, true],
    ])
  })

  it('take a strategy from a file beside the study, and what it holds decides the identity', () => {
    const folder = temporaryFolder()
    const strategy = path.join(folder, 'mine.yaml')
    const file = writeStudy(edited('[weight-stationary, any]', '[./mine.yaml]'), folder)
    writeFileSync(strategy, 'levels: {outermost: {innermost: [K]}}\n')
    const first = JSON.stringify(spaceIdentity(onlySpace(loadStudy(file))))
    expect(JSON.stringify(spaceIdentity(onlySpace(loadStudy(file))))).toBe(first)
    writeFileSync(strategy, 'levels: {outermost: {innermost: [M]}}\n')
    expect(JSON.stringify(spaceIdentity(onlySpace(loadStudy(file))))).not.toBe(first)
  })

  it.each([
    [
      'a misspelt strategy',
      edited('weight-stationary,', 'weight-stationery,'),
      '8:14 /axes/strategy/0',
      'did you mean weight-stationary',
      'UNKNOWN_NAME',
    ],
    [
      'a misspelt objective',
      edited('  budget: [200]', '  objective: [latincy]'),
      '9:15 /axes/objective/0',
      'did you mean latency',
      'UNKNOWN_NAME',
    ],
    [
      'a misspelt fusion',
      edited('  budget: [200]', '  fusion: [none, attention+mpl]'),
      '9:18 /axes/fusion/1',
      'did you mean mlp',
      'UNKNOWN_NAME',
    ],
    ['no number of mappings', edited('[200]', '[0]'), '9:12 /axes/budget/0', 'write a whole number above 0', 'BAD_VALUE'],
    [
      'times that know no mappings',
      edited('fidelity: mapped', 'fidelity: roofline'),
      '8:13 /axes/strategy',
      'add `fidelity: mapped`',
      'SPEC_INVALID',
    ],
    [
      'an operator that the pass does not have',
      edited('[mlp_up]', '[mlp_upp]'),
      '6:64 /workloads/0/operators',
      'did you mean mlp_up',
      'UNKNOWN_NAME',
    ],
  ])('%s is refused with its place and a hint', (_, text, place, hint, code) => {
    const error = refusal(text)
    expect(error.message).toContain(place)
    expect(error.code).toBe(code)
    expect(error.suggestions).toContain(hint)
  })
})
