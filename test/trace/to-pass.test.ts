import {describe, expect, it} from 'vitest'
import {traceRequest} from '../../src/trace/to-operator.js'
import type {TraceRequest} from '../../src/trace/trace-request.js'
import {resolvePass} from '../../src/workload/resolve-pass.js'
import {rowStating, temporaryTraces} from './temporary-trace.js'

const write = temporaryTraces()

const requestOf = async (cells: Readonly<Record<string, string | number>>): Promise<TraceRequest> =>
  traceRequest(await rowStating(write, cells))

describe('a row of a whole pass', () => {
  it('is an eager prefill of its model, which stops at the last hidden state and keeps no cache', async () => {
    expect(
      await requestOf({op: 'forward_prefill', model: 'gpt2:gpt2', batch: 8, seq_q: 128, notes: 'attention=eager;iterations=40'}),
    ).toEqual({
      kind: 'pass',
      model: 'gpt2:gpt2',
      pass: {phase: 'prefill', batch: 8, promptTokens: 128, dtype: 'fp16', fused: false, tensorParallel: 1, lmHead: 'none', kvCache: false},
      hasOptimizer: false,
      pipelineParallelCount: 1,
      deviceCount: 1,
    })
  })

  it('is fused only where notes say so', async () => {
    const cells = {op: 'serve', model: 'gpt2_large', batch: 8, seq_q: 128}
    expect(await requestOf({...cells, notes: 'e2e;fusion'})).toMatchObject({pass: {fused: true}})
    expect(await requestOf({...cells, notes: 'e2e;'})).toMatchObject({pass: {fused: false}})
  })

  it('computes logits where a decoder serves, not where an encoder does', async () => {
    expect(await requestOf({op: 'serve', model: 'gpt2_large', batch: 8, seq_q: 128})).toMatchObject({pass: {lmHead: 'all'}})
    expect(await requestOf({op: 'serve', model: 'bert_large', batch: 8, seq_q: 128})).toMatchObject({pass: {lmHead: 'none'}})
  })

  it('of a training step holds recomputation and parallelism of its notes', async () => {
    const cells = {op: 'train_step', model: 'gpt3-175B', batch: 64, ranks: 64}
    expect(await requestOf({...cells, notes: 'recompute=full;TP8;PP8;hidden=12288;heads=96;layers=96;seq 2048'})).toEqual({
      kind: 'pass',
      model: 'gpt3-175B',
      pass: {phase: 'train', batch: 64, promptTokens: 2048, dtype: 'fp16', fused: false, tensorParallel: 8, recompute: 'full'},
      hasOptimizer: true,
      pipelineParallelCount: 8,
      deviceCount: 64,
    })
    expect(await requestOf({...cells, notes: 'recompute=seqsel;TP8;PP8;seq 2048'})).toMatchObject({
      pass: {recompute: 'selective', sequenceParallel: true},
    })
  })

  it('of a training step that NeuSight timed holds no optimizer', async () => {
    expect(await requestOf({op: 'train_step', source: 'neusight', model: 'bert_large', batch: 2, seq_q: 512})).toMatchObject({
      hasOptimizer: false,
      pass: {recompute: 'none'},
    })
  })

  it('of an image has 14 by 14 patches and a class token', async () => {
    expect(await requestOf({op: 'forward_image', model: 'vit:large', batch: 16})).toMatchObject({
      model: 'vit:large',
      pass: {batch: 16, promptTokens: 197},
    })
  })

  it('has settings that a pass accepts', async () => {
    const request = await requestOf({op: 'train_step', model: 'gpt3-175B', batch: 4, notes: 'recompute=seqsel;TP8;seq 2048'})
    expect(request.kind === 'pass' && resolvePass(request.pass)).toMatchObject({
      tensorParallel: 8,
      sequenceParallel: true,
      recompute: 'selective',
    })
  })

  it.each([
    [{op: 'forward_image', model: 'resnet101', batch: 8}, 'no graph for convolutional model resnet101'],
    [{op: 'forward_image', model: 'mobilevit:small', batch: 8}, 'no graph for convolutional model mobilevit:small'],
    [{op: 'serve', model: 'switchxl4', batch: 1, seq_q: 512}, 'no graph for encoder–decoder mixture-of-experts model switchxl4'],
    [{op: 'train_step', model: 'deepspeech2/librispeech', batch: 8, dtype: ''}, 'no graph for non-transformer model deepspeech2'],
    [
      {op: 'train_step', model: 'bert_base_uncased/squad', batch: 8, dtype: '', notes: 'one epoch; optimizer=adam'},
      'a whole training epoch of bert_base_uncased, without its number of steps',
    ],
    [{op: 'serve', batch: 1, seq_q: 512}, 'serve row without model'],
    [{op: 'serve', model: 'gpt2', seq_q: 512}, 'serve row without batch'],
    [{op: 'serve', model: 'gpt2', batch: 1}, 'serve row without seq_q'],
    [{op: 'serve', model: 'gpt2', batch: 1, seq_q: 512, dtype: ''}, 'serve row without dtype'],
  ])('of %o is skipped: %s', async (cells, reason) => {
    expect(await requestOf(cells)).toEqual({kind: 'skipped', reason})
  })
})
