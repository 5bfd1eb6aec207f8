import {describe, expect, it} from 'vitest'
import {compareScalings, scalingNamed} from '../../src/accelerator/technology.js'
import {evaluate} from '../../src/cost/evaluate.js'
import {productNode, tinyMachine, tinyText, workloadOf} from '../support/tiny-machine.js'

const at45 = {nodeMillimetres: 45e-6, volts: 0.9}
const at7 = {nodeMillimetres: 7e-6, volts: 0.7}
const arithmetic = (dtype: 'int8' | 'fp16' | 'fp32' | 'bf16') => ({kind: 'arithmetic', dtype}) as const
const memory = (kibibytes: number) => ({kind: 'memory', capacityBytes: kibibytes * 1024}) as const

describe('ways to carry energies to another technology', () => {
  it('Stillmaker and Baas take 45 nm at 0.9 V to 0.068 of it at 7 nm and 0.7 V', () => {
    const {ratio} = scalingNamed('stillmaker-baas')
    // (0.1776·0.49 − 0.09097·0.7 + 0.02447) / (1.018·0.81 − 0.3107·0.9 + 0.1539)
    expect(ratio(at45, at7, arithmetic('fp32'))).toBeCloseTo(0.047815 / 0.69885, 4)
    expect(ratio(at45, at45, memory(32))).toBe(1)
    expect(ratio(at7, at45, memory(8)) * ratio(at45, at7, memory(8))).toBeCloseTo(1, 12)
  })

  it('operation tables have a factor for each format and each size of memory', () => {
    const {ratio} = scalingNamed('operation-tables')
    expect(ratio(at45, at7, arithmetic('fp32'))).toBeCloseTo(1.69 / 4.6, 12)
    expect(ratio(at45, at7, memory(8))).toBeCloseTo(0.75, 12)
    expect(ratio(at45, at7, memory(16))).toBeCloseTo((0.75 + 0.425) / 2, 12)
    expect([ratio(at45, at7, memory(1)), ratio(at45, at7, memory(64 * 1024))]).toEqual([0.75, 0.14])
  })

  it('are more than four times apart for arithmetic', () => {
    for (const {energy, ratioByMethod} of compareScalings(at45, at7).filter(({energy}) => energy.endsWith('multiply-add')))
      expect(ratioByMethod['operation-tables']! / ratioByMethod['stillmaker-baas']!, energy).toBeGreaterThan(4)
  })

  it('say so where one of them knows nothing', () => {
    const at65 = {nodeMillimetres: 65e-6, volts: 1}
    for (const {ratioByMethod} of compareScalings(at65, at7)) expect(ratioByMethod['operation-tables']).toBeNull()
    expect(() => compareScalings({nodeMillimetres: 66e-6, volts: 1}, at7)).toThrow(
      expect.objectContaining({code: 'SCALING_UNKNOWN', message: expect.stringContaining('stillmaker-baas says nothing of 66 nm')}),
    )
    expect(() => scalingNamed('operation-tables').ratio(at45, at7, arithmetic('bf16'))).toThrow('operation-tables say nothing of bf16')
    expect(() => scalingNamed('moore')).toThrow('"moore" is not a known way to scale energies')
  })
})

describe('an accelerator carried to another technology', () => {
  const text = tinyText.replace('parameters:', 'technology: {node: 45 nm, voltage: 0.9 V}\nparameters:')
  const target = {'technology.to': '7 nm', 'technology.toVoltage': '0.7 V', 'technology.scaling': 'stillmaker-baas'}
  const work = workloadOf(productNode(256, 256, 256))

  it('scales energies of units and memories of the die, and nothing else', () => {
    const [before, after] = [evaluate(tinyMachine({}, text), work), evaluate(tinyMachine(target, text), work)]
    const ratio = scalingNamed('stillmaker-baas').ratio(at45, at7, memory(8))
    for (const source of ['array', 'buffer']) expect(after.energyBySource[source]! / before.energyBySource[source]!).toBeCloseTo(ratio, 9)
    for (const source of ['dram', 'static', 'idle']) expect(after.energyBySource[source]).toBe(before.energyBySource[source])
    expect(after.latencySeconds).toBe(before.latencySeconds)
    expect(before.technologyScaling).toBeNull()
    expect(after.technologyScaling!.ratiosByMethod['stillmaker-baas']![0]).toBeCloseTo(ratio, 12)
    expect(after.technologyScaling!.ratiosByMethod['operation-tables']).toBeUndefined()
  })

  it('stands as described where nothing is asked for', () => {
    expect(evaluate(tinyMachine({}, text), work).energyJoules).toBe(evaluate(tinyMachine(), work).energyJoules)
  })

  it.each([
    [{'technology.to': '7 nm'}, 'toVoltage is missing'],
    [{...target, 'technology.to': '8 nm'}, 'stillmaker-baas says nothing of 8 nm'],
    [{...target, 'technology.to': '7 W'}, 'is a power, but a length is expected'],
    [{...target, 'technology.scaling': 'stillmaker'}, '"stillmaker" is not a known way to scale energies'],
    [{...target, 'technology.scaling': 'operation-tables'}, 'operation-tables say nothing of bf16'],
  ])('refuses %j', (set, message) => {
    expect(() => tinyMachine(set as Record<string, string>, text)).toThrow(message)
  })
})
