import {describe, expect, it} from 'vitest'
import {kernelOps, traceRequest} from '../../src/trace/to-operator.js'
import type {TraceRequest} from '../../src/trace/trace-request.js'
import type {OperatorNode} from '../../src/workload/operator.js'
import {rowStating, temporaryTraces} from './temporary-trace.js'

const write = temporaryTraces()

const requestOf = async (cells: Readonly<Record<string, string | number>>): Promise<TraceRequest> =>
  traceRequest(await rowStating(write, cells))

async function operatorOf(cells: Readonly<Record<string, string | number>>): Promise<OperatorNode> {
  const request = await requestOf(cells)
  if (request.kind !== 'operator') throw new Error(JSON.stringify(request))
  return request.operator
}

const bytesOf = (accesses: OperatorNode['demand']['reads']): number => accesses.reduce((sum, {bytes}) => sum + bytes, 0)
const matrixFlops = ({demand}: OperatorNode): number => demand.contractions.reduce((sum, {operationCount}) => sum + operationCount, 0)

describe('a gemm row', () => {
  it('is one matrix product with weights, and says how many operand pairs rotate', async () => {
    const request = await requestOf({op: 'gemm', m: 10, n: 20, k: 30, notes: 'copies=6'})
    expect(request).toMatchObject({
      kind: 'operator',
      run: {operandCopyCount: 6, launch: 'graph'},
      operator: {class: 'gemm', dtype: 'fp16', shape: {m: 10, n: 20, k: 30}},
    })
    const operator = await operatorOf({op: 'gemm', m: 10, n: 20, k: 30})
    expect(matrixFlops(operator)).toBe(2 * 10 * 20 * 30)
    expect(bytesOf(operator.demand.reads)).toBe(2 * (300 + 600))
    expect(bytesOf(operator.demand.writes)).toBe(2 * 200)
  })

  it('is issued as its notes say, else as its source is known to do', async () => {
    const launchOf = async (row: Parameters<typeof requestOf>[0]) =>
      ((await requestOf({op: 'gemm', m: 1, n: 1, k: 1, ...row})) as {run: {launch: string}}).run.launch
    expect(await launchOf({notes: 'launch=graph'})).toBe('graph')
    expect(await launchOf({source: 'aiconfigurator'})).toBe('graph')
    expect(await launchOf({source: 'aiconfigurator', notes: 'launch=alone'})).toBe('alone')
    expect(await launchOf({source: 'vidur'})).toBe('alone')
    expect(await launchOf({source: 'mine'})).toBe('graph')
  })

  it('ran as often as its notes say, else as its source is known to repeat all operand copies', async () => {
    const countOf = async (row: Parameters<typeof requestOf>[0]) =>
      ((await requestOf({op: 'gemm', m: 1, n: 1, k: 1, ...row})) as {run: {replayCount: number}}).run.replayCount
    expect(await countOf({notes: 'copies=6;replays=40'})).toBe(40)
    expect(await countOf({source: 'aiconfigurator', notes: 'copies=6'})).toBe(54)
    expect(await countOf({source: 'neusight'})).toBe(25)
  })

  it('replays the same operands where it names no copies', async () => {
    expect(await requestOf({op: 'gemm', m: 1, n: 1, k: 1})).toMatchObject({
      run: {operandCopyCount: 1, launch: 'graph', replayCount: Number.POSITIVE_INFINITY},
    })
  })

  it('batched (bmm) reads a second operand for each product, which is no weight', async () => {
    const operator = await operatorOf({op: 'gemm', m: 10, n: 20, k: 30, batch: 4, dtype: 'fp32', notes: 'bmm;train'})
    expect(matrixFlops(operator)).toBe(4 * 2 * 10 * 20 * 30)
    expect(operator.demand.reads.every(({tensor}) => tensor !== 'weights')).toBe(true)
    expect(bytesOf(operator.demand.reads)).toBe(4 * 4 * (300 + 600))
  })
})

describe('an attention row', () => {
  const shape = {batch: 2, heads: 8, kv_heads: 2, head_dim: 64}

  it('of prefill attends causally', async () => {
    const operator = await operatorOf({op: 'attention_prefill', ...shape, seq_q: 4, seq_kv: 4, window: 0})
    // 4 queries see 1 + 2 + 3 + 4 keys; two products of 64 in 16 heads.
    expect(matrixFlops(operator)).toBe(2 * 2 * 64 * 16 * 10)
    expect(operator.class).toBe('attention_prefill')
  })

  it('of prefill sees no further than its window', async () => {
    const operator = await operatorOf({op: 'attention_prefill', ...shape, seq_q: 4, seq_kv: 4, window: 2})
    expect(matrixFlops(operator)).toBe(2 * 2 * 64 * 16 * (1 + 2 + 2 + 2))
  })

  it('of prefill stays prefill with a single token', async () => {
    expect((await operatorOf({op: 'attention_prefill', ...shape, seq_q: 1, seq_kv: 1})).class).toBe('attention_prefill')
  })

  it('of decode reads the cached keys and values once for a group of heads', async () => {
    const operator = await operatorOf({op: 'attention_decode', ...shape, seq_q: 1, seq_kv: 100})
    expect(operator.class).toBe('attention_decode')
    expect(matrixFlops(operator)).toBe(2 * 2 * 64 * 16 * 100)
    // 99 of the 100 keys lie in the cache; key and value of 64 elements in 2 heads of 2 sequences.
    const cached = operator.demand.reads.filter(({tensor}) => tensor === 'kvCache')
    expect(bytesOf(cached)).toBe(2 * 2 * 2 * 64 * 2 * 99)
  })

  it('writes the KV cache where the timed region holds that', async () => {
    const cells = {op: 'attention_decode', ...shape, seq_q: 1, seq_kv: 100}
    const written = async (more: Record<string, string>) =>
      (await operatorOf({...cells, ...more})).demand.writes.some(({tensor}) => tensor === 'kvCache')
    expect(await written({notes: 'causal; timed region includes the KV-cache write'})).toBe(true)
    expect(await written({source: 'aiconfigurator', notes: 'causal'})).toBe(true)
    expect(await written({notes: 'causal'})).toBe(false)
  })

  it('is skipped where its shape cannot be', async () => {
    expect(await requestOf({op: 'attention_prefill', ...shape, seq_q: 8, seq_kv: 4})).toEqual({
      kind: 'skipped',
      reason: 'attention_prefill row with seq_kv below seq_q',
    })
    expect(await requestOf({op: 'attention_decode', ...shape, kv_heads: 3, seq_kv: 4})).toMatchObject({
      reason: 'attention_decode row with heads that kv_heads do not divide',
    })
  })
})

describe('a moe row', () => {
  it('takes widths before tensor parallelism and spreads experts over ranks', async () => {
    const operator = await operatorOf({op: 'moe', m: 1024, n: 4096, k: 2048, notes: 'topk=2;experts=8;tp=4;ep=2;dist=balanced'})
    expect(operator.shape).toMatchObject({
      tokens: 1024,
      intermediate: 4096,
      hidden: 2048,
      topK: 2,
      experts: 8,
      tensorParallel: 4,
      expertParallel: 2,
      distribution: 'balanced',
    })
    // A rank gets half of the 2 × 1024 copies; three products (gate, up, down) of 2048 by 4096 / 4.
    expect(matrixFlops(operator)).toBe(3 * 2 * 1024 * 2048 * 1024)
  })

  it('has two products an expert where the mixture is known to have no gate', async () => {
    const notes = 'topk=6;experts=128;tp=1;ep=1;dist=balanced'
    const ungated = await operatorOf({op: 'moe', m: 1024, n: 1856, k: 2688, notes})
    expect(matrixFlops(ungated)).toBe(2 * 2 * 6 * 1024 * 1856 * 2688)
    expect(ungated.shape).toMatchObject({activation: 'squared-relu'})
    const other = await operatorOf({op: 'moe', m: 1024, n: 1856, k: 2048, notes})
    expect(other.shape).toMatchObject({activation: 'swiglu'})
  })

  it('takes the exponent of a power law', async () => {
    const operator = await operatorOf({op: 'moe', m: 64, n: 64, k: 64, notes: 'topk=2;experts=8;dist=power_law_1.01'})
    expect(operator.shape).toMatchObject({distribution: 'power_law', exponent: 1.01, tensorParallel: 1, expertParallel: 1})
  })

  it.each([
    ['experts=8', 'moe row without topk in notes'],
    ['topk=2', 'moe row without experts in notes'],
    ['topk=2;experts=8;dist=zipf', 'moe row with an unknown distribution of tokens over experts'],
  ])('with notes "%s" is skipped', async (notes, reason) => {
    expect(await requestOf({op: 'moe', m: 64, n: 64, k: 64, notes})).toEqual({kind: 'skipped', reason})
  })
})

describe('an elementwise row', () => {
  const tensors = async (cells: Record<string, string | number>): Promise<number[]> => {
    const {demand} = await operatorOf({op: 'elementwise', m: 100, n: 10, ...cells})
    return [bytesOf(demand.reads) / 2000, bytesOf(demand.writes) / 2000]
  }

  it.each([
    ...['add', 'mul', 'div', 'pow', 'pointwise_add', 'pointwise_mul'].map((kind) => [kind, 2]),
    ...['addu', 'mulu', 'divu', 'powu', 'relu', 'tanh', 'gelu', 'silu', 'scalar_mul', 'attn_rope'].map((kind) => [kind, 1]),
  ])('of kind %s reads %i tensors and writes one', async (kind, readCount) => {
    expect(await tensors({notes: `${kind};train`})).toEqual([readCount, 1])
  })

  it('of an MLP activation reads twice its output where the MLP is gated, once where it is not', async () => {
    expect(await tensors({notes: 'mlp_act;tp=2', model: 'meta-llama/Llama-2-7b-hf'})).toEqual([2, 1])
    expect(await tensors({notes: 'mlp_act;tp=1', model: 'microsoft/phi-2'})).toEqual([1, 1])
  })

  it('named emb is a look-up of m rows of n', async () => {
    const operator = await operatorOf({op: 'elementwise', m: 100, n: 10, notes: 'emb;tp=1'})
    expect(operator).toMatchObject({class: 'embedding', shape: {tokens: 100, hidden: 10}})
  })

  it('without n has m elements', async () => {
    expect(bytesOf((await operatorOf({op: 'elementwise', m: 100, notes: 'gelu; source gives throughput'})).demand.writes)).toBe(200)
  })

  it('of an unknown kind is skipped', async () => {
    expect(await requestOf({op: 'elementwise', m: 1, notes: 'bitrev'})).toEqual({
      kind: 'skipped',
      reason: 'elementwise function "bitrev" is not known',
    })
  })
})

describe('other kernels', () => {
  it('normalise by root mean square in models of the Llama line only', async () => {
    const cells = {op: 'layernorm', m: 100, n: 10}
    expect((await operatorOf({...cells, model: 'meta-llama/Llama-2-7b-hf'})).shape).toMatchObject({function: 'rmsnorm'})
    expect((await operatorOf({...cells, model: 'microsoft/phi-2'})).shape).toMatchObject({function: 'layernorm'})
    expect((await operatorOf(cells)).shape).toMatchObject({function: 'layernorm', m: 100, n: 10})
  })

  it('take softmax over rows of n', async () => {
    expect(await operatorOf({op: 'softmax', m: 100, n: 10})).toMatchObject({class: 'softmax', shape: {m: 100, n: 10}})
  })

  it.each(['allreduce', 'all_gather', 'reduce_scatter', 'alltoall'])(
    'exchange the stated buffer between the stated ranks by %s',
    async (op) => {
      const operator = await operatorOf({op, bytes: 4096, ranks: 4})
      expect(operator.class).toBe(op)
      expect(operator.demand.wire).toEqual({collective: op, bytes: 4096, rankCount: 4})
    },
  )

  it.each(kernelOps)('of op %s without a shape are skipped with the missing columns', async (op) => {
    const request = await requestOf({op})
    expect(request.kind).toBe('skipped')
    expect(request).toMatchObject({reason: expect.stringMatching(new RegExp(`^${op} row without [a-z_, ]+$`))})
  })

  it('without dtype are skipped', async () => {
    expect(await requestOf({op: 'gemm', dtype: '', m: 1, n: 1, k: 1})).toEqual({kind: 'skipped', reason: 'gemm row without dtype'})
  })

  it('of an unknown op are skipped with the nearest known one', async () => {
    expect(await requestOf({op: 'gem'})).toEqual({kind: 'skipped', reason: 'op "gem" is not known (nearest: gemm)'})
  })
})

describe('a row that names an operator of a GPT-3 layer', () => {
  const prefill = 'GPT-3 layer TP4 prefill bs8 s2048'
  const decode = 'GPT-3 layer TP4 decode bs8 ctx3072'

  it.each([
    ['gemm', `${prefill}: Q_K_V`, {m: 16384, n: 9216, k: 12288, batchCount: 1}],
    ['gemm', `${prefill}: Q_mul_K`, {m: 2048, n: 2048, k: 128, batchCount: 192}],
    ['gemm', `${prefill}: A_mul_V`, {m: 2048, n: 128, k: 2048, batchCount: 192}],
    ['gemm', `${prefill}: Wo_proj`, {m: 16384, n: 12288, k: 3072}],
    ['gemm', `${prefill}: W1_proj`, {m: 16384, n: 12288, k: 12288}],
    ['gemm', `${prefill}: W2_proj`, {m: 16384, n: 12288, k: 12288}],
    ['softmax', `${prefill}: Softmax`, {m: 192 * 2048, n: 2048}],
    ['layernorm', `${prefill}: LayerNorm_MHA`, {m: 16384, n: 12288}],
    ['elementwise', `${prefill}: GeLU`, {m: 16384, n: 12288, function: 'gelu'}],
    ['allreduce', `${prefill}: AllReduce_FFN`, {bytes: 16384 * 12288 * 2, ranks: 4}],
    ['gemm', `${decode}: Q_K_V`, {m: 8, n: 9216, k: 12288}],
    ['gemm', `${decode}: Q_mul_K`, {m: 1, n: 3072, k: 128, batchCount: 192}],
    ['gemm', `${decode}: A_mul_V`, {m: 1, n: 128, k: 3072, batchCount: 192}],
    ['softmax', `${decode}: Softmax`, {m: 192, n: 3072}],
    ['allreduce', `${decode}: AllReduce_MHA`, {bytes: 8 * 12288 * 2, ranks: 4}],
  ])('builds the %s of "%s"', async (op, notes, shape) => {
    const operator = await operatorOf({op, notes, model: 'gpt3-175b', ranks: 4})
    expect(operator.class).toBe(op)
    expect(operator.shape).toMatchObject(shape)
  })
})
