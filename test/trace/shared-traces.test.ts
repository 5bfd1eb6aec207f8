import {existsSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {readTrace} from '../../src/trace/read-trace.js'
import {traceRequest} from '../../src/trace/to-operator.js'
import {regimeOf} from '../../src/validate/regime.js'
import type {OperatorNode} from '../../src/workload/operator.js'

/** The public measurements lie beside the repository, or where the environment says; without them these tests are skipped. */
const folder = process.env['RIDGEPOINT_TRACES'] ?? path.resolve(import.meta.dirname, '../../../shared/traces')

/** Rows of each file, and how many of them there is no prediction for. */
const files: readonly (readonly [name: string, rowCount: number, skippedCount: number])[] = [
  ['gemm-a100-sxm-80gb.csv', 2500, 0],
  ['gemm-h100-sxm.csv', 2500, 0],
  ['gemm-l40s.csv', 2500, 0],
  ['attention-prefill-a100-sxm-80gb.csv', 1500, 0],
  ['attention-prefill-h100-sxm.csv', 1500, 0],
  ['attention-decode-a100-sxm-80gb.csv', 1500, 0],
  ['attention-decode-h100-sxm.csv', 1500, 0],
  ['moe-h100-sxm.csv', 1500, 0],
  ['collectives-a100-sxm-80gb.csv', 252, 0],
  ['collectives-h100-sxm.csv', 252, 0],
  ['llm-layer-ops-a100-sxm-80gb.csv', 2000, 0],
  ['fp32-gemm.csv', 2500, 0],
  ['fp32-softmax.csv', 1500, 0],
  ['fp32-layernorm.csv', 1500, 0],
  ['fp32-elementwise.csv', 1500, 0],
  ['model-fp32.csv', 44, 6],
  ['llmcompass-a100.csv', 140, 0],
  ['model-dvfs-a100-pcie-40gb.csv', 284, 16],
  ['power-limit-training.csv', 929, 929],
  ['megatron-training.csv', 8, 0],
]

/** An operator touches bytes, and every amount of its demand is a number above zero. */
function asksForWork({demand}: OperatorNode): boolean {
  const {contractions, reads, writes} = demand
  const amounts = [...contractions.map(({operationCount}) => operationCount), ...[...reads, ...writes].map(({bytes}) => bytes)]
  return amounts.length > 0 && amounts.every((amount) => Number.isFinite(amount) && amount > 0)
}

describe.skipIf(!existsSync(folder))('the public measurements', () => {
  it.each(files)('%s: every one of %i rows becomes a request or a reason, %i a reason', async (name, rowCount, skippedCount) => {
    const trace = readTrace(path.join(folder, name))
    expect(trace.unknownColumns).toEqual([])
    let readCount = 0
    const reasons: string[] = []
    const faultyLines: number[] = []
    for await (const row of trace) {
      readCount++
      const request = traceRequest(row)
      if (request.kind === 'skipped') reasons.push(request.reason)
      if (row.line !== readCount + 1 || /NaN|undefined/.test(regimeOf(request))) faultyLines.push(row.line)
      if (request.kind === 'operator' && !asksForWork(request.operator)) faultyLines.push(row.line)
    }
    expect(faultyLines).toEqual([])
    expect(readCount).toBe(rowCount)
    expect(reasons).toHaveLength(skippedCount)
    expect(reasons.every((reason) => reason.length > 10)).toBe(true)
  })
})
