import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {type Evaluation, evaluate} from '../../../src/cost/evaluate.js'
import {mappingChoice} from '../../../src/sweep/mapping-axes.js'
import {fusedWorkload} from '../../../src/workload/fused-workload.js'
import {loadWorkload} from '../../../src/workload/load-workload.js'
import type {PassInput} from '../../../src/workload/pass.js'

interface Run {
  readonly accelerator?: string
  readonly model?: string
  readonly pass?: PassInput
  readonly clockHertz?: number
  readonly set?: Readonly<Record<string, string>>
}

/** At a clock that no limit moves. */
function fused(fusion: string | undefined, run: Run = {}): Evaluation {
  const {accelerator = 'h100-sxm', model = 'gpt2', pass = {phase: 'prefill', promptTokens: 512}, clockHertz = 1e9, set = {}} = run
  const workload = fusedWorkload(loadWorkload(model, pass), fusion)
  const mapping = mappingChoice({budget: 400, fusion}, '.')
  return evaluate(loadAccelerator(accelerator, {set}), workload, {fidelity: 'mapped', mapping, clockHertz})
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const mlpName = 'mlp_up+mlp_activation+mlp_down'
const mlpOf = ({operators}: Evaluation) => operators.find(({name}) => name === mlpName)!
const apartOf = ({operators}: Evaluation) => operators.filter(({name}) => mlpName.split('+').includes(name))

const runs: readonly (readonly [string, Run])[] = [
  ['gpt2 on h100-sxm', {}],
  ['gpt2 decoding on h100-sxm', {pass: {phase: 'decode', contextTokens: 256, batch: 4}}],
  ['llama-3.1-8b on h100-sxm', {model: 'llama-3.1-8b'}],
  ['llama-3.1-8b under a small cache', {model: 'llama-3.1-8b', set: {l2: '1 MiB'}}],
  ['gpt2 on mi300x', {accelerator: 'mi300x'}],
  ['gpt2 on systolic-edge', {accelerator: 'systolic-edge', pass: {phase: 'prefill', promptTokens: 64, dtype: 'int8'}, clockHertz: 5e8}],
]

describe.each(runs)('fusion in %s', (_, run) => {
  const scopes = ['none', 'epilogue', 'attention', 'mlp', 'attention+mlp', 'epilogue+attention+mlp'] as const
  const passes = Object.fromEntries(scopes.map((fusion) => [fusion, fused(fusion, run)])) as Record<(typeof scopes)[number], Evaluation>

  it('never adds bytes of main memory', () => {
    const bytes = (fusion: (typeof scopes)[number]): number => passes[fusion].dramBytes * (1 - 1e-12)
    for (const fusion of scopes) expect(bytes(fusion)).toBeLessThanOrEqual(passes.none.dramBytes)
    expect(bytes('attention+mlp')).toBeLessThanOrEqual(Math.min(passes.attention.dramBytes, passes.mlp.dramBytes))
  })

  it('changes neither the work nor the sums: operators and sources add up to the pass', () => {
    for (const {flops, energyJoules, energyBySource, operators, waitingJoules} of Object.values(passes)) {
      expect(flops / passes.none.flops).toBeCloseTo(1, 12)
      expect(sum(Object.values(energyBySource)) / energyJoules).toBeCloseTo(1, 9)
      expect((sum(operators.map((operator) => operator.energyJoules)) + waitingJoules) / energyJoules).toBeCloseTo(1, 9)
    }
  })

  it('of an epilogue saves exactly what the product would write and the activation read', () => {
    const {count, shape} = passes.none.operators.find(({name}) => name === 'mlp_up')!
    const intermediateBytes = 2 * Number(shape['m']) * Number(shape['n'])
    const savedBytes = passes.none.dramBytes - passes.epilogue.dramBytes
    expect(savedBytes / (count * 2 * intermediateBytes)).toBeCloseTo(1, 9)
    expect(passes.epilogue.latencySeconds).toBeLessThanOrEqual(passes.none.latencySeconds)
  })
})

describe('fusion', () => {
  it('is of attention alone where nothing is said', () => {
    const [named, unnamed] = [fused('attention'), fused(undefined)]
    expect(named.operators).toEqual(unnamed.operators)
    expect(named.latencySeconds).toBe(unnamed.latencySeconds)
  })

  it('runs an MLP as a chain through the cache that holds its blocks, in which its intermediate stays', () => {
    const [apart, chained] = ['attention', 'mlp'].map((fusion) => fused(fusion, {model: 'llama-3.1-8b'})) as [Evaluation, Evaluation]
    const mlp = mlpOf(chained)
    expect(mlp.fusion).toBe('as a chain through l2')
    const savedBytes = sum(apartOf(apart).map(({bytesByLevel}) => bytesByLevel['hbm']!)) - mlp.bytesByLevel['hbm']!
    const insideBytes = 2 * 2 * 512 * (2 * 14336 + 14336)
    expect(savedBytes).toBeGreaterThanOrEqual(32 * insideBytes)
  })

  it('leaves the parts of an MLP on their own where no chain saves anything, and says why', () => {
    const small = {model: 'llama-3.1-8b', set: {l2: '1 MiB'}}
    const [apart, asked] = ['attention', 'mlp'].map((fusion) => fused(fusion, small)) as [Evaluation, Evaluation]
    const mlp = mlpOf(asked)
    expect(mlp.fusion).toMatch(/^on their own, since the best chain that fits moves [\d.e+]+ times as much through hbm$/)
    expect(mlp.latencySeconds / sum(apartOf(apart).map(({latencySeconds}) => latencySeconds))).toBeCloseTo(1, 9)
    expect(mlp.bytesByLevel['hbm']! / sum(apartOf(apart).map(({bytesByLevel}) => bytesByLevel['hbm']!))).toBeCloseTo(1, 9)
  })
})
