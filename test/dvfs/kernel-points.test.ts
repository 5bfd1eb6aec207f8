import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../src/accelerator/load-accelerator.js'
import {clockCurve} from '../../src/cost/clock-curve.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {kernelPoints, type PassKernels} from '../../src/dvfs/kernel-points.js'
import {middleTurn, planSegments} from '../../src/dvfs/plan-segments.js'
import {planUnits} from '../../src/dvfs/plan-units.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import {lanesNode, tinyMachine, workloadOf} from '../support/tiny-machine.js'

const training = loadWorkload('gpt2', {phase: 'train', batch: 2, promptTokens: 256})

function sumAt({kernels, runs}: PassKernels, state: number, field: 'latencySeconds' | 'energyJoules'): number {
  return runs.kernelIndex.reduce((sum, kernel) => sum + kernels[kernel]!.points[field][state]!, 0)
}

describe('kernelPoints', () => {
  it('adds up to the pass at every clock', () => {
    const accelerator = loadAccelerator('a100-pcie-40gb')
    const pass = kernelPoints(accelerator, training, {fidelity: 'calibrated', powerLimitWatts: 250})
    const curve = clockCurve(accelerator, training)
    expect(pass.clockHertz.slice(0, pass.stateCount)).toEqual(curve.map(({clockHertz}) => clockHertz))
    for (const [state, {latencySeconds, energyJoules}] of curve.entries()) {
      expect(Math.abs(sumAt(pass, state, 'latencySeconds') / latencySeconds - 1)).toBeLessThan(1e-9)
      expect(Math.abs(sumAt(pass, state, 'energyJoules') / energyJoules - 1)).toBeLessThan(1e-9)
    }
  })

  it('has the clock that the limit leaves of the highest behind the states, as an evaluation settles at it', () => {
    const accelerator = loadAccelerator('a100-pcie-40gb')
    const pass = kernelPoints(accelerator, training, {fidelity: 'calibrated', powerLimitWatts: 150})
    const settled = evaluate(accelerator, training, {powerLimitWatts: 150})
    expect(pass.clockHertz).toHaveLength(pass.stateCount + 1)
    expect(pass.clockHertz.at(-1)).toBeCloseTo(settled.clockHertz, 3)
    expect(sumAt(pass, pass.stateCount, 'energyJoules')).toBeCloseTo(settled.energyJoules, 9)
    expect(pass.heldWatts).toBe(settled.heldWatts)
  })

  it('unfolds layers in the order in which they run, forward, then backward from the last, then the optimizer', () => {
    const {kernels, runs} = kernelPoints(tinyMachine(), training, {fidelity: 'roofline', powerLimitWatts: 1000})
    const names = Array.from(runs.kernelIndex, (kernel) => kernels[kernel]!.name)
    expect(names.slice(0, 3)).toEqual(['embedding', 'attention_norm', 'qkv_projection'])
    expect(names.slice(-2)).toEqual(['embedding_backward', 'adam'])
    expect(names.filter((name) => name === 'mlp_down')).toHaveLength(12)
    const layer = names.slice(1, names.indexOf('attention_norm', 2))
    expect(names.slice(1, 1 + 12 * layer.length)).toEqual(Array.from({length: 12}, () => layer).flat())
    for (const [index, {count}] of training.operators.entries())
      expect(runs.kernelIndex.filter((kernel) => kernel === index)).toHaveLength(count)
    const stages = Array.from(runs.kernelIndex, (kernel) => kernels[kernel]!.stage)
    expect(stages.filter((stage, run) => stage !== stages[run - 1])).toEqual(['forward', 'backward', 'optimizer'])
  })

  it('draws its idle and static power while a clock changes', () => {
    // 10 W idle and 20 W static at 1 V, which is the voltage of the highest clock.
    expect(
      kernelPoints(tinyMachine(), workloadOf(lanesNode(1e9, 1e6)), {fidelity: 'roofline', powerLimitWatts: 1000}).waitingWatts,
    ).toBeCloseTo(30, 12)
  })

  it('refuses a pass that a host queues', () => {
    const eager = loadWorkload('gpt2', {phase: 'prefill', fused: false})
    expect(() => kernelPoints(loadAccelerator('a100-pcie-40gb'), eager, {fidelity: 'calibrated', powerLimitWatts: 250})).toThrow(
      expect.objectContaining({code: 'PLAN_QUEUED', suggestions: ['add --launch graph']}),
    )
  })
})

describe('planUnits', () => {
  const pass = kernelPoints(tinyMachine(), training, {fidelity: 'roofline', powerLimitWatts: 1000})

  it('has one unit for all, one a stage, one a run', () => {
    expect([...planUnits(pass, 'single').runStarts]).toEqual([0, pass.runs.kernelIndex.length])
    expect(planUnits(pass, 'stage').setIndex).toHaveLength(3)
    const units = planUnits(pass, 'kernel')
    expect(units.setIndex).toHaveLength(pass.runs.kernelIndex.length)
    expect(units.sets.length).toBeLessThanOrEqual(training.operators.length)
  })

  it('gives each turn of a stretch one clock where there are too many runs for a switching plan', () => {
    const turns = 3000
    const kernelIndex = Int32Array.from({length: 2 * turns}, (_, run) => run % 2)
    const repeatStarts = Int32Array.from({length: turns}, (_, turn) => 2 * turn)
    const long = {...pass, runs: {kernelIndex, repeatStarts}}
    expect(planUnits(long, 'kernel').setIndex).toHaveLength(turns)
    expect(planUnits(long, 'kernel', true).setIndex).toHaveLength(2 * turns)
  })
})

describe('planSegments', () => {
  const pass = kernelPoints(tinyMachine(), training, {fidelity: 'roofline', powerLimitWatts: 1000})
  const runCount = pass.runs.kernelIndex.length
  const stateOfRun = Int32Array.from({length: runCount}, (_, run) => (run < 4 ? 0 : 1))
  const plan = {stateOfRun, latencySeconds: 0, energyJoules: 0, switchCount: 2}

  it('lays all runs end to end, with a pause for a switch', () => {
    const segments = planSegments(pass, plan, 0.5)
    const gaps = segments.slice(1).map(({startSeconds}, index) => startSeconds - segments[index]!.endSeconds)
    expect(gaps.filter((seconds) => seconds !== 0)).toEqual([expect.closeTo(0.5, 9)])
    const runSeconds = Array.from(pass.runs.kernelIndex, (kernel, run) => pass.kernels[kernel]!.points.latencySeconds[stateOfRun[run]!]!)
    expect(segments.at(-1)!.endSeconds).toBeCloseTo(
      runSeconds.reduce((sum, seconds) => sum + seconds, 0.5),
      9,
    )
    expect(segments[0]).toMatchObject({operator: 'embedding', clockHertz: 200e6, startSeconds: 0})
  })

  it('finds one of the layers', () => {
    const [from, to] = middleTurn(pass, plan, 0)!
    const inside = planSegments(pass, plan, 0).filter(
      ({startSeconds, endSeconds}) => startSeconds >= from - 1e-12 && endSeconds <= to + 1e-12,
    )
    expect(inside[0]!.operator).toBe('attention_norm')
    expect(inside.at(-1)!.operator).toBe('mlp_down')
    expect(inside.filter(({operator}) => operator === 'mlp_down')).toHaveLength(1)
  })

  it('finds none where nothing repeats', () => {
    const lone = kernelPoints(tinyMachine(), workloadOf(lanesNode(1e9, 1e6)), {fidelity: 'roofline', powerLimitWatts: 1000})
    expect(middleTurn(lone, {...plan, stateOfRun: Int32Array.of(0)}, 0)).toBeUndefined()
  })
})
