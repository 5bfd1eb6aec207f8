import {designBatch} from '#ridge/accelerator/accelerator.js'
import {loadAccelerator} from '#ridge/accelerator/load-accelerator.js'
import {boundNames} from '#ridge/cost/bounds.js'
import {kernelModels} from '#ridge/cost/calibrated/kernel-models.js'
import {profileOf} from '#ridge/cost/calibrated/profile.js'
import {loadWorkload} from '#ridge/workload/load-workload.js'
import type {OperatorClass, OperatorNode} from '#ridge/workload/operator.js'
import {forwardNode} from '#ridge/workload/operators/table.js'

const rowCount = 2048

export interface KernelRate {
  readonly class: OperatorClass
  readonly shape: string
  readonly microsecondsPerRow: number
  readonly checksum: number
}

/** Time of one operator's full model on one design, every design different in SMs, bandwidth, L2 and clock. */
export function kernelRates(): KernelRate[] {
  const nodes = [
    ...loadWorkload('llama-3.1-8b', {phase: 'prefill', batch: 4}).operators,
    ...loadWorkload('llama-3.1-8b', {phase: 'decode', batch: 16}).operators,
    ...loadWorkload('mixtral-8x7b', {phase: 'decode', batch: 16}).operators,
    forwardNode({kind: 'softmax', options: {m: 4096, n: 4096, dtype: 'bf16'}}),
    forwardNode({kind: 'collective', options: {collective: 'allreduce', bytes: 1e7, ranks: 8, dtype: 'bf16'}}),
  ]
  return nodes.filter(({class: name}) => kernelModels[name] !== undefined).map(kernelRate)
}

function kernelRate(node: OperatorNode): KernelRate {
  const accelerator = loadAccelerator('h100-sxm')
  const {machine, parameterColumns, refill} = designBatch(accelerator, ['sms', 'hbmBandwidth', 'l2'], rowCount)
  const coreHertz = new Float64Array(rowCount)
  for (let row = 0; row < rowCount; row++) {
    parameterColumns.get('sms')![row] = 64 + (row % 128)
    parameterColumns.get('hbmBandwidth')![row] = 8 * (2e12 + 1e9 * row)
    parameterColumns.get('l2')![row] = 8 * 2 ** 20 * (20 + (row % 77))
    coreHertz[row] = 1e9 + 4e5 * row
  }
  refill(rowCount)
  const model = kernelModels[node.class]!
  const names = boundNames(machine)
  const fitted = profileOf(accelerator).find((entry) => entry.class === node.class)
  const {time} = model.compile({
    machine,
    node,
    run: {operandCopyCount: Number.POSITIVE_INFINITY, launch: 'graph'},
    parameters: fitted?.parameters ?? Float64Array.from(Object.values(model.parameters), ({start}) => start),
    rowCapacity: rowCount,
    boundIndex: (name) => names.indexOf(name),
  })
  const [seconds, boundBy] = [new Float64Array(rowCount), new Int32Array(rowCount)]
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 20; round++) {
    const start = performance.now()
    time(coreHertz, seconds, boundBy, rowCount)
    least = Math.min(least, performance.now() - start)
  }
  return {
    class: node.class,
    shape: `${node.name} ${Object.values(node.shape).join(' × ')}`,
    microsecondsPerRow: (1e3 * least) / rowCount,
    checksum: seconds.reduce((sum, each) => sum + each, 0),
  }
}
