import {describe, expect, it} from 'vitest'
import {chainDimensions, chainTensors} from '../../src/workload/chain.js'
import {type FusionScope, operatorGroups} from '../../src/workload/fusion.js'
import {buildWorkload, loadModel} from '../../src/workload/load-workload.js'

const {operators} = buildWorkload(loadModel('llama-3.1-8b'), {phase: 'prefill', promptTokens: 512})
const groups = (scope: FusionScope) => operatorGroups(operators, [scope])
const names = (scope: FusionScope) => groups(scope).map((group) => group.operators.map(({name}) => name).join('+'))

describe('operator groups of a pass', () => {
  it.each(['none', 'epilogue', 'attention', 'mlp'] as const)('hold each operator once, in order, under %s', (scope) => {
    expect(groups(scope).flatMap((group) => group.operators)).toEqual(operators)
  })

  it('take the activation to the product before it as an epilogue, and the whole MLP together', () => {
    expect(names('none')).toContain('mlp_up')
    expect(names('epilogue')).toContain('mlp_up+mlp_activation')
    expect(names('mlp')).toContain('mlp_up+mlp_activation+mlp_down')
  })

  it('see a gated MLP as products of one width, with two values for each activation', () => {
    const chain = groups('mlp').find((group) => group.operators.length === 3)!.chain!
    const sizes = Object.fromEntries(chainDimensions(chain).map(({name, size}) => [name, size]))
    expect(Object.values(sizes)).toEqual([512, 14336, 2, 4096, 4096])
    const words = Object.fromEntries(chainTensors(chain).map(({tensor, role}) => [tensor.name, role]))
    expect(words).toEqual({
      X: 'input',
      mlp_up_weights: 'input',
      mlp_up_out: 'intermediate',
      mlp_activation_out: 'intermediate',
      mlp_down_weights: 'input',
      mlp_down_out: 'output',
    })
    const points = chain.members.map(({problem}) => problem.dimensions.reduce((product, {size}) => product * size, 1))
    expect(points).toEqual([512 * 4096 * 2 * 14336, 512 * 14336 * 2, 512 * 14336 * 4096])
  })

  it('see attention as its chain under every scope', () => {
    const chain = groups('none').find((group) => group.operators[0]!.kind === 'attention')!.chain!
    expect(chain.members.map(({problem}) => problem.name)).toEqual(['scores', 'softmax', 'values'])
  })
})
