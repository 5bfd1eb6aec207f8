import type {OperatorClass} from '../../workload/operator.js'
import {attentionBackwardTime} from './attention-backward-time.js'
import {attentionDecodeTime} from './attention-decode-time.js'
import {attentionPrefillTime} from './attention-prefill-time.js'
import {collectiveTime} from './collective-time.js'
import {gemmTime} from './gemm-time.js'
import type {KernelModel} from './kernel-model.js'
import {moeTime} from './moe-time.js'
import {elementwiseTime, embeddingTime, normTime, softmaxTime} from './stream-time.js'

/** The model of each class of kernels; its parameters are what a profile holds. */
export const kernelModels: Readonly<Partial<Record<OperatorClass, KernelModel>>> = {
  gemm: gemmTime,
  attention_prefill: attentionPrefillTime,
  attention_decode: attentionDecodeTime,
  attention_backward: attentionBackwardTime,
  optimizer: elementwiseTime,
  softmax: softmaxTime,
  layernorm: normTime,
  elementwise: elementwiseTime,
  embedding: embeddingTime,
  moe: moeTime,
  allreduce: collectiveTime,
  all_gather: collectiveTime,
  reduce_scatter: collectiveTime,
  alltoall: collectiveTime,
  send_receive: collectiveTime,
}
