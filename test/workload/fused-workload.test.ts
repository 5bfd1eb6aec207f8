import {describe, expect, it} from 'vitest'
import {fusedWorkload, fusionOf} from '../../src/workload/fused-workload.js'
import {loadWorkload} from '../../src/workload/load-workload.js'
import type {OperatorNode, TensorAccess} from '../../src/workload/operator.js'
import {selectedOperators} from '../../src/workload/selected-operators.js'

const [tokens, hidden, width] = [512, 4096, 14336]
const pass = loadWorkload('llama-3.1-8b', {phase: 'prefill', promptTokens: tokens})
const bytesOf = (accesses: readonly TensorAccess[]): number => accesses.reduce((sum, {bytes}) => sum + bytes, 0)
const moved = ({demand}: OperatorNode): number => bytesOf(demand.reads) + bytesOf(demand.writes)
const named = (fusion: string, name: string): OperatorNode =>
  fusedWorkload(pass, fusion).operators.find((operator) => operator.name === name)!

describe('a pass whose operators run together', () => {
  it('is as it was where nothing is said, and keeps its operators where none are joined', () => {
    expect(fusedWorkload(pass, undefined)).toBe(pass)
    for (const fusion of ['none', 'attention']) expect(fusedWorkload(pass, fusion).operators).toEqual(pass.operators)
  })

  it('has one operator for an epilogue, which reads what the product reads and writes what the activation writes', () => {
    const {demand, count} = named('epilogue', 'mlp_up+mlp_activation')
    expect(bytesOf(demand.reads)).toBe(2 * (tokens * hidden + hidden * 2 * width))
    expect(bytesOf(demand.writes)).toBe(2 * tokens * width)
    expect(count).toBe(32)
  })

  it('has one operator for the MLP, of all its work, which neither writes nor reads what passes inside', () => {
    const [up, activation, down] = ['mlp_up', 'mlp_activation', 'mlp_down'].map((name) => named('none', name)) as [
      OperatorNode,
      OperatorNode,
      OperatorNode,
    ]
    const mlp = named('attention+mlp', 'mlp_up+mlp_activation+mlp_down')
    const insideBytes = 2 * 2 * tokens * (2 * width + width)
    expect(moved(mlp)).toBe(moved(up) + moved(activation) + moved(down) - insideBytes)
    expect(mlp.demand.work).toEqual(activation.demand.work)
    expect(mlp.demand.contractions).toEqual([...up.demand.contractions, ...down.demand.contractions])
    expect(mlp.shape).toMatchObject({m: tokens, n: hidden, k: hidden, intermediate: width})
  })

  it('unfolds as before, fewer operators a layer', () => {
    const {operators, stretches, settings} = fusedWorkload(pass, 'mlp')
    expect(stretches!.map(({repeatCount}) => repeatCount)).toEqual(pass.stretches!.map(({repeatCount}) => repeatCount))
    expect(stretches!.reduce((sum, {operatorCount}) => sum + operatorCount, 0)).toBe(operators.length)
    expect(operators).toHaveLength(pass.operators.length - 2)
    expect(settings['fusion']).toBe('mlp')
  })

  it('joins nothing of a part of the MLP that is not all of it', () => {
    expect(fusedWorkload(selectedOperators(pass, ['mlp_up', 'mlp_down']), 'epilogue+mlp').operators).toHaveLength(2)
  })

  it.each([
    ['mpl', 'UNKNOWN_NAME', 'did you mean mlp'],
    ['attention+epilog', 'UNKNOWN_NAME', 'did you mean epilogue'],
    ['none+mlp', 'BAD_VALUE', 'leave none out, or all else'],
  ])('refuses fusion=%s', (fusion, code, hint) => {
    expect(() => fusionOf(fusion)).toThrow(expect.objectContaining({code, suggestions: expect.arrayContaining([hint])}))
  })

  it('refuses to fuse what training keeps, and kernels that were asked to run on their own', () => {
    const training = loadWorkload('gpt2', {phase: 'train', promptTokens: 64})
    expect(() => fusedWorkload(training, 'attention+mlp')).toThrow(expect.objectContaining({code: 'SETTING_UNUSED'}))
    expect(fusedWorkload(training, 'attention').operators).toEqual(training.operators)
    const eager = loadWorkload('gpt2', {fused: false, promptTokens: 64})
    expect(() => fusedWorkload(eager, 'epilogue')).toThrow(expect.objectContaining({code: 'SETTING_UNUSED'}))
    expect(fusedWorkload(eager, 'none').operators).toEqual(eager.operators)
  })
})
