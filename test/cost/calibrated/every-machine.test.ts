import {describe, expect, it} from 'vitest'
import {loadAccelerator} from '../../../src/accelerator/load-accelerator.js'
import {collectiveTime} from '../../../src/cost/calibrated/collective-time.js'
import type {KernelModel} from '../../../src/cost/calibrated/kernel-model.js'
import {moeTime} from '../../../src/cost/calibrated/moe-time.js'
import {elementwiseTime, embeddingTime, normTime, softmaxTime} from '../../../src/cost/calibrated/stream-time.js'
import {shippedNames} from '../../../src/spec/catalogue.js'
import type {Launch} from '../../../src/workload/kernel-run.js'
import {collectives, type OperatorNode} from '../../../src/workload/operator.js'
import {collective} from '../../../src/workload/operators/collective.js'
import {type ElementFunctionName, elementFunctions, elementwise} from '../../../src/workload/operators/elementwise.js'
import {embedding, embeddingKind} from '../../../src/workload/operators/embedding.js'
import {layernorm, layernormKind} from '../../../src/workload/operators/layernorm.js'
import {moe, moeKind} from '../../../src/workload/operators/moe.js'
import {optimizer} from '../../../src/workload/operators/optimizer.js'
import {softmax, softmaxKind} from '../../../src/workload/operators/softmax.js'
import {idealOf, kernelTime} from '../../support/kernel-seconds.js'

const shipped = shippedNames('accelerator')
const rows = {m: 1000, n: 1000} as const
const experts = {tokens: 64, hidden: 1024, intermediate: 1000, experts: 16, topK: 2} as const
const tokens = {tokens: 100, hidden: 1000} as const
const functions = Object.keys(elementFunctions) as ElementFunctionName[]

const cases: readonly (readonly [KernelModel, readonly OperatorNode[]])[] = [
  [
    softmaxTime,
    [softmax({...rows, dtype: 'fp32'}), softmax({m: 3, n: 5000, dtype: 'bf16'}), ...softmaxKind.backward({...rows, dtype: 'fp16'})],
  ],
  [
    normTime,
    [
      layernorm({...rows, dtype: 'fp32'}),
      layernorm({...rows, dtype: 'fp8', function: 'rmsnorm', residual: true}),
      ...layernormKind.backward({...rows, dtype: 'bf16'}),
    ],
  ],
  [
    elementwiseTime,
    [...functions.map((name) => elementwise({...rows, function: name, dtype: 'bf16'})), optimizer({parameters: 1e6, dtype: 'bf16'})],
  ],
  [embeddingTime, [embedding({...tokens, dtype: 'bf16', tables: 3}), ...embeddingKind.backward({...tokens, dtype: 'fp32'})]],
  [moeTime, [moe({...experts, dtype: 'bf16'}), moe({...experts, dtype: 'fp8'}), ...moeKind.backward({...experts, dtype: 'bf16'})]],
  [collectiveTime, collectives.map((pattern) => collective({collective: pattern, bytes: 1e6, ranks: 2, dtype: 'bf16'}))],
]

describe('kernel times of rows, elements, experts and collectives', () => {
  it.each(shipped)('are finite and positive on %s, with facts to show, from fitted parameters and from ideal ones', (name) => {
    const accelerator = loadAccelerator(name)
    for (const [model, nodes] of cases)
      for (const node of nodes)
        for (const launch of ['graph', 'queued', 'alone'] satisfies Launch[])
          for (const fitted of [{}, idealOf(model)]) {
            const {seconds, hostSeconds, facts} = kernelTime<string>(model, accelerator, node, fitted, {launch, operandCopyCount: 1})
            const reaches = node.demand.wire === undefined || accelerator.machine.links.some(({maximumRankCount}) => maximumRankCount >= 2)
            expect(Number.isFinite(seconds) && (reaches ? seconds > 0 : seconds === 0), `${node.name} ${launch}: ${seconds} s`).toBe(true)
            expect(hostSeconds).toBeGreaterThanOrEqual(0)
            expect(facts.filter(({value}) => Number.isNaN(value))).toEqual([])
          }
  })

  it('never take longer than from fitted parameters when every parameter is ideal', () => {
    const h100 = loadAccelerator('h100-sxm')
    for (const [model, nodes] of cases)
      for (const node of nodes) {
        const of = (fitted: Record<string, number>) => kernelTime<string>(model, h100, node, fitted).seconds
        expect(of(idealOf(model)), node.name).toBeLessThanOrEqual(of({}))
      }
  })
})
